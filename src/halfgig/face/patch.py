"""A piece of the picture laid into eye distances, with what its colours say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Map = NDArray[np.float32]

UNIT = 48.0
"""Pixels of a patch between the eyes."""

AREA = (-1.3, -0.8, 1.3, 1.9)
"""Left, top, right and bottom of a patch, in eye distances from between the eyes."""

DIM = 30.0
"""Added to the local variance of lightness, of 255, so that noise in plain areas is not blown up."""


class Patch(NamedTuple):
    """Hold an upright face whose eyes are `UNIT` apart; places are in eye distances from between the eyes."""

    lightness: Map
    """[H, W], free of light and shade: differences from the neighbourhood in its standard deviations."""
    redness: Map
    """[H, W], CIE a."""
    yellowness: Map
    """[H, W], CIE b."""
    there: NDArray[np.float64]
    """[2, 3], from pixels of the picture to pixels of the patch."""

    def values(self, values: Map, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Read a map [H, W] at places [..., 2]."""
        pixels = np.rint((places - AREA[:2]) * UNIT).astype(np.intp)
        height, width = values.shape
        read: NDArray[np.float64] = values[pixels[..., 1].clip(0, height - 1), pixels[..., 0].clip(0, width - 1)]
        return read.astype(np.float64)

    def to_picture(self, place: NDArray[np.float64]) -> Point:
        """Give the place [2] in pixels of the picture."""
        (cos, sin, right), (_, _, below) = self.there.tolist()
        x, y = (place[0] - AREA[0]) * UNIT - right, (place[1] - AREA[1]) * UNIT - below
        square = cos**2 + sin**2
        return Point(float(cos * x - sin * y) / square, float(sin * x + cos * y) / square)


def cut_patch(rgb: NDArray[np.uint8], right_eye: Point, left_eye: Point) -> Patch:
    """Cut the patch around a face out of RGB [H, W, 3]."""
    import cv2

    there = _alignment(right_eye, left_eye)
    size = (round((AREA[2] - AREA[0]) * UNIT), round((AREA[3] - AREA[1]) * UNIT))
    patch = cv2.warpAffine(rgb, there, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(patch, cv2.COLOR_RGB2LAB).astype(np.float32)  # [H, W, 3]
    difference = lab[..., 0] - blurred(lab[..., 0], 0.45, 0.45)
    lightness = difference / np.sqrt(blurred(difference**2, 0.45, 0.45) + DIM)
    return Patch(lightness, lab[..., 1], lab[..., 2], there)


def blurred(values: Map, across: float, down: float) -> Map:
    """Blur a map [H, W] by a Gaussian whose standard deviations are in eye distances."""
    import cv2

    smooth: Map = cv2.GaussianBlur(values, (0, 0), sigmaX=across * UNIT, sigmaY=down * UNIT)
    return smooth


def _alignment(right_eye: Point, left_eye: Point) -> NDArray[np.float64]:
    """Give the similarity [2, 3] that lays the eyes level and `UNIT` apart."""
    across, down = left_eye.x - right_eye.x, left_eye.y - right_eye.y
    shrink = UNIT / math.hypot(across, down) ** 2
    cos, sin = across * shrink, down * shrink
    x, y = right_eye.x + across / 2, right_eye.y + down / 2
    left, top = AREA[:2]
    return np.array([[cos, sin, -left * UNIT - cos * x - sin * y], [-sin, cos, -top * UNIT + sin * x - cos * y]])
