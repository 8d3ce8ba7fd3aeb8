"""The eyes: balls in the shadow of their lids, irises with fibres and catchlights, lids, lashes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import along, colour, curve, on_canvas, ramp

if TYPE_CHECKING:
    from presenter.canvas import Array, Bytes, Easel

_UPPER = [(-35, 5.5), (-29, 0.5), (-18, -6.6), (-4, -10.4), (10, -10.2), (23, -6.0), (34.5, -0.5)]
_LOWER = [(-35, 5.5), (-27, 7.6), (-13, 9.4), (4, 10.0), (18, 8.4), (28, 4.3), (34.5, -0.5)]
_CREASE = [(-36, -2), (-28, -8.5), (-16, -15.5), (-2, -19.2), (13, -18.6), (27, -13.4), (39, -5.0)]
_IRIS = 13.2
_SCALE = 1.07


@dataclass(frozen=True)
class Eye:
    """Position of one eye and its difference from the other."""

    side: int
    """-1 for the viewer's left, 1 for the right."""
    at: tuple[float, float]
    """Centre of the opening, in coordinates of the head."""
    open: float = 1.0
    """Height of the opening, 1 as drawn."""

    def frame(self, u: Array, v: Array) -> tuple[Array, Array]:
        """Return coordinates relative to the centre of the eye: outwards and downwards."""
        return self.side * (u - self.at[0]) / _SCALE, (v - self.at[1]) / _SCALE

    def to_head(self, points: Array) -> Array:
        """Convert points (n, 2) from coordinates of the eye to those of the head."""
        return np.array(self.at, np.float32) + points * np.array([self.side, 1], np.float32) * _SCALE

    def upper(self, e: Array) -> Array:
        """Return the edge of the upper lid at `e` units outwards."""
        return along(_UPPER, e) * self.open

    def lower(self, e: Array) -> Array:
        """Return the edge of the lower lid at `e` units outwards."""
        return along(_LOWER, e) * self.open


EYES = (Eye(-1, (-68.5, 0.6)), Eye(1, (69.0, -0.4), 0.96))


def paint_eyes(easel: Easel) -> None:
    """Paint both eyes over the shaded skin."""
    for eye in EYES:
        e, f = eye.frame(easel.u, easel.v)
        near = (np.abs(e) < 60) & (np.abs(f) < 45)
        rows, columns = np.nonzero(near)
        box = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        _paint_lids(easel, eye, e[box], f[box], box)
        _paint_ball(easel, eye, e[box], f[box], box)
        _paint_edges(easel, eye, e[box], f[box], box)
    _paint_lashes(easel)


def _blend(easel: Easel, box: tuple[slice, slice], paint: Array, mask: Array) -> None:
    easel.picture[box] += (paint - easel.picture[box]) * mask[..., None]


def _glaze(easel: Easel, box: tuple[slice, slice], tint: str, mask: Array) -> None:
    easel.picture[box] *= 1 + (colour(tint) - 1) * mask[..., None]


def _paint_lids(easel: Easel, eye: Eye, e: Array, f: Array, box: tuple[slice, slice]) -> None:
    width = ramp(np.abs(e), 44, 26)
    crease = f - along(_CREASE, e)
    _glaze(easel, box, "#8a5546", np.exp(-((crease / 1.5) ** 2)) * width * 0.62)
    above = np.exp(-((np.minimum(crease, 0) / 9) ** 2)) * np.exp(-((np.maximum(crease, 0) / 2.0) ** 2))
    _glaze(easel, box, "#a8705c", above * width * 0.40)
    lid = ramp(crease, 0, 3) * ramp(f - eye.upper(e), 0.5, -2.5)
    _glaze(easel, box, "#c99884", lid * width * 0.55)
    below = f - eye.lower(e)
    _glaze(easel, box, "#b87f70", np.exp(-(((below - 8) / 4.0) ** 2)) * ramp(np.abs(e), 34, 8) * 0.30)
    _glaze(easel, box, "#9a6455", np.exp(-((below / 2.4) ** 2)) * ramp(np.abs(e), 40, 20) * 0.5)


def _paint_ball(easel: Easel, eye: Eye, e: Array, f: Array, box: tuple[slice, slice]) -> None:
    upper, lower = eye.upper(e), eye.lower(e)
    inside = ramp(np.minimum(f - upper, lower - f), -0.8, 0.8) * (np.abs(e) < 36)
    round_ = np.clip(1 - (e / 40) ** 2 - (f / 30) ** 2, 0, 1)
    white = colour("#d6c9c2") * (0.30 + 0.70 * round_[..., None])
    pink = np.exp(-(((e + 33) / 7) ** 2))[..., None] * 0.75 + np.exp(-(((e - 33) / 6) ** 2))[..., None] * 0.4
    white += (colour("#b4776c") - white) * pink
    iris, edge = _iris(e * eye.side, f, eye)
    ball = white + (iris - white) * edge[..., None]
    lid_shadow = np.exp(-((np.maximum(f - upper, 0) / 6.0) ** 1.5))
    ball *= 1 - 0.74 * lid_shadow[..., None] * np.array([0.85, 0.95, 1.0], np.float32)
    ball *= 1 - 0.18 * ramp(e * eye.side, -20, 40)[..., None]  # the key comes from the left
    _blend(easel, box, ball + _catchlights(e * eye.side, f), inside)


def _iris(x: Array, f: Array, eye: Eye) -> tuple[Array, Array]:
    radius = np.hypot(x, f - 0.2)
    angle = np.arctan2(f - 0.2, x)
    rng = np.random.default_rng(40 + eye.side)
    fibres = np.zeros_like(x)
    for turns in range(9, 64, 3):
        bend = rng.uniform(-0.35, 0.35)
        fibres += np.sin(turns * angle + rng.uniform(0, 6.28) + bend * radius) * rng.uniform(0.3, 1)
    t = np.clip(radius / _IRIS, 0, 1)
    paint = colour("#6b4524") + (colour("#56604a") - colour("#6b4524")) * ramp(t, 0.45, 0.78)[..., None]
    paint *= (1 + 0.085 * fibres * ramp(t, 0.3, 0.5))[..., None]
    glow = np.clip((x * 0.5 + f * 0.8) / _IRIS, -0.6, 1)  # light leaves the iris opposite to where it came in
    paint *= (1.0 + 0.85 * glow)[..., None]
    paint *= 1 - 0.80 * ramp(t, 0.78, 0.98)[..., None]
    paint *= 1 - 0.985 * ramp(radius, 6.2, 5.0)[..., None]
    return np.clip(paint, 0.002, 1).astype(np.float32), ramp(radius, _IRIS + 0.9, _IRIS - 0.9)


def _catchlights(x: Array, f: Array) -> Array:
    window = ramp((np.abs((x + 4.3 + 0.2 * f) / 2.7) ** 3.5 + np.abs((f + 4.4) / 2.9) ** 3.5), 1.5, 0.45)
    wall = np.exp(-(((x - 5.5) / 2.0) ** 2) - ((f - 5.0) / 3.0) ** 2)
    wet = np.exp(-(((x + 24) / 3.0) ** 2) - ((f - 3) / 1.4) ** 2)
    paint = colour("#f4f8ff") * (window * 0.85)[..., None] + colour("#a8bccb") * (wall * 0.16 + wet * 0.10)[..., None]
    return paint.astype(np.float32)


def _paint_edges(easel: Easel, eye: Eye, e: Array, f: Array, box: tuple[slice, slice]) -> None:
    span = ramp(np.abs(e), 37, 33)
    rim = f - eye.lower(e)
    wet = np.exp(-(((rim - 0.2) / 1.1) ** 2)) * span
    _blend(easel, box, colour("#d9a596") * 0.62, wet * 0.62)
    line = f - eye.upper(e)
    thick = 1.25 + 0.75 * ramp(e, -20, 28)
    dark = np.exp(-(((line + 0.5) / thick) ** 2)) * ramp(e, -36, -24) * ramp(e, 38, 33)
    _blend(easel, box, colour("#23140f"), np.clip(dark * 1.1, 0, 0.94))
    tear = np.exp(-(((e + 32.5) / 3.0) ** 2) - ((f - 4.8) / 1.9) ** 2)
    _blend(easel, box, colour("#c98a80") * 0.8, tear * 0.7)
    low = np.exp(-(((rim - 1.6) / 0.9) ** 2)) * ramp(e, -16, 22) * ramp(e, 36, 31)
    _glaze(easel, box, "#5c392e", low * 0.55)


def _paint_lashes(easel: Easel) -> None:
    canvas = easel.canvas
    mask = np.zeros((canvas.side, canvas.side), np.uint8)
    rng = np.random.default_rng(7)
    for eye in EYES:
        for t in np.linspace(-25, 35.5, 120) + rng.normal(0, 0.5, 120):
            outer = np.clip((t + 27) / 63, 0, 1)
            long = np.interp(outer, [0, 0.3, 0.8, 1], [1.6, 4.4, 7.6, 5.5]) * rng.uniform(0.75, 1.15)
            lean = -0.30 + 1.25 * outer + rng.normal(0, 0.16)
            root = (t, float(eye.upper(np.array([t]))[0]) - 0.2)
            _lash(easel, mask, eye, root, (long * lean, -long * 0.60), 0.7)
    soft = canvas.blur(mask.astype(np.float32) / 255, 0.25)
    easel.over(colour("#21130f"), np.clip(soft, 0, 1) * 0.78)


def _lash(
    easel: Easel,
    mask: Bytes,
    eye: Eye,
    root: tuple[float, float],
    tip: tuple[float, float],
    width: float,
) -> None:
    bend = np.array([(0, 0), (tip[0] * 0.45, tip[1] * 0.18), (tip[0] * 0.82, tip[1] * 0.58), tip], np.float32)
    spine = curve(bend + np.array(root), 8)
    half = width / 2 * np.linspace(1, 0.1, 8)[:, None]
    normal = np.array([[-tip[1], tip[0]]]) / np.hypot(*tip)
    outline = np.concatenate([spine + normal * half, (spine - normal * half)[::-1]])
    easel.canvas.stroke(mask, on_canvas(eye.to_head(outline)), 255)
