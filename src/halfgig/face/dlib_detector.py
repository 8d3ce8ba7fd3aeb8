"""The detector a fresh install has: dlib's built-in frontal one, which needs no file, and points measured in its boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.face.points import Face
from halfgig.face.refine import HeadBox, prior_points

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_SIDES = (640, 1280)
"""Pixels the picture is brought to; the larger, four times as slow, only where the smaller shows no face."""

SCORE = 0.0
"""What dlib calls a face by default; noise and text stay below."""

ROLLS = (0.0, 0.0, 0.0, -0.2, 0.2)
"""Radians by which a head is tilted that dlib's five filters find: frontal, two half profiles, two tilted."""


class DlibDetector:
    """Find faces of 40 pixels in 640 and more, upright or nearly so, without any model file."""

    name = "dlib"

    def __init__(self) -> None:
        import _dlib_pybind11 as dlib  # the package around it adds the folders of a CUDA to the path, and nothing else

        self._filters = dlib.get_frontal_face_detector()

    def detect(self, rgb: NDArray[np.uint8]) -> list[Face]:
        """Find the faces in RGB [H, W, 3], the most certain first, points in pixels of that picture."""
        for longest in LONGEST_SIDES:
            if boxes := self._boxes(rgb, longest):
                return [Face(prior_points(box), score, box.side) for box, score in boxes]
        return []

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
                    ROLLS[index],
                ),
                float(score),
            )
            for box, score, index in found
        ]
