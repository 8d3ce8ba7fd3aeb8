"""The easel: the picture under the brush, the head's own coordinates, and the few ways to put paint on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from presenter.canvas import Array, Canvas

CENTRE = (512.0, 431.0)
"""Where the point between the eyes lies, in units."""
TILT = np.deg2rad(-1.6)
"""How far the head leans, in radians: an upright head looks like a passport picture."""


class Easel:
    """Hold the picture in linear light and the coordinates every painter uses."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.x, self.y = canvas.grid()
        dx, dy = self.x - CENTRE[0], self.y - CENTRE[1]
        cos, sin = np.float32(np.cos(TILT)), np.float32(np.sin(TILT))
        self.u, self.v = dx * cos + dy * sin, dy * cos - dx * sin  # the head's coordinates, from between the eyes
        self.picture: Array = np.zeros((canvas.side, canvas.side, 3), np.float32)
        self.figure: Array = np.zeros((canvas.side, canvas.side), np.float32)

    def over(self, paint: Array, mask: Array) -> None:
        """Lay a colour (3,) or a layer (h, w, 3) over the picture where the mask is 1."""
        self.picture += (paint - self.picture) * mask[..., None]

    def glaze(self, tint: Array, mask: Array) -> None:
        """Multiply the picture by a tint (3,) where the mask is 1, as thin dark paint does."""
        self.picture *= 1 + (tint - 1) * mask[..., None]

    def light(self, paint: Array, mask: Array) -> None:
        """Add light of one colour (3,)."""
        self.picture += paint * mask[..., None]


def on_canvas(points: npt.ArrayLike) -> Array:
    """Move points (n, 2) from the head's coordinates to the picture's."""
    p = np.asarray(points, np.float32)
    cos, sin = np.cos(TILT), np.sin(TILT)
    x = p[..., 0] * cos - p[..., 1] * sin + CENTRE[0]
    y = p[..., 0] * sin + p[..., 1] * cos + CENTRE[1]
    return np.stack([x, y], axis=-1).astype(np.float32)
