"""The shape of a face as the puppet needs it: eyes, lips, nose, chin and outline, in the face frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.frame import FaceFrame
from halfgig.face.mesh import FaceMesh
from halfgig.face.points import FivePoints, Point
from halfgig.face.standard_mesh import laid_over
from halfgig.face.topology import (
    CHIN,
    LEFT_EYE,
    LIPS_INNER_LOWER,
    LIPS_INNER_UPPER,
    LIPS_OUTER_LOWER,
    LIPS_OUTER_UPPER,
    MOUTH_CORNERS,
    NOSE_BASE,
    NOSE_TIP,
    OUTLINE,
    RIGHT_EYE,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from halfgig.face.mesh import Mesh
    from halfgig.face.topology import EyePoints

    Contour = NDArray[np.float64]
    """A contour of the lips, [11, 2]."""

Line = tuple[Point, ...]
"""A contour in the face frame, in eye distances, from the person's right to the left: x grows along it."""

SURE = 0.5
"""The mesh's score below which given points lie on no face that it knows."""

FAR = 0.3
"""Mean distance of the mesh from given points, in eye distances, above which the points mean another place."""

LINE_POINTS = 33
"""Points of the line between the lips."""

SMALLEST_GAP = 0.015
"""Gap between the lips in eye distances below which the mouth is closed."""

CENTRAL = slice(3, 8)
"""The middle half of a contour of the lips, which has eleven points."""


@dataclass(frozen=True, slots=True)
class Eye:
    """An eye in the face frame."""

    upper: Line
    """Edge of the upper lid, from corner to corner."""
    lower: Line
    """Edge of the lower lid, from corner to corner."""
    brow: Line
    """Lower edge of the brow."""
    iris: Point
    """Centre of the iris."""
    radius: float
    """Of the iris, in eye distances."""


class LipContours(NamedTuple):
    """Edges of the lips, each of eleven points from the person's right to the left."""

    outer_upper: Line
    inner_upper: Line
    inner_lower: Line
    outer_lower: Line


class LipBands(NamedTuple):
    """Thickness of lips and gap along the line of the mouth, in eye distances."""

    upper: float
    """Thickness of the upper lip."""
    lower: float
    """Thickness of the lower lip."""
    gap: float
    """Height of the opening; 0 if the mouth is closed."""


@dataclass(frozen=True, slots=True)
class Lips:
    """A mouth in the face frame."""

    line: Line
    """The line between the lips from corner to corner; the lower lip's edge if the mouth is open."""
    bands: LipBands
    """The lips above and below the line, and the gap between them."""
    contours: LipContours
    """The edges of both lips; the inner ones are one line if the mouth is closed."""


@dataclass(frozen=True, slots=True)
class FaceShape:
    """The shape of a face; all positions in the face frame, in eye distances."""

    frame: FaceFrame
    """Position of the face frame in the picture."""
    right_eye: Eye
    """The person's right eye."""
    left_eye: Eye
    """The person's left eye."""
    nose: Point
    """Tip of the nose."""
    nose_base: Point
    """Where the nose meets the upper lip's skin."""
    lips: Lips
    """The mouth."""
    chin: Point
    """Lowest point of the chin."""
    outline: Line
    """Edge of the face, clockwise in the picture from the middle of the forehead: the one contour that is closed."""

    @property
    def points(self) -> FivePoints:
        """The measured five points, in pixels of the picture."""
        places = (Point(-0.5, 0.0), Point(0.5, 0.0), self.nose, self.lips.line[0], self.lips.line[-1])
        return FivePoints(*(self.frame.to_picture(place) for place in places))


def measure_mesh(rgb: NDArray[np.uint8], points: FivePoints) -> Mesh:
    """Return the mesh of the face in RGB [H, W, 3] at five points, in pixels.

    The points may be off by a third of the eye distance.  Where the network knows no face, in a drawing or an animal,
    a usual face is laid over them.
    """
    mesh = FaceMesh().fit(rgb, points)
    errors = np.array(mesh.five.as_tuple()) - np.array(points.as_tuple())  # [5, 2]
    if mesh.score < SURE or np.hypot(*errors.T).mean() > FAR * points.eye_distance:
        return laid_over(points)
    return mesh


def measure_face(rgb: NDArray[np.uint8], points: FivePoints) -> FaceShape:
    """Return the shape of the face in RGB [H, W, 3] at five points, as `measure_mesh` finds it."""
    return shape_of(measure_mesh(rgb, points))


def shape_of(mesh: Mesh) -> FaceShape:
    """Return the shape of a face from its mesh."""
    frame = FaceFrame.of(mesh.five)

    def line(indices: Iterable[int]) -> Line:
        return tuple(frame.to_face(mesh.place(index)) for index in indices)

    def eye(points: EyePoints) -> Eye:
        edge = line(range(points.iris + 1, points.iris + 5))
        middle = frame.to_face(mesh.place(points.iris))
        radius = float(np.mean([np.hypot(at.x - middle.x, at.y - middle.y) for at in edge]))
        return Eye(line(points.upper), line(points.lower), line(points.brow), middle, radius)

    contours = (LIPS_OUTER_UPPER, LIPS_INNER_UPPER, LIPS_INNER_LOWER, LIPS_OUTER_LOWER)
    lips = _lips(line(MOUTH_CORNERS), *(np.array(line(contour)) for contour in contours))
    nose, base, chin = line((NOSE_TIP, NOSE_BASE, CHIN))
    return FaceShape(frame, eye(RIGHT_EYE), eye(LEFT_EYE), nose, base, lips, chin, line(OUTLINE))


def _lips(
    corners: Line, outer_upper: Contour, inner_upper: Contour, inner_lower: Contour, outer_lower: Contour
) -> Lips:
    """Return the mouth from its corners and its contours in the face frame."""

    def apart(above: Contour, below: Contour) -> float:
        return max(0.0, float((below - above)[CENTRAL, 1].mean()))

    gap = apart(inner_upper, inner_lower)
    is_open = gap > SMALLEST_GAP
    edge = inner_lower if is_open else (inner_upper + inner_lower) / 2
    inner = (inner_upper, inner_lower) if is_open else (edge, edge)
    contours = LipContours(*(_line(each) for each in (outer_upper, *inner, outer_lower)))
    bands = LipBands(
        apart(outer_upper, inner_upper if is_open else edge),
        apart(inner_lower if is_open else edge, outer_lower),
        gap if is_open else 0.0,
    )
    return Lips(_line_between(corners[0], edge, corners[1]), bands, contours)


def _line(contour: Contour) -> Line:
    return tuple(Point(float(x), float(y)) for x, y in contour)


def _line_between(right: Point, edge: Contour, left: Point) -> Line:
    """Return the line from corner to corner through the points [n, 2] between them, with x growing along it."""
    along = np.concatenate([[right], edge, [left]])
    x, y = np.maximum.accumulate(along[:, 0] + 1e-6 * np.arange(len(along))), along[:, 1]
    across = np.linspace(x[0], x[-1], LINE_POINTS)
    return tuple(Point(float(a), float(b)) for a, b in zip(across, np.interp(across, x, y), strict=True))
