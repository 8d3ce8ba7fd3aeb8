from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.animators.puppet.animation import NOD, SWAY
from halfgig.animators.puppet.blendshapes import Head
from halfgig.animators.puppet.sway import SwayField
from halfgig.face.frame import FaceFrame
from halfgig.face.points import Point

SIZES = [(320, 400), (64, 64), (63, 47), (1001, 77), (33, 600), (2, 2), (9, 8)]

heads = st.builds(Head, *(st.floats(-2 * most, 2 * most) for most in SWAY))


def face(size: tuple[int, int], x: float = 0.5, y: float = 0.4, unit: float = 0.2, roll: float = 0.0) -> FaceFrame:
    """Return a face frame, given in shares of the sides of a picture; `unit` is a share of the shorter side."""
    return FaceFrame(Point(x * size[0], y * size[1]), max(1.0, unit * min(size)), roll)


def moved(head: Head, size: tuple[int, int], frame: FaceFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the distance to the source of each pixel, to the right and down, in pixels."""
    x, y = SwayField(frame, size).maps(head)
    columns, rows = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    return x - columns, y - rows


@given(heads, st.sampled_from(SIZES), st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 0.6), st.floats(-3, 3))
@settings(max_examples=60)
def test_the_border_of_the_picture_never_moves(
    head: Head, size: tuple[int, int], x: float, y: float, unit: float, roll: float
) -> None:
    for shift in moved(head, size, face(size, x, y, unit, roll)):
        assert not shift[[0, -1]].any()
        assert not shift[:, [0, -1]].any()


@pytest.mark.parametrize("size", SIZES)
def test_a_still_head_moves_nothing(size: tuple[int, int]) -> None:
    right, down = moved(Head(), size, face(size))
    assert not right.any()
    assert not down.any()


@pytest.mark.parametrize(
    ("head", "expected"),
    [(Head(x=0.05), (4, 0)), (Head(y=0.05), (0, 4)), (Head(x=-0.1), (-8, 0))],
)
def test_the_middle_of_the_face_goes_where_the_head_goes(head: Head, expected: tuple[float, float]) -> None:
    frame = FaceFrame(Point(200, 180), 80, 0.0)
    right, down = moved(head, (400, 440), frame)
    assert -right[200, 200] == pytest.approx(expected[0], abs=0.1)
    assert -down[200, 200] == pytest.approx(expected[1], abs=0.1)


def test_a_tilted_face_goes_along_its_own_axes() -> None:
    frame = FaceFrame(Point(200, 200), 80, np.pi / 2)
    right, down = moved(Head(x=0.05), (400, 400), frame)
    assert -down[200, 200] == pytest.approx(4, abs=0.1)
    assert right[200, 200] == pytest.approx(0, abs=0.1)


def test_a_larger_head_comes_closer_from_all_sides() -> None:
    right, down = moved(Head(scale=0.1), (400, 440), FaceFrame(Point(200, 180), 80, 0.0))
    assert right[212, 150] > 1 > -1 > right[212, 250]
    assert down[150, 200] > 1 > -1 > down[280, 200]


def test_a_turn_moves_the_nose_more_than_the_ears() -> None:
    right, _ = moved(Head(yaw=4), (400, 440), FaceFrame(Point(200, 180), 80, 0.0))
    nose, ear = -right[220, 200], -right[220, 105]
    assert nose > 4
    assert ear < 0.3 * nose


@given(st.tuples(*(st.sampled_from((-1.0, 1.0)) for _ in SWAY)))
@settings(max_examples=30)
def test_the_largest_sway_folds_nothing(signs: tuple[float, ...]) -> None:
    head = Head(*(sign * most for sign, most in zip(signs, SWAY, strict=True)))
    head = head._replace(pitch=head.pitch + NOD[1], y=head.y + 0.005 * NOD[1])
    size = (320, 400)
    right, down = moved(head, size, face(size, y=0.3, unit=0.3))
    xx, xy = np.gradient(right, axis=1), np.gradient(right, axis=0)
    yx, yy = np.gradient(down, axis=1), np.gradient(down, axis=0)
    assert ((1 + xx) * (1 + yy) - xy * yx).min() > 0.5
