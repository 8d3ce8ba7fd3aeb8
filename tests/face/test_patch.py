from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.face.patch import cut_patch, find_eyes, find_mouth
from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

RIGHT_EYE, LEFT_EYE = Point(150, 150), Point(250, 150)
"""Eyes of the drawn faces, 100 pixels apart."""


def skin() -> Pixels:
    return np.full((400, 400, 3), (215, 170, 150), np.uint8)


def with_eyes(right: Point, left: Point) -> Pixels:
    import cv2

    picture = skin()
    for x, y in (right, left):
        cv2.ellipse(picture, (round(x), round(y)), (20, 9), 0, 0, 360, (240, 240, 240), -1)
        cv2.circle(picture, (round(x), round(y)), 9, (40, 40, 60), -1)
    return picture


def with_lips(left: float = 160, right: float = 240, height: float = 255, raised: float = 0) -> Pixels:
    """Draw lips with a dark line between two columns; its corners are higher than its centre by `raised`."""
    import cv2

    picture = skin()
    x = np.linspace(left, right, 40)
    bend = raised * ((2 * x - left - right) / (right - left)) ** 2
    cv2.ellipse(picture, (round((left + right) / 2), round(height + 2)), (36, 12), 0, 0, 360, (190, 90, 90), -1)
    line = np.stack([x, height - bend], axis=1).round().astype(np.int32)
    cv2.polylines(picture, [line], False, (70, 20, 30), 3, cv2.LINE_AA)
    return picture


def test_a_patch_gives_back_the_place_in_the_picture() -> None:
    patch = cut_patch(skin(), Point(120, 200), Point(180, 240))
    assert math.dist(patch.to_picture(np.array([-0.5, 0.0])), (120, 200)) < 1e-6
    assert math.dist(patch.to_picture(np.array([0.5, 0.0])), (180, 240)) < 1e-6


@pytest.mark.parametrize("shift", [(8, 0), (0, 8), (-8, -8)])
def test_eyes_are_drawn_to_where_they_are_seen(shift: tuple[float, float]) -> None:
    right, left = (Point(x + shift[0], y + shift[1]) for x, y in (RIGHT_EYE, LEFT_EYE))
    found = find_eyes(cut_patch(with_eyes(right, left), RIGHT_EYE, LEFT_EYE))
    assert math.dist(found[0], right) < 0.5 * math.dist(shift, (0, 0))
    assert math.dist(found[1], left) < 0.5 * math.dist(shift, (0, 0))


def test_a_tilt_of_the_eyes_is_seen() -> None:
    right, left = Point(150, 144), Point(250, 156)
    found_right, found_left = find_eyes(cut_patch(with_eyes(right, left), RIGHT_EYE, LEFT_EYE))
    assert 6 < found_left.y - found_right.y < 16


@pytest.mark.parametrize("height", [245, 255, 265])
def test_the_mouth_lies_on_the_line_between_the_lips(height: float) -> None:
    right, left = find_mouth(cut_patch(with_lips(height=height), RIGHT_EYE, LEFT_EYE), 0.0)
    assert abs((right.y + left.y) / 2 - height) < 4  # of an eye distance of 100


def test_a_smile_raises_the_corners() -> None:
    def corners(raised: float) -> float:
        right, left = find_mouth(cut_patch(with_lips(raised=raised), RIGHT_EYE, LEFT_EYE), 0.0)
        return (right.y + left.y) / 2

    assert corners(raised=10) < corners(raised=0) - 4


def test_a_wide_mouth_is_wider_than_a_narrow_one() -> None:
    def width(half: float) -> float:
        right, left = find_mouth(cut_patch(with_lips(200 - half, 200 + half), RIGHT_EYE, LEFT_EYE), 0.0)
        return left.x - right.x

    assert width(46) > width(34) + 8
