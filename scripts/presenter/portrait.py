"""The portrait: all painters in order, background first, highlights last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from presenter.body import neck_surface, paint_clothes
from presenter.brows import paint_brows
from presenter.canvas import Canvas, Easel, along, colour, ramp, to_srgb
from presenter.eyes import paint_eyes
from presenter.hair import paint_back_hair, paint_hair
from presenter.head import head_surface
from presenter.light import cast_shadow, occlusion
from presenter.lips import paint_lips
from presenter.skin import TONE, shade_skin, skin_colour

if TYPE_CHECKING:
    from presenter.canvas import Array, Bytes


GRAIN = 0.27
"""Standard deviation of the film grain in 8-bit steps: hides banding in the wall, yet compresses well."""


def paint_background(easel: Easel) -> None:
    """Paint a plain wall with a pool of light to the right of the head."""
    pool = np.exp(-(((easel.x - 690) / 470) ** 2) - ((easel.y - 400) / 480) ** 2)[..., None]
    fall = ramp(easel.y, 200, 1100)[..., None]
    wall = colour("#5e727c") + (colour("#b9c3c3") - colour("#5e727c")) * pool
    easel.picture[:] = wall * (1 - 0.28 * fall)


def paint_skin(easel: Easel) -> Array:
    """Paint neck and face; return the share of the key light that reaches each point."""
    canvas = easel.canvas
    head, face = head_surface(easel.u, easel.v)
    neck, body = neck_surface(easel.x, easel.y)
    scene = np.maximum(np.where(face > 0.5, head + 20, -80), np.where(body > 0.5, neck, -80)).astype(np.float32)
    lit = cast_shadow(canvas, scene)
    easel.figure = np.maximum(face, body)
    below = np.broadcast_to(colour(TONE) * 0.93, (*neck.shape, 3))
    hidden = occlusion(canvas, scene, 26, 0.75)
    easel.over(shade_skin(easel, neck, below, lit, hidden), body)
    hollow = occlusion(canvas, head, 9, 0.9) * occlusion(canvas, head, 3, 0.35)
    easel.over(shade_skin(easel, head, skin_colour(easel.u, easel.v, canvas.noise(15, 1.2)), lit, hollow), face)
    return lit


def paint_nostrils(easel: Easel) -> None:
    """Paint the nostrils and the creases around the nose."""
    u, v = np.abs(easel.u), easel.v
    tilt = (v - 94.5) - 0.28 * (u - 13)
    easel.glaze(colour("#4a201b"), np.exp(-(((u - 13) / 7.5) ** 4) - (tilt / 2.7) ** 2) * 0.85)
    easel.glaze(colour("#a06a5a"), np.exp(-(((u - 14) / 12) ** 2) - ((v - 95) / 6) ** 2) * 0.22)
    ring = np.hypot((u - 17) / 16.5, (v - 86) / 13)
    crease = np.exp(-(((ring - 1.06) / 0.13) ** 2)) * ramp(u, 24, 32) * ramp(v, 70, 82) * ramp(v, 103, 94)
    easel.glaze(colour("#a36c58"), crease * 0.20)
    fold = u - along([(88, 35), (104, 43), (120, 54), (138, 68)], v)  # from the nose to the corner of the mouth
    near = np.exp(-((np.maximum(fold, 0) / 4.5) ** 2) - (np.minimum(fold, 0) / 9.0) ** 2)
    easel.glaze(colour("#b97e68"), near * ramp(v, 88, 100) * ramp(v, 142, 118) * 0.15)


def draw(size: int, over: int = 2) -> Bytes:
    """Draw the presenter as an sRGB picture (size, size, 3)."""
    easel = Easel(Canvas(size, over))
    paint_background(easel)
    paint_back_hair(easel)
    lit = paint_skin(easel)
    paint_lips(easel)
    paint_nostrils(easel)
    paint_eyes(easel)
    paint_brows(easel)
    paint_clothes(easel, lit)
    paint_hair(easel)
    return finish(easel)


def finish(easel: Easel) -> Bytes:
    """Resize the drawing, compress its highlights and add a little grain."""
    size = easel.canvas.size
    light = cv2.resize(easel.picture, (size, size), interpolation=cv2.INTER_AREA)
    light = np.clip(light, 0, None)
    light = np.where(light > 0.6, 0.6 + 0.4 * np.tanh((light - 0.6) / 0.4), light)
    srgb = to_srgb(light)
    grey = srgb.mean(axis=-1, keepdims=True)
    srgb = grey + (srgb - grey) * 1.01
    srgb -= 0.03 * np.sin(2 * np.pi * np.clip(srgb, 0, 1))  # the gentle contrast of a print
    grain = np.random.default_rng(5).normal(0, GRAIN, (size, size, 1))
    return np.asarray(np.clip(np.round(srgb * 255 + grain), 0, 255), np.uint8)
