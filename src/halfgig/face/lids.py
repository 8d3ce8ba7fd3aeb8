"""Location of the eyelids: the opening of both eyes, fitted as one almond shape and its mirror image."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.frame import ABOVE, LEFT, UNIT, Crop, Map, blurred, sampled

if TYPE_CHECKING:
    from halfgig.face.irises import Iris

ALMOND = 2.2
"""Exponent of the curve between the corners: 2 is a parabola, larger values are fuller."""

ACROSS = np.linspace(-0.92, 0.92, 13, dtype=np.float32)
"""Sample positions along the opening; the corners themselves are never distinct."""

MARGIN = 0.028
"""Distance from a lid at which its two sides are compared, in eye distances."""


class Opening(NamedTuple):
    """The visible part of an eye in the face frame, in eye distances."""

    x: float
    y: float
    """Midpoint of the corners."""
    half_width: float
    upper: float
    """Height of the upper lid above the line between the corners, in the middle."""
    lower: float
    """Depth of the lower lid below that line, in the middle."""
    tilt: float
    """Slope of that line, y per x."""


class _Shape(NamedTuple):
    half_width: float
    upper: float
    lower: float
    tilt: float


SHAPES = [
    _Shape(*values)
    for values in itertools.product(
        (0.20, 0.225, 0.25),
        (0.05, 0.065, 0.08, 0.095, 0.11, 0.125),
        (0.03, 0.045, 0.06, 0.075),
        (-0.05, 0.05, 0.15, 0.25),
    )
]


def curve(across: Map) -> Map:
    """Return the height of a lid between its corners (across -1..1): 1 in the middle, 0 at the corners."""
    return (1 - np.minimum(np.abs(across), 1) ** ALMOND).astype(np.float32)


def _unlike_skin(crop: Crop, iris: Iris) -> Map:
    """Return the colour distance of each pixel from the cheek below the eye."""
    column, row = int((iris.x + LEFT) * UNIT), int((iris.y + ABOVE) * UNIT)
    reach = int(0.15 * UNIT)
    cheek = crop.lab[row + int(0.2 * UNIT) : row + int(0.36 * UNIT), max(0, column - reach) : column + reach]
    skin = np.median(cheek.reshape(-1, 3), axis=0) if cheek.size else np.median(crop.lab.reshape(-1, 3), axis=0)
    apart = (crop.lab - skin) * np.array([1.0, 0.8, 0.8], dtype=np.float32)
    return blurred(np.minimum(np.sqrt((apart**2).sum(axis=-1)), 60).astype(np.float32), 0.012)


class _Eye:
    """Scores of shapes around one iris."""

    def __init__(self, crop: Crop, iris: Iris, outwards: int) -> None:
        self.iris = iris
        self.outwards = outwards  # -1 for the right eye: its outer corner has the smaller x
        self.unlike = _unlike_skin(crop, iris)
        self.light = blurred(crop.light, 0.010)
        across, down = np.meshgrid(np.arange(-0.075, 0.076, 0.025), np.arange(-0.04, 0.061, 0.0125))
        self.x = (iris.x + across).reshape(-1, 1).astype(np.float32)  # [P, 1]
        self.y = (iris.y + down).reshape(-1, 1).astype(np.float32)

    def best(self, shape: _Shape) -> tuple[float, Opening]:
        """Return the best score of a shape and the opening at that position."""
        scores = self._evidence(shape) - self._penalty(shape)
        i = int(np.argmax(scores))
        place = float(self.x[i, 0]), float(self.y[i, 0])
        return float(scores[i]), Opening(*place, *shape[:3], -self.outwards * shape.tilt)

    def _evidence(self, shape: _Shape) -> Map:
        x = self.x + ACROSS * shape.half_width  # [P, 13]
        middle = self.y - self.outwards * shape.tilt * ACROSS * shape.half_width
        upper, lower = middle - shape.upper * curve(ACROSS), middle + shape.lower * curve(ACROSS)
        inside = sum(sampled(self.unlike, x, y) for y in ((upper + lower) / 2, upper + MARGIN, lower - MARGIN)) / 3
        outside = sampled(self.unlike, x, upper - 1.5 * MARGIN) + sampled(self.unlike, x, lower + 1.3 * MARGIN)
        lashes = sampled(self.light, x, upper - 1.6 * MARGIN) - sampled(self.light, x, upper)
        rim = sampled(self.light, x, lower + 1.2 * MARGIN) - sampled(self.light, x, lower - 0.8 * MARGIN)
        score: Map = (0.5 * inside - 0.25 * outside).mean(axis=1)
        lids: Map = 1.1 * np.minimum(lashes, 40).mean(axis=1) + 0.4 * np.minimum(rim, 30).mean(axis=1)
        return score + lids

    def _penalty(self, shape: _Shape) -> Map:
        """Return a penalty for unusual eyes: lids far from the edge of the iris, corners far from its sides."""
        above = self.iris.y - (self.y[:, 0] - shape.upper) - 0.85 * self.iris.radius
        below = self.y[:, 0] + shape.lower - self.iris.y - 0.95 * self.iris.radius
        aside = self.x[:, 0] - self.iris.x
        place: Map = 2.4 * (above / 0.025) ** 2 + 2.4 * (below / 0.02) ** 2 + 1.5 * (aside / 0.05) ** 2
        return place + ((shape.half_width - 0.225) / 0.03) ** 2 + 0.7 * ((shape.tilt - 0.08) / 0.1) ** 2


def find_openings(crop: Crop, right: Iris, left: Iris) -> tuple[Opening, Opening]:
    """Fit the openings of both eyes around their irises: one shape, mirrored, at a separate position for each eye."""
    eyes = _Eye(crop, right, -1), _Eye(crop, left, 1)
    fits = [[eye.best(shape) for eye in eyes] for shape in SHAPES]
    best = max(fits, key=lambda fit: fit[0][0] + fit[1][0])
    return best[0][1], best[1][1]
