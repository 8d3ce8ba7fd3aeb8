"""Alignment of a face with the standard face, as SadTalker's coefficient network expects it (224 x 224 pixels)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.errors import BadLandmarks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.points import FivePoints

STANDARD = np.array(
    [
        (-0.31148657, 0.29036078, 0.13377953),
        (0.30979887, 0.28972036, 0.13179526),
        (0.0032535, -0.04617932, 0.55244243),
        (-0.25216928, -0.38133916, 0.22405732),
        (0.24846619, -0.38128236, 0.22235769),
    ]
)
"""Right eye, left eye, nose, right and left mouth corner of the standard face: x, y up, z towards the viewer."""

SIDE = 224
"""Side of the aligned picture in pixels."""

RADIUS = 102.0
"""Pixels of the aligned picture per unit of the standard face."""

FARTHEST = 1e6
"""Largest scale; a larger one means that the points coincide."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a picture is scaled and cropped."""

    size: tuple[int, int]
    """Width and height of the picture."""
    scale: float
    """Aligned pixels per pixel."""
    x: float
    """Origin of the standard face, in pixels from the left border."""
    y: float
    """Origin of the standard face, in pixels above the last row."""

    @property
    def scaled(self) -> tuple[int, int]:
        """Width and height of the whole picture at the aligned scale."""
        return max(1, int(self.size[0] * self.scale)), max(1, int(self.size[1] * self.scale))

    @property
    def corner(self) -> tuple[int, int]:
        """Left and top of the aligned picture, in pixels of the scaled one."""
        width, height = self.scaled
        left = width / 2 - SIDE / 2 + (self.x - self.size[0] / 2) * self.scale
        return int(left), int(height / 2 - SIDE / 2 + (self.size[1] / 2 - self.y) * self.scale)

    def cut(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the aligned picture [224, 224, 3] of RGB [H, W, 3]; areas outside the picture are black.

        Only the visible part is scaled, so a small face in a large picture takes no more memory than any other.
        """
        from PIL import Image

        aligned = np.zeros((SIDE, SIDE, 3), np.uint8)
        spans = [_seen(start, whole) for start, whole in zip(self.corner, self.scaled, strict=True)]
        (left, right), (top, bottom) = spans
        if left >= right or top >= bottom:
            return aligned
        x, y = (whole / scaled for whole, scaled in zip(self.size, self.scaled, strict=True))
        box = (left * x, top * y, min(right * x, self.size[0]), min(bottom * y, self.size[1]))
        seen = Image.fromarray(rgb).resize((right - left, bottom - top), Image.Resampling.BICUBIC, box)
        x0, y0 = left - self.corner[0], top - self.corner[1]
        aligned[y0 : y0 + seen.height, x0 : x0 + seen.width] = np.asarray(seen)
        return aligned


def _seen(start: int, whole: int) -> tuple[int, int]:
    """Return the part of an axis that lies in the picture."""
    return max(start, 0), min(start + SIDE, whole)


def align(points: FivePoints, width: int, height: int) -> Alignment:
    """Fit the standard face to the points of a picture by least squares.  Raises `BadLandmarks`."""
    places = np.array(points.as_tuple())
    places[:, 1] = height - 1 - places[:, 1]
    known = np.column_stack([STANDARD, np.ones(len(STANDARD))])  # [5, 4]
    rows = np.linalg.lstsq(known, places, rcond=None)[0].T  # [2, 4], x and y
    size = float(np.linalg.norm(rows[:, :3], axis=1).mean())
    if not size * FARTHEST > RADIUS:
        raise BadLandmarks("the landmarks make no face: they fall together in one place; check them")
    return Alignment((width, height), RADIUS / size, float(rows[0, 3]), float(rows[1, 3]))
