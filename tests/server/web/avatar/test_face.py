"""What a browser draws of a pack is what the server's frames show."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Brows, Eyes, Head, Mouth, Pose
from halfgig.animators.puppet.canvas import Canvas
from halfgig.animators.puppet.puppet import Puppet
from halfgig.avatars.drawing import browser_pack
from halfgig.avatars.pack import read_pack
from halfgig.face.rig import rig_from
from tests.support.avatars import drawn, open_face, page_of_scripts, psnr, ssim
from tests.support.faces import presenter, presenter_rig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

SIDE = 192
POSES = (
    Pose(),
    Pose(head=Head(0.03, 0.02, 0.02, 6, 3, 2), breath=1.0),
    Pose(Mouth(jaw_open=0.5, upper_up=0.4), Eyes(0.4, 0.4, gaze_yaw=8), Brows(0.6), Head(yaw=-5, pitch=-3)),
)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Open a page that may import the scripts."""
    opened = page_of_scripts(browser)
    yield opened
    opened.close()


def canvas() -> Canvas:
    return Canvas(presenter(2 * SIDE)[0], (SIDE, SIDE), 1.0)


@pytest.mark.parametrize("confidence", [1.0, 0.2], ids=["person before a plate", "whole picture"])
def test_a_browser_draws_a_face_as_the_server_does(page: Page, confidence: float) -> None:
    rig = presenter_rig(2 * SIDE)
    rig = replace(rig, matte=replace(rig.matte, confidence=confidence))
    puppet = Puppet(canvas().rgb, rig, (SIDE, SIDE))
    open_face(page, browser_pack(canvas(), rig, {}), SIDE)
    for pose, found in zip(POSES, drawn(page, POSES), strict=True):
        frame = puppet.render(pose)
        assert psnr(frame, found[..., :3]) > 37
        assert ssim(frame, found[..., :3]) > 0.98
        assert found[..., 3].min() == 255


def test_before_nothing_the_page_shines_through(page: Page) -> None:
    rig = presenter_rig(2 * SIDE)
    open_face(page, browser_pack(canvas(), rig, {}, transparent=True), SIDE)
    (found,) = drawn(page, [Pose()])
    middle, corner = found[SIDE // 2, SIDE // 2], found[2, 2]
    assert middle[3] == 255
    assert corner.tolist() == [0, 0, 0, 0]
    assert (found[..., :3] <= found[..., 3:]).all()


def test_a_face_is_drawn_again_after_the_graphics_memory_was_lost(page: Page) -> None:
    open_face(page, browser_pack(canvas(), presenter_rig(2 * SIDE), {}), SIDE)
    (before,) = drawn(page, POSES[2:])
    page.evaluate("""async () => {
        const { gl, canvas } = window.face, losing = gl.getExtension("WEBGL_lose_context");
        const come = (name) => new Promise((done) => canvas.addEventListener(name, done, { once: true }));
        const lost = come("webglcontextlost"), restored = come("webglcontextrestored");
        losing.loseContext();
        await lost;
        await new Promise((done) => setTimeout(done)); // it may be restored once the event was handled
        window.face.draw(window.face.pose);
        gl.getError(); // says once that the context is lost
        losing.restoreContext();
        await restored;
        while (!window.face.frame) await new Promise((done) => setTimeout(done));
    }""")
    (after,) = drawn(page, POSES[2:])
    assert np.array_equal(before, after)


def test_a_pack_is_small_and_has_its_rig() -> None:
    pack = browser_pack(Canvas(presenter(1024)[0], (512, 512), 1.0), presenter_rig(2 * SIDE), {"name": "Ada"})
    read = read_pack(pack)
    rig = rig_from(read.rig)
    assert rig
    assert rig.size == (1024, 1024)
    assert len(pack) - len(read.sections["person"].data) < 300_000


def test_bytes_that_are_no_pack_are_refused_with_the_reason(page: Page) -> None:
    with pytest.raises(Exception, match="no pack"):
        open_face(page, os.urandom(64), SIDE)
    with pytest.raises(Exception, match="cut short"):
        open_face(page, browser_pack(canvas(), presenter_rig(2 * SIDE), {})[:-4000], SIDE)


def test_a_face_has_the_pixels_of_the_screen_and_the_portraits_proportions(browser: Browser) -> None:
    dense = page_of_scripts(browser, pixel_ratio=2)
    open_face(dense, browser_pack(canvas(), presenter_rig(2 * SIDE), {}), SIDE)
    sizes = dense.evaluate("""() => [60, 2000, 0].map((side) => {
        Object.assign(window.face.canvas.style, { width: `${side}px`, height: `${side / 2}px` });
        window.face.resize();
        return [window.face.canvas.width, window.face.canvas.height];
    })""")
    dense.close()
    assert sizes == [[60, 60], [2 * SIDE, 2 * SIDE], [SIDE, SIDE]]
