"""Measurement of a face from its five points: irises, lids, lips and chin, as the puppet needs them."""

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

USUAL_IRIS = 0.095
"""Radius in eye distances, assumed where no iris is found."""

CHIN_BELOW_MOUTH = 0.57
"""In eye distances; between 0.48 and 0.62 in the pictures used for tuning."""

FAINT = 1.2
"""Irises with a lower score are ignored in favour of the detector's points."""


@dataclass(frozen=True, slots=True)
class FaceShape:
    """The shape of a face; all positions in the face frame, in eye distances."""

    frame: FaceFrame
    """Position of the face frame in the picture."""
    right_eye: Opening
    """Opening of the person's right eye."""
    left_eye: Opening
    """Opening of the person's left eye."""
    nose: Point
    """Tip of the nose."""
    lips: Lips
    """The mouth."""
    chin: Point
    """Lowest point of the chin, estimated from the mouth."""

    @property
    def points(self) -> FivePoints:
        """The measured five points, in pixels of the picture."""
        eyes = (Point(eye.x, eye.y) for eye in (self.right_eye, self.left_eye))
        places = (*eyes, self.nose, self.lips.line[0], self.lips.line[-1])
        return FivePoints(*(self.frame.to_picture(place) for place in places))


def _eyes_on_irises(rgb: NDArray[np.uint8], points: FivePoints) -> tuple[FivePoints, float]:
    """Move the eyes to their irises; return also the mean radius of the irises in the new eye distance.

    The second pass works in a frame that is nearly upright and of the right size; it corrects most errors of the first.
    """
    once, _ = _on_irises(rgb, points)
    return _on_irises(rgb, once)


def _on_irises(rgb: NDArray[np.uint8], points: FivePoints) -> tuple[FivePoints, float]:
    frame = FaceFrame.of(points)
    found = find_irises(frame.crop(rgb), frame.to_face(points.right_eye), frame.to_face(points.left_eye))
    if min(iris.score for iris in found) < FAINT:
        return points, USUAL_IRIS
    right, left = (frame.to_picture(Point(iris.x, iris.y)) for iris in found)
    moved = replace(points, right_eye=right, left_eye=left)
    if not 0.75 < moved.eye_distance / points.eye_distance < 1.33:
        return points, USUAL_IRIS
    return moved, sum(iris.radius for iris in found) / 2 * points.eye_distance / moved.eye_distance


def measure_face(rgb: NDArray[np.uint8], points: FivePoints) -> FaceShape:
    """Measure a face in RGB [H, W, 3]; `points` in pixels may be off by up to an eighth of the eye distance."""
    points, radius = _eyes_on_irises(rgb, points)
    frame = FaceFrame.of(points)
    crop = frame.crop(rgb)
    right, left = (frame.to_face(eye) for eye in (points.right_eye, points.left_eye))
    openings = find_openings(crop, Iris(*right, radius, 0.0), Iris(*left, radius, 0.0))
    lips = find_lips(crop, frame.to_face(points.mouth))
    middle = lips.line[len(lips.line) // 2]
    chin = Point(middle.x * 1.25, middle.y + CHIN_BELOW_MOUTH * min(1.2, max(0.8, math.hypot(*middle))))
    return FaceShape(frame, *openings, frame.to_face(points.nose), lips, chin)
