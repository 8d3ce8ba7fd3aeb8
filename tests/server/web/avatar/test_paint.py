from __future__ import annotations

import base64
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Brows, Eyes, Mouth, Pose, weights_of
from halfgig.animators.puppet.puppet import Puppet
from halfgig.avatars.painting import painting_of
from tests.support.faces import SKIN, drawn_face, plain_rig, plain_shape, presenter, presenter_rig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page, Route

    from halfgig.avatars.painting import Painting
    from halfgig.face.rig import Rig

    Pixels = NDArray[np.uint8]

MODULES = files("halfgig") / "server" / "web" / "avatar"
SITE = "http://avatar.test/"

START = """async ({numbers, sections, person, width, height}) => {
  const { FacePaint } = await import("/paint.js"), { numbered } = await import("/gl.js");
  const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const kinds = { f32: Float32Array, f16: Uint16Array };
  for (const each of Object.values(sections)) {
    const data = bytes(each.data);
    each.data = each.type in kinds ? new kinds[each.type](data.buffer) : data;
  }
  const gl = document.createElement("canvas").getContext("webgl2");
  const picture = numbered(gl, "u8", [height, width, 4], bytes(person)), buffer = gl.createFramebuffer();
  const face = await FacePaint.open(gl, { header: { drawing: { paint: numbers } }, sections }, picture);
  window.painted = (weights) => {
    const { texture } = face.paint({ weights });
    gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    const pixels = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    if (gl.getError()) throw new Error("WebGL refused something");
    let text = "";
    for (let at = 0; at < pixels.length; at += 8192) text += String.fromCharCode(...pixels.subarray(at, at + 8192));
    return btoa(text);
  };
}"""

ALIKE_DB = 40
"""Likeness of mouth and eyes to the puppet's, PSNR: a still picture in place of these poses is below 30."""

POSES = {
    "ah": Pose(Mouth(jaw_open=0.9, stretch=0.1, upper_up=0.4)),
    "oo, and a look aside": Pose(Mouth(jaw_open=0.28, pucker=0.9), Eyes(gaze_yaw=15, gaze_pitch=6)),
    "l, and a smile": Pose(Mouth(jaw_open=0.26, upper_up=0.4, tongue_up=1, smile=0.5)),
    "f, and a blink": Pose(Mouth(jaw_open=0.12, upper_up=1, roll_lower=1), Eyes(0.6, 1)),
    "m, and raised brows": Pose(Mouth(close=1, jaw_open=0.2), Eyes(wide=1), Brows(1, 1)),
    "a frown": Pose(Mouth(frown=1), Eyes(squint=1), Brows(down=1)),
}


def site(route: Route) -> None:
    name = route.request.url.removeprefix(SITE)
    if not name:
        route.fulfill(body="<!doctype html>", content_type="text/html")
    else:
        route.fulfill(body=(MODULES / name).read_bytes(), content_type="text/javascript")


class Painter:
    """A page that paints a face."""

    def __init__(self, page: Page, rgb: Pixels, painting: Painting) -> None:
        self._page, self._shape = page, (*rgb.shape[:2], 4)
        page.route(f"{SITE}**", site)
        page.goto(SITE)
        person = np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])
        sections = {each.name: {"type": each.type, "shape": each.shape, "data": text(each.data)}
                    for each in painting.sections}  # fmt: skip
        page.evaluate(START, {"numbers": painting.numbers, "sections": sections, "person": text(person.tobytes()),
                              "width": rgb.shape[1], "height": rgb.shape[0]})  # fmt: skip

    def painted(self, pose: Pose) -> Pixels:
        """Return the picture with the face of a pose, RGB [H, W, 3]."""
        found = base64.b64decode(self._page.evaluate("(weights) => painted(weights)", weights_of(pose)))
        return np.frombuffer(found, np.uint8).reshape(self._shape)[..., :3]


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def as_frame(picture: Pixels, size: tuple[int, int]) -> NDArray[Any]:
    """Return a picture as a frame of `size`, width and height, sampled as the puppet does."""
    import cv2

    rows, columns = np.mgrid[: size[1], : size[0]].astype(np.float32)
    scale = [(whole - 1) / (part - 1) for whole, part in zip(picture.shape[1::-1], size, strict=True)]
    found: NDArray[Any] = cv2.remap(
        picture, columns * np.float32(scale[0]), rows * np.float32(scale[1]), cv2.INTER_LINEAR
    )
    return found


def faces(name: str) -> tuple[Pixels, Rig]:
    """Return a picture and its rig: the presenter, or a face with its own open mouth and a hidden eye."""
    if name == "presenter":
        return presenter(512)[0], presenter_rig()
    picture, points = drawn_face(open_by=0.1)
    picture[125:175, 90:150] = SKIN
    return picture, plain_rig(picture, points, plain_shape(mouth=(0.0, 1.2), gap=0.1))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize("name", ["presenter", "drawn, with one eye and its own open mouth"])
def test_the_browser_paints_a_face_as_the_puppet_does(page: Page, name: str) -> None:
    rgb, rig = faces(name)
    rig = replace(rig, matte=replace(rig.matte, confidence=0.0))  # the picture is all there is
    size = rgb.shape[1] // 2, rgb.shape[0] // 2
    puppet = Puppet(rgb, rig, size)
    painter = Painter(page, rgb, painting_of(puppet, rig, size))
    unit, x, y = puppet.frame.unit, puppet.frame.origin.x, puppet.frame.origin.y
    box = np.s_[int(y - 0.5 * unit) : int(y + 1.8 * unit), int(x - unit) : int(x + unit)]
    likeness = {}
    for posed, pose in POSES.items():
        error = as_frame(painter.painted(pose), size)[box].astype(float) - puppet.render(pose)[box]
        likeness[posed] = 10 * np.log10(255**2 / np.mean(error**2))
    assert min(likeness.values()) > ALIKE_DB, likeness
