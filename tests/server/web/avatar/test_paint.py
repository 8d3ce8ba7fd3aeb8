"""Mouth, eyes and brows are painted in a browser as in the server's frames."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Brows, Eyes, Mouth, Pose
from halfgig.animators.puppet.canvas import Canvas
from halfgig.animators.puppet.puppet import Puppet
from halfgig.avatars.drawing import drawing_of
from halfgig.avatars.pack import Section, write_pack
from halfgig.avatars.painting import painting_of
from tests.support.avatars import drawn, open_face, page_of_scripts, psnr
from tests.support.faces import SKIN, drawn_face, plain_rig, plain_shape, presenter, presenter_rig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page

    from halfgig.face.rig import Rig

    Pixels = NDArray[np.uint8]

ALIKE_DB = 37
"""Likeness of the face to the puppet's, PSNR: a still picture in place of these poses is below 30."""

POSES = {
    "ah": Pose(Mouth(jaw_open=0.9, stretch=0.1, upper_up=0.4)),
    "oo, and a look aside": Pose(Mouth(jaw_open=0.28, pucker=0.9), Eyes(gaze_yaw=15, gaze_pitch=6)),
    "l, and a smile": Pose(Mouth(jaw_open=0.26, upper_up=0.4, tongue_up=1, smile=0.5)),
    "f, and a blink": Pose(Mouth(jaw_open=0.12, upper_up=1, roll_lower=1), Eyes(0.6, 1)),
    "m, and raised brows": Pose(Mouth(close=1, jaw_open=0.2), Eyes(wide=1), Brows(1, 1)),
    "a frown": Pose(Mouth(frown=1), Eyes(squint=1), Brows(down=1)),
}


def sitter(name: str) -> tuple[Pixels, Rig]:
    """Return a picture and its rig: the presenter, or a face with its own open mouth and a hidden eye."""
    if name == "presenter":
        picture, rig = presenter(512)[0], presenter_rig()
    else:
        picture, points = drawn_face(open_by=0.1)
        picture[125:175, 90:150] = SKIN
        rig = plain_rig(picture, points, plain_shape(mouth=(0.0, 1.2), gap=0.1))
    return picture, replace(rig, matte=replace(rig.matte, confidence=0.0))  # the picture is all there is


def lossless(rgb: Pixels) -> Section:
    import cv2

    return Section("person", "image/png", rgb.shape[:2], cv2.imencode(".png", rgb[..., ::-1])[1].tobytes())


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = page_of_scripts(browser)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", ["presenter", "drawn, with one eye and its own open mouth"])
def test_the_browser_paints_a_face_as_the_puppet_does(page: Page, name: str) -> None:
    rgb, rig = sitter(name)
    size = rgb.shape[1] // 2, rgb.shape[0] // 2
    puppet = Puppet(rgb, rig, size)
    drawing, painting = drawing_of(Canvas(rgb, size, 1.0), rig), painting_of(puppet, rig, size)
    sections = [lossless(rgb), *drawing.sections[1:], *painting.sections]
    open_face(page, write_pack({}, {}, sections, {**drawing.numbers, "paint": painting.numbers}), size[0])
    unit, x, y = puppet.frame.unit, puppet.frame.origin.x, puppet.frame.origin.y
    box = np.s_[int(y - 0.5 * unit) : int(y + 1.8 * unit), int(x - unit) : int(x + unit), :3]
    frames = zip(POSES, drawn(page, POSES.values()), strict=True)
    likeness = {posed: psnr(found[box], puppet.render(POSES[posed])[box]) for posed, found in frames}
    assert min(likeness.values()) > ALIKE_DB, likeness
