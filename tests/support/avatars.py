"""Avatars as a real browser draws them, and how far two pictures differ."""

from __future__ import annotations

import base64
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import halfgig
from halfgig.animators.puppet.blendshapes import weights_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page, Route

    from halfgig.animators.puppet.blendshapes import Pose

    Pixels = NDArray[np.uint8]

SCRIPTS = Path(halfgig.__file__).parent / "server" / "web" / "avatar"
ADDRESS = "http://avatar.test"

SOFTWARE_GL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
"""Flags with which Chromium has WebGL2 without a graphics card."""

_OPEN = """async ([pack, width]) => {
    const { Face } = await import("/face.js");
    const canvas = document.body.querySelector("canvas") || document.body.appendChild(document.createElement("canvas"));
    window.face = await Face.open(canvas, Uint8Array.from(atob(pack), (each) => each.charCodeAt(0)));
    window.face.resize(width);
}"""

_DRAW = """(pose) => {
    const { gl, canvas } = window.face, { width, height } = canvas;
    window.face.draw(pose);
    const pixels = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    const error = gl.getError();
    if (error) throw new Error(`WebGL reports the error ${error}`);
    let text = "";
    for (let at = 0; at < pixels.length; at += 8192) text += String.fromCharCode(...pixels.subarray(at, at + 8192));
    return [width, height, btoa(text)];
}"""


def browser_pose(pose: Pose) -> dict[str, Any]:
    """Return a pose as scripts take it."""
    return {"weights": weights_of(pose), "head": pose.head._asdict()}


def page_of_scripts(browser: Browser, pixel_ratio: float = 1) -> Page:
    """Return an empty page that may import the scripts from its own address, on a screen with that pixel ratio."""
    page = browser.new_page(device_scale_factor=pixel_ratio)
    page.route(f"{ADDRESS}/**", _answer)
    page.goto(f"{ADDRESS}/")
    return page


def _answer(route: Route) -> None:
    name = route.request.url.removeprefix(ADDRESS).lstrip("/")
    if not name:
        route.fulfill(body="<!doctype html><title>avatar</title>", content_type="text/html")
        return
    path = SCRIPTS / name
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    route.fulfill(body=path.read_bytes(), content_type=kind) if path.is_file() else route.fulfill(status=404)


def open_face(page: Page, pack: bytes, width: int) -> None:
    """Open a pack on a canvas of a page, `width` pixels wide, as `window.face`."""
    page.evaluate(_OPEN, [base64.b64encode(pack).decode(), width])


def drawn(page: Page, poses: Iterable[Pose]) -> Iterator[Pixels]:
    """Yield what the face that was opened draws of each pose, RGBA [h, w, 4], premultiplied."""
    for pose in poses:
        width, height, text = page.evaluate(_DRAW, browser_pose(pose))
        rows = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)
        yield rows[::-1].copy()


def psnr(one: Pixels, other: Pixels) -> float:
    """Return the peak signal-to-noise ratio of two pictures [h, w, 3] in dB."""
    error = np.square(one.astype(np.float64) - other).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def ssim(one: Pixels, other: Pixels) -> float:
    """Return the structural similarity of two pictures [h, w, 3], by their greys (Wang et al., 2004)."""
    import cv2

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5))[5:-5, 5:-5]

    a, b = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float64) for each in (one, other))
    mean_a, mean_b = mean(a), mean(b)
    var_a, var_b, both = mean(a * a) - mean_a**2, mean(b * b) - mean_b**2, mean(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    found = (2 * mean_a * mean_b + c1) * (2 * both + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    return float(found.mean())
