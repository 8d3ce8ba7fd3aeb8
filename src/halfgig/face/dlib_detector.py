"""The detector of a fresh install: dlib's built-in one, which needs no file, with points measured in its boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.face.head_box import FILTERS, HeadBox
from halfgig.face.points import Face
from halfgig.face.refine import refined_points

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_SIDES = (640, 1280)
"""Pixels the picture is brought to; the larger, four times as slow, only where the smaller shows no face."""

SCORE = 0.0
"""What dlib calls a face by default; noise and text stay below."""

MOST_REFINED = 8
"""Faces whose points are measured; those of the others, in a crowd, stay where they usually are."""


class DlibDetector:
    """Find faces upright or tilted by up to 30 degrees, of an eighth of the picture and more, without a model file.

    From 80 pixels in a picture of 640; smaller ones, down to half of that, where there is none so large.
    """

    name = "dlib"

    def __init__(self) -> None:
        import _dlib_pybind11 as dlib  # the package around it only searches the machine for CUDA

        self._filters = dlib.get_frontal_face_detector()

    def detect(self, rgb: NDArray[np.uint8]) -> list[Face]:
        """Find the faces in RGB [H, W, 3], the most certain first, points in pixels of that picture."""
        for longest in LONGEST_SIDES:
            if boxes := self._boxes(rgb, longest):
                return [self._face(rgb, box, score, i < MOST_REFINED) for i, (box, score) in enumerate(boxes)]
        return []

    def _face(self, rgb: NDArray[np.uint8], box: HeadBox, score: float, refine: bool) -> Face:
        points = refined_points(rgb, box, self._filters) if refine else box.points()
        corner = (box.x - box.side / 2, box.y - box.side / 2)
        return Face(points, score, box.side, (*corner, box.side, box.side))

    def _boxes(self, rgb: NDArray[np.uint8], longest: int) -> list[tuple[HeadBox, float]]:
        """Give boxes and scores found in the picture once its longer side is `longest`."""
        import cv2

        height, width = rgb.shape[:2]
        scale = longest / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        found = zip(*self._filters.run(small, 0, SCORE), strict=True)  # already without overlaps, best first
        return [
            (
                HeadBox(
                    (box.left() + box.right() + 1) / 2 / scale,
                    (box.top() + box.bottom() + 1) / 2 / scale,
                    box.width() / scale,
                    *FILTERS[index],
                ),
                float(score),
            )
            for box, score, index in found
        ]
