"""The skin: its local colours, its shading, and its fine grain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import colour, ramp
from presenter.light import FILL, KEY, gloss, normals, rim, skin_light
from presenter.lips import lips_mask

if TYPE_CHECKING:
    from presenter.canvas import Array, Easel

TONE = "#e4b59c"
_BLUSH = [  # u, v, width, height, strength, colour; mirrored if off the centre line
    (94, 66, 44, 34, 0.36, "#da8f80"),
    (0, 80, 26, 16, 0.40, "#d8907a"),
    (0, 212, 36, 24, 0.22, "#d99a84"),
    (66, 24, 32, 10, 0.30, "#c08f83"),
    (66, -20, 34, 12, 0.32, "#bd8672"),
    (0, -110, 90, 44, 0.25, "#ebc2a0"),
]


def skin_colour(u: Array, v: Array, grain: Array) -> Array:
    """Return the albedo of the skin (h, w, 3) in linear light, including lips and freckles."""
    skin = np.broadcast_to(colour(TONE), (*u.shape, 3)).copy()
    for u0, v0, width, tall, strength, tint in _BLUSH:
        spot = np.exp(-(((np.abs(u) - u0) / width) ** 2) - ((v - v0) / tall) ** 2)[..., None] * strength
        skin += (colour(tint) - skin) * spot
    freckled = np.exp(-(((np.abs(u) - 52) / 52) ** 2) - ((v - 56) / 26) ** 2) * ramp(grain, 1.7, 2.6)
    skin *= 1 - 0.16 * freckled[..., None] * np.array([0.5, 0.9, 1.0], np.float32)
    lips = lips_mask(u, v)[..., None]
    red = colour("#b4605d") + (colour("#cb7b74") - colour("#b4605d")) * ramp(v, 142, 154)[..., None]
    skin += (red - skin) * lips * 0.86
    return skin.astype(np.float32)


def shade_skin(easel: Easel, height: Array, albedo: Array, lit: Array, open_sky: Array) -> Array:
    """Return shaded skin (h, w, 3) for a height field and its albedo."""
    canvas = easel.canvas
    pores = canvas.noise(11, 0.9) * 0.05 + canvas.noise(12, 2.4) * 0.05
    normal = normals(canvas.blur(height, 1.1), canvas.scale)
    fine = normals(canvas.blur(height, 0.8) + pores, canvas.scale)
    light = skin_light(normal, lit, open_sky)
    light[..., 0] = canvas.blur(light[..., 0], 2.2)  # red scatters in the skin, blue does not
    light[..., 1] = canvas.blur(light[..., 1], 0.9)
    mottle = 1 + 0.018 * canvas.noise(13, 5) + 0.012 * canvas.noise(14, 1.6)
    skin = albedo * light * mottle[..., None]
    sheen = 0.060 * gloss(fine, KEY, 14) * lit + 0.075 * gloss(fine, KEY, 46) * lit + 0.014 * gloss(fine, FILL, 18)
    skin += sheen[..., None] * np.array([1.0, 0.96, 0.9], np.float32)
    skin += (0.06 * rim(normal))[..., None] * np.array([1.0, 0.95, 0.92], np.float32)
    return skin.astype(np.float32)
