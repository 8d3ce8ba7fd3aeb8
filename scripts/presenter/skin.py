"""The skin: its colours from place to place, the light on it, and its fine grain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import colour, ramp
from presenter.light import FILL, KEY, gloss, normals, rim, skin_light
from presenter.lips import lips_mask

if TYPE_CHECKING:
    from presenter.canvas import Array
    from presenter.easel import Easel

TONE = "#e3b498"
_BLUSH = [  # u, v, width, height, strength, colour; mirrored when off the middle
    (96, 66, 44, 34, 0.50, "#d98c78"),
    (0, 80, 26, 16, 0.40, "#d8907a"),
    (0, 212, 36, 24, 0.22, "#d99a84"),
    (66, 24, 32, 10, 0.30, "#c08f83"),
    (66, -20, 34, 12, 0.32, "#bd8672"),
    (0, -110, 90, 44, 0.25, "#ebc2a0"),
]


def skin_colour(u: Array, v: Array) -> Array:
    """Give the skin's own colour (h, w, 3) in linear light, lips included."""
    skin = np.broadcast_to(colour(TONE), (*u.shape, 3)).copy()
    for u0, v0, width, tall, strength, tint in _BLUSH:
        spot = np.exp(-(((np.abs(u) - u0) / width) ** 2) - ((v - v0) / tall) ** 2)[..., None] * strength
        skin += (colour(tint) - skin) * spot
    lips = lips_mask(u, v)[..., None]
    red = colour("#b9625e") + (colour("#c8766f") - colour("#b9625e")) * ramp(v, 142, 154)[..., None]
    skin += (red - skin) * lips * 0.86
    return skin.astype(np.float32)


def shade_skin(easel: Easel, height: Array, albedo: Array, lit: Array, open_sky: Array) -> Array:
    """Give lit skin (h, w, 3) for a height and its colour."""
    canvas = easel.canvas
    pores = canvas.noise(11, 0.9) * 0.035 + canvas.noise(12, 2.4) * 0.05
    normal = normals(canvas.blur(height, 1.1), canvas.scale)
    fine = normals(canvas.blur(height, 0.8) + pores, canvas.scale)
    light = skin_light(normal, lit, open_sky)
    light[..., 0] = canvas.blur(light[..., 0], 2.2)  # red scatters in the skin, blue does not
    light[..., 1] = canvas.blur(light[..., 1], 0.9)
    mottle = 1 + 0.018 * canvas.noise(13, 5) + 0.012 * canvas.noise(14, 1.6)
    skin = albedo * light * mottle[..., None]
    sheen = 0.050 * gloss(fine, KEY, 14) * lit + 0.045 * gloss(fine, KEY, 46) * lit + 0.014 * gloss(fine, FILL, 18)
    skin += sheen[..., None] * np.array([1.0, 0.96, 0.9], np.float32)
    skin += (0.10 * rim(normal))[..., None] * np.array([0.85, 0.95, 1.0], np.float32)
    return skin.astype(np.float32)
