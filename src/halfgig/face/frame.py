"""The face frame: a picture turned and scaled so that every face lies in it alike.

Its origin is the middle between the eyes, its x axis runs from the right eye of the person to the left (rightwards in
the picture), y runs towards the chin, and its unit is the distance between the eyes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halfgig.face.points import FivePoints, Point

Map = NDArray[np.float32]
"""One number for each pixel of a crop or each place that is looked at."""

UNIT = 120
"""Pixels of a crop for one eye distance: an iris is then about 25 pixels wide, enough to place it within one."""

SIDE = 3 * UNIT
LEFT = 1.5
ABOVE = 1.0
"""What a crop shows, in eye distances: this far to either side and upwards of the eyes' middle."""


@dataclass(frozen=True, slots=True)
class FaceFrame:
    """Turn places in the face frame into places in the picture and back."""

    origin: Point
    """The middle between the eyes, in pixels of the picture."""
    unit: float
    """The distance between the eyes, in pixels of the picture."""
    roll: float
    """The tilt of the x axis in radians, clockwise."""

    @classmethod
    def of(cls, points: FivePoints) -> FaceFrame:
        """Give the frame of a face by its eyes."""
        return cls(points.eyes, points.eye_distance, points.roll)

    def to_picture(self, point: Point) -> Point:
        """Turn a place in eye distances into pixels of the picture."""
        cos, sin = math.cos(self.roll) * self.unit, math.sin(self.roll) * self.unit
        return Point(self.origin.x + cos * point.x - sin * point.y, self.origin.y + sin * point.x + cos * point.y)

    def to_face(self, point: Point) -> Point:
        """Turn pixels of the picture into eye distances."""
        cos, sin = math.cos(self.roll) / self.unit, math.sin(self.roll) / self.unit
        x, y = point.x - self.origin.x, point.y - self.origin.y
        return Point(cos * x + sin * y, cos * y - sin * x)

    def crop(self, rgb: NDArray[np.uint8]) -> Crop:
        """Cut the face out of RGB [H, W, 3] at `UNIT` pixels an eye distance, in CIELAB."""
        import cv2

        scale = UNIT / self.unit
        cos, sin = math.cos(self.roll) * scale, math.sin(self.roll) * scale
        matrix = np.array(
            [
                [cos, sin, LEFT * UNIT - cos * self.origin.x - sin * self.origin.y],
                [-sin, cos, ABOVE * UNIT + sin * self.origin.x - cos * self.origin.y],
            ]
        )
        if scale < 0.6:  # warpAffine has no filter of its own for shrinking
            rgb = cv2.GaussianBlur(rgb, (0, 0), 0.4 / scale)
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR
        cut = cv2.warpAffine(rgb, matrix, (SIDE, SIDE), flags=how, borderMode=cv2.BORDER_REPLICATE)
        return Crop(cv2.cvtColor(cut, cv2.COLOR_RGB2LAB).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Crop:
    """Hold a face cut out along its frame; places are in eye distances."""

    lab: Map
    """CIELAB as OpenCV scales it, float32 [SIDE, SIDE, 3]."""

    @property
    def light(self) -> Map:
        """Give the lightness, 0..255, [SIDE, SIDE]."""
        return self.lab[..., 0]


def blurred(values: Map, sigma: float, sigma_y: float = 0.0) -> Map:
    """Smooth a map of a crop; the deviations are in eye distances."""
    import cv2

    smooth: Map = cv2.GaussianBlur(values, (0, 0), sigmaX=sigma * UNIT, sigmaY=(sigma_y or sigma) * UNIT)
    return smooth


def sampled(values: Map, x: NDArray[np.floating], y: NDArray[np.floating]) -> Map:
    """Read a map of a crop at places in eye distances, bilinear; x and y of one shape [n, m]."""
    import cv2

    across = ((x + LEFT) * UNIT).astype(np.float32)
    down = ((y + ABOVE) * UNIT).astype(np.float32)
    read: Map = cv2.remap(values, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return read
