"""dlib's built-in face detector, which needs no model file, extended by five points per face.

dlib scans sizes 1.2 apart and positions 8 pixels apart on a head of 80 pixels, so one box says little about where the
eyes are.  The box of each face is therefore pooled from many views of it: on 180 views of 30 portraits the error of
the eyes fell from 0.135 to 0.05 eye distances.  The typical points of the pooled box are then refined by the picture.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.face.patch import cut_patch, find_eyes, find_mouth
from halfgig.face.points import Face, FivePoints, Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

LONGEST_SIDES = (640, 1280)
"""Sizes in pixels at which the picture is scanned; the larger, four times as slow, only if the smaller finds none."""

SCORE = 0.0
"""dlib's default threshold for a face; noise and text score lower."""

MOST_REFINED = 8
"""Faces whose points are refined; the rest of a crowd keep the typical points of their boxes."""

FRONTAL = ((-0.2165, -0.2195), (0.2165, -0.2195), (0.0, 0.023), (-0.177, 0.24), (0.177, 0.24))
"""Median positions of right eye, left eye, nose and mouth corners, in sides of the pooled box from its centre."""

TO_THE_LEFT = ((-0.216, -0.142), (0.166, -0.152), (-0.105, 0.097), (-0.132, 0.292), (0.129, 0.284))
"""The same for a head turned half to the left of the picture."""

FILTERS = ((0.0, 0.0), (0.0, -1.0), (0.0, 1.0), (-0.2, 0.0), (0.2, 0.0))
"""Roll in radians and turn of the heads found by dlib's five filters: frontal, half profiles, tilted."""

PATCH_BOX = 92.0
"""Pixels of the box in the patch that is scanned again; dlib's filters are 80 wide."""

PATCH_SIDE = 152
"""Pixels of that patch."""

REPEATED_SCORE = -0.5
"""Threshold for further views: lower than `SCORE`, since the patch is known to contain a face."""

SHARPNESS = 2.0
"""A view whose score is lower by 1 / `SHARPNESS` has a weight lower by a factor of e."""

SAME_ROLL = 0.15
"""Only views within this many radians of the pooled roll contribute to position and size."""

CLOSE_VIEWS = 12
"""Views of the second round, spread evenly over size, position and a few degrees around the first round's result."""

LARGEST_BOX = 128.0
"""Pixels to which larger boxes are reduced before their points are refined."""

AROUND = 1.2
"""Distance from the centre of the box to which a head is cut out, in sides: includes hair and chin at any roll."""

NOSE_DOWN, NOSE_ASIDE = 0.54, 0.22
"""Position of the nose tip between eyes and mouth, and its shift by half a turn in eye distances."""


class HeadBox(NamedTuple):
    """The square around a face, with the pose of the head."""

    x: float
    """Pixels from the left border to its centre."""
    y: float
    """Pixels from the top border to its centre."""
    side: float
    """Its side in pixels."""
    roll: float
    """Tilt of the head in radians, clockwise in the picture."""
    turn: float
    """0: facing the camera, -1: half to the left of the picture, 1: half to the right."""

    def points(self) -> FivePoints:
        """Return the five points at their typical positions in this box."""
        cos, sin = math.cos(self.roll) * self.side, math.sin(self.roll) * self.side
        usual = _typical_points(self.turn)
        return FivePoints(*(Point(self.x + cos * x - sin * y, self.y + sin * x + cos * y) for x, y in usual))


class View(NamedTuple):
    """How a head is rotated, scaled and shifted before it is scanned again."""

    roll: float
    """Rotation of the picture in radians."""
    size: float
    """Side of the box, in `PATCH_BOX`es."""
    right: float
    """Shift to the right in pixels."""
    down: float
    """Shift down in pixels."""


SWEEP = [
    View(math.radians(8 * turn), size * (1 + 0.05 * (turn % 2)), (turn % 3 - 1) * 3.0, (turn % 3 - 1) * 3.0)
    for turn in range(-3, 4)
    for size in (0.92, 1.02)
]
"""Views of the first round, over all rolls that occur in portraits."""


class DlibDetector:
    """Find faces that are upright or tilted by up to 30 degrees and take up an eighth of the picture or more.

    The smallest face found has 80 pixels in a picture of 640, or 40 if there is no larger one.
    """

    name = "dlib"

    def __init__(self) -> None:
        import _dlib_pybind11 as dlib  # the package `dlib` itself only adds a search for CUDA

        self._filters = dlib.get_frontal_face_detector()

    def detect(self, rgb: NDArray[np.uint8]) -> list[Face]:
        """Return the faces in RGB [H, W, 3], highest score first, with points in pixels of that picture."""
        for longest in LONGEST_SIDES:
            if boxes := self._boxes(rgb, longest):
                return [self._face(rgb, box, score, i < MOST_REFINED) for i, (box, score) in enumerate(boxes)]
        return []

    def _face(self, rgb: NDArray[np.uint8], box: HeadBox, score: float, refine: bool) -> Face:
        points = refined_points(rgb, box, self._filters) if refine else box.points()
        corner = (box.x - box.side / 2, box.y - box.side / 2)
        return Face(points, score, box.side, (*corner, box.side, box.side))

    def _boxes(self, rgb: NDArray[np.uint8], longest: int) -> list[tuple[HeadBox, float]]:
        """Return boxes and scores found after resizing the picture's longer side to `longest`."""
        import cv2

        height, width = rgb.shape[:2]
        scale = longest / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        found = zip(*self._filters.run(small, 0, SCORE), strict=True)  # without overlaps, best first
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


def _typical_points(turn: float) -> list[tuple[float, float]]:
    """Return the typical positions for a head turned by -1..1."""
    right_eye, left_eye, nose, right_mouth, left_mouth = TO_THE_LEFT
    aside = [right_eye, left_eye, nose, right_mouth, left_mouth]
    if turn > 0:
        aside = [(-x, y) for x, y in (left_eye, right_eye, nose, left_mouth, right_mouth)]
    much = abs(turn)
    return [(x + much * (u - x), y + much * (v - y)) for (x, y), (u, v) in zip(FRONTAL, aside, strict=True)]


def pooled_box(rgb: NDArray[np.uint8], box: HeadBox, filters: Any) -> HeadBox:
    """Scan many views of a head in RGB [H, W, 3] with dlib's `filters`; return the weighted mean of their boxes."""
    sweep = (view._replace(roll=view.roll + box.roll) for view in SWEEP)
    seen = list(_boxes_in_views(rgb, box, sweep, filters))
    if not seen:
        return box
    first = _pool(seen)
    return _pool(seen + list(_boxes_in_views(rgb, first, _close_views(first.roll), filters)))


def _close_views(roll: float) -> Iterator[View]:
    """Yield views around `roll`, spread by powers of the root of x^5 = x + 1, which leave no gaps in 4 dimensions."""
    steps = [1.1673039782614187**-power for power in range(1, 5)]
    for i in range(1, CLOSE_VIEWS + 1):
        turned, sized, right, down = ((0.5 + i * step) % 1 for step in steps)
        yield View(roll + (turned - 0.5) * 0.2, 0.92 * 1.2**sized, (right - 0.5) * 8, (down - 0.5) * 8)


def _boxes_in_views(
    rgb: NDArray[np.uint8], box: HeadBox, views: Iterable[View], filters: Any
) -> Iterator[tuple[HeadBox, float]]:
    """Yield the boxes near `box` found in the views, in pixels of the picture, with their scores."""
    import cv2
    import numpy as np

    for view in views:
        scale = PATCH_BOX * view.size / box.side
        cos, sin = math.cos(view.roll) * scale, math.sin(view.roll) * scale
        right, down = PATCH_SIDE / 2 + view.right, PATCH_SIDE / 2 + view.down
        there = np.array([[cos, sin, right - cos * box.x - sin * box.y], [-sin, cos, down + sin * box.x - cos * box.y]])
        size = (PATCH_SIDE, PATCH_SIDE)
        patch = cv2.warpAffine(rgb, there, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        back = cv2.invertAffineTransform(there)
        for found, score, index in zip(*filters.run(patch, 0, REPEATED_SCORE), strict=True):
            across, down = (found.left() + found.right() + 1) / 2, (found.top() + found.bottom() + 1) / 2
            x, y = (float(row[0] * across + row[1] * down + row[2]) for row in back)
            roll, turn = FILTERS[index]
            if not roll and math.dist((x, y), (box.x, box.y)) < 0.4 * box.side:
                yield HeadBox(x, y, found.width() / scale, view.roll, turn), float(score)


def _pool(seen: list[tuple[HeadBox, float]]) -> HeadBox:
    """Average boxes weighted by score: the roll over all of them, the rest over those close to that roll."""
    import numpy as np

    boxes = np.array([box for box, _ in seen])  # [n, 5]
    scores = np.array([score for _, score in seen])
    weights = np.exp((scores - scores.max()) * SHARPNESS)
    roll = float(np.average(boxes[:, 3], weights=weights))
    weights *= (np.abs(boxes[:, 3] - roll) < SAME_ROLL) + 1e-9
    x, y, side, _, turn = np.average(boxes, axis=0, weights=weights).tolist()
    return HeadBox(x, y, side, roll, turn)


def refined_points(rgb: NDArray[np.uint8], box: HeadBox, filters: Any) -> FivePoints:
    """Return the five points of the head at `box` in RGB [H, W, 3], in its pixels; `filters` are dlib's."""
    import cv2

    left, top = (max(0, math.floor(place - AROUND * box.side)) for place in (box.x, box.y))
    right, bottom = (math.ceil(place + AROUND * box.side) for place in (box.x, box.y))
    head = rgb[top:bottom, left:right]
    scale = min(1.0, LARGEST_BOX / box.side)
    if scale < 1:
        head = cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = HeadBox((box.x - left) * scale, (box.y - top) * scale, box.side * scale, box.roll, box.turn)
    points = _moved_points(head, pooled_box(head, small, filters)).scaled(1 / scale)
    return FivePoints(*(Point(x + left, y + top) for x, y in points.as_tuple()))


def _moved_points(rgb: NDArray[np.uint8], box: HeadBox) -> FivePoints:
    """Start with the typical points of the box, then move eyes and mouth to where the picture shows them."""
    usual = box.points()
    right_eye, left_eye = find_eyes(cut_patch(rgb, usual.right_eye, usual.left_eye))
    right_mouth, left_mouth = find_mouth(cut_patch(rgb, right_eye, left_eye), box.turn)
    points = FivePoints(right_eye, left_eye, usual.nose, right_mouth, left_mouth)
    return replace(points, nose=_nose(points, box.turn))


def _nose(points: FivePoints, turn: float) -> Point:
    """Return the midpoint of the typical nose and the nose expected from eyes and mouth."""
    eyes, mouth, right, left = points.eyes, points.mouth, points.right_eye, points.left_eye
    x = eyes.x + NOSE_DOWN * (mouth.x - eyes.x) + turn * NOSE_ASIDE * (left.x - right.x)
    y = eyes.y + NOSE_DOWN * (mouth.y - eyes.y) + turn * NOSE_ASIDE * (left.y - right.y)
    return Point((points.nose.x + x) / 2, (points.nose.y + y) / 2)
