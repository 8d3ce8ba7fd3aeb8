"""The mouth: closed, at rest, with a hint of a smile that is a little stronger on one side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import along, colour, ramp

if TYPE_CHECKING:
    from presenter.canvas import Array, Easel

# fmt: off
_TOP = [(-62, 140.5), (-47, 138.0), (-29, 133.4), (-10.5, 129.4), (0, 131.6), (10.5, 129.1), (29, 132.6), (47, 136.4),
        (62, 138)]
_LINE = [(-62, 140.5), (-46, 144.8), (-27, 147.4), (-10, 148.2), (0, 149.4), (10, 148.0), (27, 146.6), (46, 143.2),
         (62, 138)]
_BOTTOM = [(-62, 140.5), (-50, 150.4), (-38, 159.4), (-25, 166.2), (-12, 169.4), (0, 169.8), (12, 169.2), (25, 165.6),
           (38, 158.4), (50, 149.0), (62, 138)]
# fmt: on


def _shape(u: Array) -> tuple[Array, Array, Array]:
    return along(_TOP, u), along(_LINE, u), along(_BOTTOM, u)


def lips_height(u: Array, v: Array) -> Array:
    """Return the height of the lips above the face, with the furrow between them."""
    top, line, bottom = _shape(u)
    side = np.clip(1 - (u / 61) ** 2, 0, 1)
    upper = np.clip((v - top) / np.maximum(line - top, 0.5), 0, 1)
    lower = np.clip((v - line) / np.maximum(bottom - line, 0.5), 0, 1)
    swell = 5.5 * np.sin(np.pi * upper**0.75) * side**0.6 + 9.5 * np.sin(np.pi * lower**0.85) * side**0.7
    furrow = 3.5 * np.exp(-(((v - line) / 2.6) ** 2)) * side**0.25
    return (swell - furrow).astype(np.float32)


def lips_mask(u: Array, v: Array, soft: float = 2.8) -> Array:
    """Return the mask of the red of the lips, with a soft border to the skin."""
    top, _, bottom = _shape(u)
    return ramp(np.minimum(v - top, bottom - v), -soft, soft) * (np.abs(u) < 62)


def lips_line(u: Array, v: Array) -> Array:
    """Return the mask of the dark line between the lips, thinner at the corners."""
    _, line, _ = _shape(u)
    side = np.clip(1 - (u / 64.5) ** 2, 0, 1)
    thick = 0.85 + 0.75 * side
    return np.asarray(np.exp(-(((v - line) / thick) ** 2)) * ramp(side, 0, 0.10), np.float32)


def paint_lips(easel: Easel) -> None:
    """Paint the details that shading does not produce: the dark line, the corners, the wet gleam."""
    u, v = easel.u, easel.v
    top, line, bottom = _shape(u)
    side = np.clip(1 - (u / 62) ** 2, 0, 1)
    easel.glaze(colour("#a86a64"), np.exp(-(((v - line - 1.5) / 4.0) ** 2)) * side**0.5 * 0.55)
    easel.over(colour("#4a1d1e"), lips_line(u, v) * 0.9)
    for at in ((-63.5, 140.4), (63.5, 137.9)):
        spot = np.exp(-(((u - at[0]) / 5) ** 2) - ((v - at[1]) / 3.2) ** 2)
        easel.glaze(colour("#8a4a42"), spot * 0.6)
    creases = easel.canvas.noise(31, 1.2)
    gleam = np.exp(-(((u + 9) / 17) ** 2) - ((v - 157.5) / 3.2) ** 2) * (1 + 0.16 * creases)
    easel.light(colour("#ffe6dc"), np.clip(gleam, 0, 2) * 0.16 * lips_mask(u, v))
    border = np.exp(-(((v - bottom - 3.2) / 3.4) ** 2)) * ramp(np.abs(u), 46, 8)
    easel.glaze(colour("#b07f70"), border * 0.42)
    edge = np.exp(-(((v - top + 1.6) / 1.3) ** 2)) * ramp(np.abs(u), 40, 6)
    easel.light(colour("#ffd9c4"), edge * 0.03)
