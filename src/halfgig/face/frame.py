"""The face frame: coordinates in which every face has the same position, roll and scale.

The origin is the midpoint of the eyes, the x axis runs from the person's right eye to the left (rightwards in the
picture), the y axis towards the chin, and the unit is the distance between the eyes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halfgig.face.points import FivePoints, Point

Map = NDArray[np.float32]
"""One number per pixel or per sampled position."""


@dataclass(frozen=True, slots=True)
class FaceFrame:
    """Conversion between positions in the face frame and in the picture."""

    origin: Point
    """Midpoint of the eyes, in pixels of the picture."""
    unit: float
    """Distance between the eyes, in pixels of the picture."""
    roll: float
    """Tilt of the x axis in radians, clockwise."""

    @classmethod
    def of(cls, points: FivePoints) -> FaceFrame:
        """Return the frame of a face, defined by its eyes."""
        return cls(points.eyes, points.eye_distance, points.roll)

    def to_picture(self, point: Point) -> Point:
        """Convert a position in eye distances to pixels of the picture."""
        cos, sin = math.cos(self.roll) * self.unit, math.sin(self.roll) * self.unit
        return Point(self.origin.x + cos * point.x - sin * point.y, self.origin.y + sin * point.x + cos * point.y)

    def to_face(self, point: Point) -> Point:
        """Convert pixels of the picture to eye distances."""
        cos, sin = math.cos(self.roll) / self.unit, math.sin(self.roll) / self.unit
        x, y = point.x - self.origin.x, point.y - self.origin.y
        return Point(cos * x + sin * y, cos * y - sin * x)
