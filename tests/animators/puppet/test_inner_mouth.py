from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Mouth
from halfgig.animators.puppet.inner_mouth import InnerMouth
from halfgig.face.colours import measure_colours
from halfgig.face.frame import FaceFrame
from halfgig.face.points import Point
from tests.support.faces import SKIN, drawn_face, plain_shape

if TYPE_CHECKING:
    from halfgig.face.frame import Map

SIZE = (320, 400)
LINE_ROW = 238
"""Row of the line between the lips of `plain_shape` in its picture."""


def painted(mouth: Mouth, open_by: float, gap: float = 0.0) -> Map:
    """Paint a mouth opened downwards by `open_by` eye distances; return straight RGBA [h, w, 4]."""
    inner = InnerMouth(plain_shape(gap=gap), measure_colours(drawn_face()[0], plain_shape()), SIZE)
    rows, columns = np.mgrid[inner.window.part].astype(np.float32)
    open_px = 80 * open_by * (1 - ((columns - 160) / 32) ** 2).clip(0, None)
    rgba = inner.paint(mouth, rows - LINE_ROW, LINE_ROW + open_px - rows)
    rgba[..., :3] /= np.maximum(rgba[..., 3:], 1e-6)
    return rgba


def middle(rgba: Map) -> Map:
    """Return the centre column of the mouth, [h, 4], from the line between the lips downwards."""
    top = int(150 + 80 * (1.1 - 0.12))
    return rgba[LINE_ROW - top :, rgba.shape[1] // 2]


def teeth_end(rgba: Map) -> int:
    """Return the number of rows from the line to the end of the teeth."""
    column = middle(rgba)
    light = column[:, :3].mean(axis=1) > 120
    return int(np.flatnonzero(light & (column[:, 3] > 0.9))[-1])


def test_closed_lips_show_nothing() -> None:
    assert not painted(Mouth(), 0.0)[..., 3].any()


def test_what_is_between_the_lips_is_covered_and_nothing_else() -> None:
    cover = painted(Mouth(jaw_open=0.7), 0.15)[..., 3]
    assert middle(painted(Mouth(jaw_open=0.7), 0.15))[2:10, 3].min() == 1
    assert not cover[0].any()
    assert not cover[-1].any()
    assert not cover[:, [0, -1]].any()


@pytest.mark.parametrize("teeth", [0.4, 0.9])
def test_the_teeth_stay_with_the_skull_when_the_jaw_opens(teeth: float) -> None:
    ends = [teeth_end(painted(Mouth(jaw_open=jaw, upper_up=teeth), 0.21 * jaw)) for jaw in (0.6, 0.8, 1.0)]
    assert max(ends) - min(ends) <= 1
    assert 2 <= ends[0] <= 6  # of 80 pixels between the eyes


def test_more_teeth_show_when_they_are_asked_for() -> None:
    assert teeth_end(painted(Mouth(jaw_open=1, upper_up=0.9), 0.2)) > teeth_end(
        painted(Mouth(jaw_open=1, upper_up=0.4), 0.2)
    )


def test_a_raised_tongue_is_seen() -> None:
    low, high = (middle(painted(Mouth(jaw_open=0.8, tongue_up=tongue), 0.17)) for tongue in (0.0, 1.0))
    assert high[5:12, 0].mean() > low[5:12, 0].mean() + 10


def test_a_mouth_open_in_the_picture_keeps_its_own_teeth() -> None:
    own, none = painted(Mouth(jaw_open=1, upper_up=0.9), 0.2, gap=0.1), painted(Mouth(jaw_open=1, upper_up=0.9), 0.2)
    assert middle(own)[:, :3].max() < middle(none)[:, :3].max() - 40


def test_the_cavity_is_dark_and_warm_and_not_black() -> None:
    rgba = painted(Mouth(jaw_open=1), 0.2)
    red, green, blue = middle(rgba)[9, :3]
    assert 20 < red < 110
    assert red > green
    assert red > blue


def test_a_darker_picture_has_a_darker_mouth() -> None:
    picture, _ = drawn_face()
    shape = plain_shape()
    mixed = [measure_colours((picture * light).astype(np.uint8), shape) for light in (0.4, 0.7, 1.0)]
    for name in ("teeth", "tongue", "cavity"):
        means = [float(getattr(colours, name).mean()) for colours in mixed]
        assert means == sorted(means)
        assert means[0] < 0.85 * means[-1]


def test_warm_light_makes_warm_teeth() -> None:
    picture = np.full((400, 320, 3), (230, 150, 90), np.uint8)
    plain = np.full((400, 320, 3), SKIN, np.uint8)
    warm, usual = (measure_colours(rgb, plain_shape()).teeth for rgb in (picture, plain))
    assert warm[0] / warm[2] > 1.1 * usual[0] / usual[2]


@pytest.mark.parametrize("x", [-500.0, -30.0, 0.0, 319.0, 900.0])
def test_a_face_beyond_the_border_has_a_colours(x: float) -> None:
    shape = plain_shape(FaceFrame(Point(x, 150), 80, 0.0))
    colours = measure_colours(drawn_face()[0], shape)
    assert np.isfinite(colours.teeth).all()
