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

UNIT = 120
"""Pixels of a crop per eye distance: an iris is then about 25 pixels wide, enough to locate it to a pixel."""

SIDE = 3 * UNIT
LEFT = 1.5
ABOVE = 1.0
"""Extent of a crop to either side of the midpoint of the eyes and above it, in eye distances."""


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

    def crop(self, rgb: NDArray[np.uint8]) -> Crop:
        """Crop the face out of RGB [H, W, 3] at `UNIT` pixels per eye distance, in CIELAB."""
        import cv2

        scale = UNIT / self.unit
        cos, sin = math.cos(self.roll) * scale, math.sin(self.roll) * scale
        matrix = np.array(
            [
                [cos, sin, LEFT * UNIT - cos * self.origin.x - sin * self.origin.y],
                [-sin, cos, ABOVE * UNIT + sin * self.origin.x - cos * self.origin.y],
            ]
        )
        if scale < 0.6:  # warpAffine does not filter when it reduces
            rgb = cv2.GaussianBlur(rgb, (0, 0), 0.4 / scale)
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR
        cut = cv2.warpAffine(rgb, matrix, (SIDE, SIDE), flags=how, borderMode=cv2.BORDER_REPLICATE)
        return Crop(cv2.cvtColor(cut, cv2.COLOR_RGB2LAB).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Crop:
    """A face cropped along its frame; positions are in eye distances."""

    lab: Map
    """CIELAB in OpenCV's scaling, float32 [SIDE, SIDE, 3]."""

    @property
    def light(self) -> Map:
        """Lightness, 0..255, [SIDE, SIDE]."""
        return self.lab[..., 0]


def blurred(values: Map, sigma: float, sigma_y: float = 0.0) -> Map:
    """Blur a map of a crop; the standard deviations are in eye distances."""
    import cv2

    smooth: Map = cv2.GaussianBlur(values, (0, 0), sigmaX=sigma * UNIT, sigmaY=(sigma_y or sigma) * UNIT)
    return smooth


def sampled(values: Map, x: NDArray[np.floating], y: NDArray[np.floating]) -> Map:
    """Sample a map of a crop bilinearly at positions x, y [n, m] in eye distances."""
    import cv2

    across = ((x + LEFT) * UNIT).astype(np.float32)
    down = ((y + ABOVE) * UNIT).astype(np.float32)
    read: Map = cv2.remap(values, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return read
