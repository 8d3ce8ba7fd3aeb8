from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.face.measure import FaceShape, measure_face, measure_mesh
from halfgig.face.points import FivePoints, Point
from halfgig.face.standard_mesh import laid_over
from tests.support.faces import PRESENTER, PRESENTER_LIP_LINE, drawn_face, presenter, shaken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def line(shape: FaceShape) -> list[Point]:
    """Return the line between the lips in the picture."""
    return [shape.frame.to_picture(point) for point in shape.lips.line]


def numbers(shape: FaceShape) -> Iterator[float]:
    yield from (*shape.frame.origin, shape.frame.unit, shape.frame.roll, *shape.nose, *shape.lips.bands, *shape.chin)
    for contour in (shape.right_eye.upper, shape.left_eye.lower, shape.left_eye.brow, shape.lips.line, shape.outline):
        yield from (number for point in contour for number in point)


def apart(a: Point, b: Point) -> float:
    """Return the distance of two positions in the presenter's picture, in her eye distances."""
    return math.dist(a, b) / PRESENTER.eye_distance


@pytest.mark.parametrize("seed", range(3))
def test_rough_points_are_drawn_to_where_eyes_and_lips_are(seed: int) -> None:
    picture, points = presenter()
    shape = measure_face(picture, shaken(points, 0.2, seed))
    for eye, expected in ((shape.right_eye, points.right_eye), (shape.left_eye, points.left_eye)):
        assert apart(shape.frame.to_picture(eye.iris), expected) < 0.05
    found = line(shape)
    middle = min(found, key=lambda point: abs(point.x - PRESENTER_LIP_LINE.x))
    assert abs(middle.y - PRESENTER_LIP_LINE.y) < 0.04 * points.eye_distance
    assert apart(found[0], points.right_mouth) < 0.08
    assert apart(found[-1], points.left_mouth) < 0.08
    assert shape.lips.bands.gap == 0


def test_the_five_points_are_those_of_the_shape() -> None:
    picture, points = presenter()
    found = measure_face(picture, points).points
    for name in ("right_eye", "left_eye", "right_mouth", "left_mouth"):
        assert apart(getattr(found, name), getattr(points, name)) < 0.08


@pytest.mark.parametrize("longest", [256, 700, 2048])
def test_a_face_is_measured_alike_at_any_size(longest: int) -> None:
    large, points = presenter()
    expected = measure_face(large, points)
    picture, points = presenter(min(longest, 1024))
    if longest > 1024:
        picture, points = picture.repeat(2, axis=0).repeat(2, axis=1), points.scaled(2)
    shape = measure_face(picture, points)
    assert shape.frame.unit / longest == pytest.approx(expected.frame.unit / 1024, rel=0.04)
    middle, expected_middle = (each.lips.line[len(each.lips.line) // 2] for each in (shape, expected))
    assert math.dist(middle, expected_middle) < 0.05


def test_eyes_have_openings_and_lips_lie_between_nose_and_chin() -> None:
    shape = measure_face(*presenter())
    for eye in (shape.right_eye, shape.left_eye):
        assert eye.brow[2].y < eye.upper[4].y < eye.iris.y < eye.lower[4].y
        assert 0.07 < eye.radius < 0.13
    assert shape.right_eye.upper[-1].x < 0 < shape.left_eye.upper[0].x
    assert shape.nose.y < shape.lips.line[16].y < shape.chin.y
    assert all(a.x < b.x for a, b in zip(shape.lips.line, shape.lips.line[1:], strict=False))
    assert max(point.y for point in shape.outline) == pytest.approx(shape.chin.y)


def test_a_face_that_the_network_does_not_know_keeps_the_points_it_was_given() -> None:
    flat, (_, points) = np.full((400, 320, 3), 128, np.uint8), drawn_face()
    found = measure_face(flat, points).points
    for name in ("right_eye", "left_eye", "right_mouth", "left_mouth"):
        assert math.dist(getattr(found, name), getattr(points, name)) < 0.05 * points.eye_distance, name


def test_points_far_from_the_face_that_is_found_are_meant_as_they_are() -> None:
    picture, points = presenter()
    down = FivePoints(*(Point(at.x, at.y + 0.5 * points.eye_distance) for at in points.as_tuple()))
    assert measure_mesh(picture, down) == laid_over(down)


@pytest.mark.parametrize("roll", [0.0, 0.4, math.pi / 2, -3.0])
def test_a_usual_face_is_laid_over_points_of_any_proportions(roll: float) -> None:
    cos, sin = 50 * math.cos(roll), 50 * math.sin(roll)
    places = [(-0.5, 0), (0.5, 0), (0.05, 0.5), (-0.2, 0.8), (0.3, 0.8)]  # a short face with its mouth aside
    points = FivePoints(*(Point(200 + cos * x - sin * y, 200 + sin * x + cos * y) for x, y in places))
    found = laid_over(points).five
    for name in ("right_eye", "left_eye", "right_mouth", "left_mouth"):
        assert math.dist(getattr(found, name), getattr(points, name)) < 3, name


@pytest.mark.parametrize("unit", [6, 12, 700])
def test_tiny_and_huge_faces_are_measured(unit: float) -> None:
    side = round(3.2 * unit)
    picture, points = drawn_face(side, round(4 * unit), unit, side / 2, 1.5 * unit)
    shape = measure_face(picture, points)
    assert shape.frame.unit == pytest.approx(unit, rel=0.3)
    assert all(math.isfinite(number) for number in numbers(shape))


@pytest.mark.parametrize(("x", "y"), [(40, 150), (160, 0), (160, 370), (319, 399), (-30, 150)])
def test_a_face_that_touches_or_crosses_the_border_is_measured(x: float, y: float) -> None:
    picture, points = drawn_face(x=x, y=y)
    assert all(math.isfinite(number) for number in numbers(measure_face(picture, points)))


def grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(picture.mean(axis=2, keepdims=True).astype(np.uint8).repeat(3, axis=2))


def test_a_grey_face_is_measured() -> None:
    picture, points = presenter()
    shape = measure_face(grey(picture), points)
    assert abs(line(shape)[16].y - PRESENTER_LIP_LINE.y) < 0.05 * points.eye_distance


def test_the_same_picture_gives_the_same_shape() -> None:
    assert measure_face(*drawn_face()) == measure_face(*drawn_face())
