"""Five points inside a head's box: where they usually are, then where the picture shows them."""

from __future__ import annotations

import math
from typing import NamedTuple

from halfgig.face.points import FivePoints, Point


class HeadBox(NamedTuple):
    """Place a head by the square that dlib's detector draws around its face."""

    x: float
    """Pixels from the left border to its centre."""
    y: float
    """Pixels from the top border to its centre."""
    side: float
    """Its side in pixels."""
    roll: float
    """The tilt of the head in radians, positive clockwise as seen in the picture."""


USUAL = ((-0.21, -0.21), (0.21, -0.21), (0.0, 0.03), (-0.175, 0.21), (0.175, 0.21))
"""Where right eye, left eye, nose and mouth corners usually are, in sides of the box from its centre."""


def prior_points(box: HeadBox) -> FivePoints:
    """Place the five points where a head of this box usually has them."""
    cos, sin = math.cos(box.roll) * box.side, math.sin(box.roll) * box.side
    return FivePoints(*(Point(box.x + cos * x - sin * y, box.y + sin * x + cos * y) for x, y in USUAL))
