"""The eyebrows: a soft mass first, then single hairs that turn from upright to sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import along, colour, curve, on_canvas, ramp

if TYPE_CHECKING:
    from presenter.canvas import Bytes, Easel

_SPINE = [(31, -41), (46, -45), (64, -49.5), (82, -52), (98, -49), (115, -40)]
_THICK = [(28, 3.0), (38, 5.0), (56, 5.2), (78, 4.4), (96, 2.9), (115, 0.7)]
_SIDES = ((-1, 0.0), (1, -1.6))  # the right brow sits a little higher


def paint_brows(easel: Easel) -> None:
    """Paint both brows."""
    for side, lift in _SIDES:
        out = easel.u * side
        half = along(_THICK, out)
        off = (easel.v - lift - along(_SPINE, out)) / np.maximum(half, 0.5)
        mass = np.exp(-(np.abs(off) ** 2.6)) * ramp(out, 24, 56) * ramp(out, 117, 104)
        easel.glaze(colour("#6a4536"), easel.canvas.blur(mass, 1.0) * 0.62)
    canvas = easel.canvas
    mask = np.zeros((canvas.side, canvas.side), np.uint8)
    rng = np.random.default_rng(19)
    for side, lift in _SIDES:
        for _ in range(400):
            _hair(easel, mask, side, lift, rng)
    soft = canvas.blur(mask.astype(np.float32) / 255, 0.3)
    fade = 0.4 + 0.6 * ramp(np.abs(easel.u), 28, 56)
    easel.over(colour("#301c13"), soft * fade * 0.66)


def _hair(easel: Easel, mask: Bytes, side: int, lift: float, rng: np.random.Generator) -> None:
    t = rng.beta(1.25, 1.15)
    out = np.array([30 + 83 * t])
    level = rng.normal(0.05, 0.45)
    half = float(along(_THICK, out)[0])
    root = np.array([out[0], along(_SPINE, out)[0] + lift + half * np.clip(level, -1.0, 0.7)])
    slope = float(along(_SPINE, out + 2)[0] - along(_SPINE, out - 2)[0]) / 4
    turn = np.interp(t, [0, 0.12, 0.35, 1], [1.25, 0.75, 0.28, 0.0]) * (1 if level > -0.2 else -0.2)
    angle = np.arctan(slope) - turn + rng.normal(0, 0.10)
    long = rng.uniform(6.5, 10.5) * np.interp(t, [0, 0.2, 1], [0.8, 1, 0.85])
    step = np.array([np.cos(angle), np.sin(angle)]) * long
    bow = np.array([0.0, -1.0]) * long * 0.08
    spine = curve([root, root + step * 0.5 + bow, root + step], 6)
    width = rng.uniform(0.4, 0.65) * np.linspace(1, 0.15, 6)[:, None] / 2 * 1.5
    normal = np.array([[-step[1], step[0]]]) / long
    outline = np.concatenate([spine + normal * width, (spine - normal * width)[::-1]])
    outline[:, 0] *= side
    easel.canvas.stroke(mask, on_canvas(outline), 255)
