"""The canvas: a grid of picture units, soft masks, smooth curves and noise, independent of resolution; and the easel.

All lengths are in units of a picture 1024 units wide and high; pixels occur in this file only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

Array: TypeAlias = "npt.NDArray[np.floating[Any]]"
Bytes: TypeAlias = "npt.NDArray[np.uint8]"

UNITS = 1024
"""Units along one side of the picture."""

CENTRE = (512.0, 431.0)
"""Midpoint of the eyes, in units."""
TILT = np.deg2rad(-1.6)
"""Tilt of the head in radians: an upright head looks like a passport picture."""

_SHIFT = 5  # fractional bits of a polygon's corner in OpenCV's fixed-point drawing


@dataclass(frozen=True)
class Canvas:
    """Size of the drawing and all operations that depend on it."""

    size: int
    """Side of the finished picture, in pixels."""
    over: int = 2
    """Oversampling: pixels drawn per finished pixel along one side."""

    @property
    def side(self) -> int:
        """Side of the drawing in pixels."""
        return self.size * self.over

    @property
    def scale(self) -> float:
        """Pixels per picture unit."""
        return self.side / UNITS

    def grid(self) -> tuple[Array, Array]:
        """Return x and y of the centre of every pixel, in units."""
        line = ((np.arange(self.side, dtype=np.float32) + 0.5) / self.scale).astype(np.float32)  # (side,)
        x, y = np.meshgrid(line, line)
        return x, y  # (side, side) each

    def blur(self, image: Array, sigma: float) -> Array:
        """Blur with a Gaussian of `sigma` units; wide ones are computed at a lower resolution."""
        pixels = sigma * self.scale
        step = max(1, int(pixels / 4))
        if step > 1:
            small = max(8, self.side // step)
            image = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
            pixels *= small / self.side
        image = cv2.GaussianBlur(image, (0, 0), max(pixels, 0.01), borderType=cv2.BORDER_REPLICATE)
        return cv2.resize(image, (self.side, self.side), interpolation=cv2.INTER_CUBIC) if step > 1 else image

    def fill(self, outline: npt.ArrayLike, soft: float = 0.0) -> Array:
        """Return the mask, 0 to 1, of a closed outline, blurred by `soft` units."""
        mask = np.zeros((self.side, self.side), np.uint8)
        self.stroke(mask, outline, 255)
        solid = mask.astype(np.float32) / 255
        return self.blur(solid, soft) if soft else solid

    def stroke(self, image: Bytes, outline: npt.ArrayLike, colour: int | Sequence[float]) -> None:
        """Fill a closed outline, given in units, into an 8-bit image."""
        corners = np.asarray(outline, np.float32) * self.scale - 0.5  # (n, 2)
        fixed = np.round(corners * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(image, [fixed], colour, cv2.LINE_AA, _SHIFT)

    def line(
        self,
        image: Bytes,
        points: npt.ArrayLike,
        colours: Sequence[Sequence[float]] | int,
        width: float,
    ) -> None:
        """Draw a line through points in units, in one grey or with one colour per segment."""
        fixed = np.round((np.asarray(points, np.float32) * self.scale - 0.5) * (1 << _SHIFT)).astype(np.int32)
        thick = max(1, round(width * self.scale))
        if isinstance(colours, int):
            cv2.polylines(image, [fixed], False, colours, thick, cv2.LINE_AA, _SHIFT)
            return
        fixed = fixed.tolist()
        for start, end, colour in zip(fixed, fixed[1:], colours, strict=False):
            cv2.line(image, start, end, colour, thick, cv2.LINE_AA, _SHIFT)

    def noise(self, seed: int, sigma: float) -> Array:
        """Return smooth noise of unit variance with grains of about `sigma` units, the same at every resolution."""
        cells = min(UNITS, max(16, int(2 * UNITS / max(sigma, 1.0))))
        rough = np.random.default_rng(seed).standard_normal((cells, cells)).astype(np.float32)
        rough = cv2.GaussianBlur(rough, (0, 0), max(0.5, sigma * cells / UNITS))
        rough /= rough.std()
        return cv2.resize(rough, (self.side, self.side), interpolation=cv2.INTER_CUBIC)  # type: ignore[no-any-return]


def ramp(value: Array, low: float, high: float) -> Array:
    """Return the smoothstep from 0 at `low` to 1 at `high`; it falls if `high` is the smaller."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def curve(points: npt.ArrayLike, count: int = 200) -> Array:
    """Return `count` points of the Catmull-Rom spline through all `points`."""
    knots = np.asarray(points, np.float32)  # (n, d)
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = np.linspace(0, len(knots) - 1, count)
    i = np.minimum(t.astype(int), len(knots) - 2)
    f = (t - i)[:, None]
    a, b, c, d = (padded[i + j] for j in range(4))
    spline = b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)))
    return np.asarray(spline, np.float32)  # (count, d)


def along(points: npt.ArrayLike, x: Array) -> Array:
    """Evaluate the smooth curve through `points` (increasing in x) at x; constant beyond its ends."""
    dense = curve(points, 400)
    return np.interp(x, dense[:, 0], dense[:, 1]).astype(np.float32)


def colour(code: str) -> Array:
    """Return a web colour `#rrggbb` in linear light."""
    return to_light(np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255)  # (3,)


def to_light(srgb: Array) -> Array:
    """Convert sRGB to linear light, both 0 to 1."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(light: Array) -> Array:
    """Convert linear light to sRGB, both 0 to 1."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055).astype(np.float32)


class Easel:
    """The picture in linear light, with the coordinates all painters use and ways to apply paint."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.x, self.y = canvas.grid()
        dx, dy = self.x - CENTRE[0], self.y - CENTRE[1]
        cos, sin = np.float32(np.cos(TILT)), np.float32(np.sin(TILT))
        self.u, self.v = (
            dx * cos + dy * sin,
            dy * cos - dx * sin,
        )  # coordinates of the head, from the midpoint of the eyes
        self.picture: Array = np.zeros((canvas.side, canvas.side, 3), np.float32)
        self.figure: Array = np.zeros((canvas.side, canvas.side), np.float32)

    def over(self, paint: Array, mask: Array) -> None:
        """Blend a colour (3,) or a layer (h, w, 3) over the picture where the mask is 1."""
        self.picture += (paint - self.picture) * mask[..., None]

    def glaze(self, tint: Array, mask: Array) -> None:
        """Multiply the picture by a tint (3,) where the mask is 1, like thin dark paint."""
        self.picture *= 1 + (tint - 1) * mask[..., None]

    def light(self, paint: Array, mask: Array) -> None:
        """Add light of one colour (3,)."""
        self.picture += paint * mask[..., None]


def on_canvas(points: npt.ArrayLike) -> Array:
    """Convert points (n, 2) from the coordinates of the head to those of the picture."""
    p = np.asarray(points, np.float32)
    cos, sin = np.cos(TILT), np.sin(TILT)
    x = p[..., 0] * cos - p[..., 1] * sin + CENTRE[0]
    y = p[..., 0] * sin + p[..., 1] * cos + CENTRE[1]
    return np.stack([x, y], axis=-1).astype(np.float32)
