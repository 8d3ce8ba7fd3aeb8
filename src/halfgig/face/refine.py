"""Five points inside a head's box: where they usually are, then where the picture shows them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from halfgig.face.eyes_refine import find_eyes
from halfgig.face.head_box import HeadBox, pooled_box
from halfgig.face.mouth_refine import find_mouth
from halfgig.face.patch import cut_patch
from halfgig.face.points import FivePoints, Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 128.0
"""Pixels a larger box is brought down to first: all that follows looks at faces of this size or less."""

AROUND = 1.2
"""How far from the centre of its box a head is cut out, in sides: hair and chin, turned any way."""

DOWN, ASIDE = 0.54, 0.22
"""Where the tip of a nose is between eyes and mouth, and by how many eye distances a half turn moves it."""


def refined_points(rgb: NDArray[np.uint8], box: HeadBox, filters: Any) -> FivePoints:
    """Measure the five points of the head that dlib's `filters` found at `box` in RGB [H, W, 3], in its pixels."""
    import cv2

    left, top = (max(0, math.floor(place - AROUND * box.side)) for place in (box.x, box.y))
    right, bottom = (math.ceil(place + AROUND * box.side) for place in (box.x, box.y))
    head = rgb[top:bottom, left:right]
    scale = min(1.0, SIDE / box.side)
    if scale < 1:
        head = cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = HeadBox((box.x - left) * scale, (box.y - top) * scale, box.side * scale, box.roll, box.turn)
    points = _points(head, pooled_box(head, small, filters)).scaled(1 / scale)
    return FivePoints(*(Point(x + left, y + top) for x, y in points.as_tuple()))


def _points(rgb: NDArray[np.uint8], box: HeadBox) -> FivePoints:
    """Start from where a head of this box usually has its points, and move eyes and mouth to where they are seen."""
    usual = box.points()
    right_eye, left_eye = find_eyes(cut_patch(rgb, usual.right_eye, usual.left_eye))
    right_mouth, left_mouth = find_mouth(cut_patch(rgb, right_eye, left_eye), box.turn)
    points = FivePoints(right_eye, left_eye, usual.nose, right_mouth, left_mouth)
    return replace(points, nose=_nose(points, box.turn))


def _nose(points: FivePoints, turn: float) -> Point:
    """Move the usual nose half the way to where eyes and mouth put it."""
    eyes, mouth, right, left = points.eyes, points.mouth, points.right_eye, points.left_eye
    x = eyes.x + DOWN * (mouth.x - eyes.x) + turn * ASIDE * (left.x - right.x)
    y = eyes.y + DOWN * (mouth.y - eyes.y) + turn * ASIDE * (left.y - right.y)
    return Point((points.nose.x + x) / 2, (points.nose.y + y) / 2)
