"""From five points to the shape of a face: what the puppet moves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from halfgig.face.frame import FaceFrame
from halfgig.face.irises import Iris, find_irises
from halfgig.face.lids import Opening, find_openings
from halfgig.face.lips import Lips, find_lips
from halfgig.face.points import FivePoints, Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHIN_BELOW_MOUTH = 0.57
"""In eye distances; measured between 0.48 and 0.62 on the pictures this was tuned with."""

FAINT = 1.2
"""An iris that scores less is not trusted over the detector's point."""


@dataclass(frozen=True, slots=True)
class FaceShape:
    """Describe a face as the puppet needs it; all places in the face frame, in eye distances."""

    frame: FaceFrame
    """Where the face frame lies in the picture."""
    right_eye: Opening
    """The opening of the person's right eye."""
    left_eye: Opening
    """The opening of the person's left eye."""
    nose: Point
    """The tip of the nose."""
    lips: Lips
    """The mouth."""
    chin: Point
    """The lowest point of the chin, estimated from the mouth."""

    @property
    def points(self) -> FivePoints:
        """Give the five points as they were measured, in pixels of the picture."""
        eyes = (Point(eye.x, eye.y) for eye in (self.right_eye, self.left_eye))
        places = (*eyes, self.nose, self.lips.line[0], self.lips.line[-1])
        return FivePoints(*(self.frame.to_picture(place) for place in places))


def _with_irises(points: FivePoints, right: Point, left: Point) -> FivePoints:
    return replace(points, right_eye=right, left_eye=left)


def _sharpened_eyes(rgb: NDArray[np.uint8], points: FivePoints) -> tuple[FivePoints, float]:
    """Move the eyes onto their irises; give the irises' mean radius in the new eye distance, too.

    The second look is from a frame that is nearly upright and of the right size: it mends most of the first's errors.
    """
    once, _ = _on_irises(rgb, points)
    return _on_irises(rgb, once)


def _on_irises(rgb: NDArray[np.uint8], points: FivePoints) -> tuple[FivePoints, float]:
    frame = FaceFrame.of(points)
    found = find_irises(frame.crop(rgb), frame.to_face(points.right_eye), frame.to_face(points.left_eye))
    if min(iris.score for iris in found) < FAINT:
        return points, 0.095
    right, left = (frame.to_picture(Point(iris.x, iris.y)) for iris in found)
    sharpened = _with_irises(points, right, left)
    if not 0.75 < sharpened.eye_distance / points.eye_distance < 1.33:
        return points, 0.095
    return sharpened, sum(iris.radius for iris in found) / 2 * points.eye_distance / sharpened.eye_distance


def measure_face(rgb: NDArray[np.uint8], points: FivePoints) -> FaceShape:
    """Measure a face in RGB [H, W, 3] from its five points in pixels, off by up to an eighth of the eye distance."""
    points, radius = _sharpened_eyes(rgb, points)
    frame = FaceFrame.of(points)
    crop = frame.crop(rgb)
    right, left = (frame.to_face(eye) for eye in (points.right_eye, points.left_eye))
    openings = find_openings(crop, Iris(*right, radius, 0.0), Iris(*left, radius, 0.0))
    lips = find_lips(crop, frame.to_face(points.mouth))
    middle = lips.line[len(lips.line) // 2]
    chin = Point(middle.x * 1.25, middle.y + CHIN_BELOW_MOUTH * min(1.2, max(0.8, math.hypot(*middle))))
    return FaceShape(frame, *openings, frame.to_face(points.nose), lips, chin)
