"""The five facial landmarks, and the faces returned by a detector."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from halfgig.errors import BadLandmarks


class Point(NamedTuple):
    """A position in a picture."""

    x: float
    """Pixels from the left border."""
    y: float
    """Pixels from the top border."""


@dataclass(frozen=True, slots=True)
class FivePoints:
    """The five landmarks of a face; left and right are the person's own.

    The order is that of YuNet: right eye, left eye, nose tip, right and left corner of the mouth.
    """

    right_eye: Point
    left_eye: Point
    nose: Point
    right_mouth: Point
    left_mouth: Point

    def scaled(self, factor: float) -> FivePoints:
        """Return the points in a picture whose sides are `factor` times as long."""
        return FivePoints(*(Point(point.x * factor, point.y * factor) for point in self.as_tuple()))

    def as_tuple(self) -> tuple[Point, Point, Point, Point, Point]:
        """Return the points in their order."""
        return self.right_eye, self.left_eye, self.nose, self.right_mouth, self.left_mouth

    def as_text(self, width: int, height: int) -> str:
        """Format the points for `parse_five_points`, clipped to a picture of this size."""
        inside = ((min(max(x, 0.0), width - 1), min(max(y, 0.0), height - 1)) for x, y in self.as_tuple())
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in inside)

    @property
    def eyes(self) -> Point:
        """Midpoint of the eyes."""
        return _middle(self.right_eye, self.left_eye)

    @property
    def mouth(self) -> Point:
        """Midpoint of the corners of the mouth."""
        return _middle(self.right_mouth, self.left_mouth)

    @property
    def eye_distance(self) -> float:
        """Distance between the centres of the eyes in pixels."""
        return math.dist(self.right_eye, self.left_eye)

    @property
    def roll(self) -> float:
        """Tilt of the head in radians, clockwise in the picture."""
        return math.atan2(self.left_eye.y - self.right_eye.y, self.left_eye.x - self.right_eye.x)


@dataclass(frozen=True, slots=True)
class Face:
    """A detected face."""

    points: FivePoints
    """In pixels of the picture."""
    score: float
    """Confidence; comparable only between faces of the same detector."""
    size: float
    """Side of the box around the face, in pixels."""
    box: tuple[float, float, float, float] | None = None
    """The box, if the detector returns one: left, top, width and height in pixels."""


def _middle(a: Point, b: Point) -> Point:
    return Point((a.x + b.x) / 2, (a.y + b.y) / 2)


def _in_order(points: FivePoints) -> bool:
    """Return whether mouth and nose are below the eyes, in the coordinates of the head."""
    cos, sin = math.cos(points.roll), math.sin(points.roll)

    def right_and_down(start: Point, end: Point) -> tuple[float, float]:
        x, y = end.x - start.x, end.y - start.y
        return cos * x + sin * y, cos * y - sin * x

    _, mouth = right_and_down(points.eyes, points.mouth)
    _, nose = right_and_down(points.eyes, points.nose)
    mouth_width, _ = right_and_down(points.right_mouth, points.left_mouth)
    return mouth > 0 and mouth_width > 0 and -0.1 * mouth < nose < 1.1 * mouth


def parse_five_points(text: str) -> FivePoints:
    """Parse five points `x,y x,y x,y x,y x,y`: right eye, left eye, nose tip, right and left corner of the mouth.

    Right and left are the person's own, so the right eye is usually the one further left in the picture.
    Raises `BadLandmarks`.
    """
    try:
        points = [Point(*(float(number) for number in pair.split(","))) for pair in text.split()]
        five = FivePoints(*points)
    except (TypeError, ValueError):
        raise BadLandmarks(
            f"{text!r} are not five points; give x,y of the right eye, left eye, nose tip, right and left corner of "
            'the mouth in pixels, as "210,240 300,240 255,290 220,340 290,340"'
        ) from None
    if not all(math.isfinite(number) for point in points for number in point):
        raise BadLandmarks(f"{text!r} has a number that is no place in a picture; all ten must be finite")
    return five


def check_five_points(points: FivePoints, width: int, height: int) -> None:
    """Reject points outside the picture and points that no face can have.  Raises `BadLandmarks`."""
    for name in FivePoints.__slots__:
        point: Point = getattr(points, name)
        if not (0 <= point.x < width and 0 <= point.y < height):
            raise BadLandmarks(
                f"the landmark {name.replace('_', ' ')} at {point.x:g},{point.y:g} is outside the picture of "
                f"{width} x {height} pixels; give it in pixels of the upright picture"
            )
    across = math.dist(points.right_mouth, points.left_mouth)
    down = math.dist(points.eyes, points.mouth)
    far = down > 4 * points.eye_distance or across > 3 * points.eye_distance
    if min(points.eye_distance, across, down) < 4 or far or not _in_order(points):
        raise BadLandmarks(
            f"the landmarks make no face: eyes {points.eye_distance:.0f} pixels apart, mouth {across:.0f} wide and "
            f"{down:.0f} below the eyes; check their order: right eye, left eye, nose, right and left mouth corner"
        )
