from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.face.measure import FaceShape, measure_face
from halfgig.face.points import FivePoints, Point
from tests.support.faces import PRESENTER, PRESENTER_LIP_LINE, drawn_face, presenter, shaken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SEEDS = range(6)


def irises(shape: FaceShape) -> tuple[Point, Point]:
    """Return the centres of the irises in the picture, which define the frame."""
    return shape.frame.to_picture(Point(-0.5, 0)), shape.frame.to_picture(Point(0.5, 0))


def line(shape: FaceShape) -> list[Point]:
    """Return the line between the lips in the picture."""
    return [shape.frame.to_picture(point) for point in shape.lips.line]


def numbers(shape: FaceShape) -> Iterator[float]:
    yield from (*shape.frame.origin, shape.frame.unit, shape.frame.roll)
    yield from (*shape.right_eye, *shape.left_eye, *shape.nose, *shape.lips.bands, *shape.chin)
    yield from (number for point in shape.lips.line for number in point)


def apart(a: Point, b: Point) -> float:
    """Return the distance of two positions in the presenter's picture, in her eye distances."""
    return math.dist(a, b) / PRESENTER.eye_distance


@pytest.mark.parametrize("seed", SEEDS)
def test_rough_points_are_drawn_to_where_eyes_and_lips_are(seed: int) -> None:
    picture, points = presenter()
    shape = measure_face(picture, shaken(points, 0.12, seed))
    right, left = irises(shape)
    assert apart(right, points.right_eye) < 0.04
    assert apart(left, points.left_eye) < 0.04
    found = line(shape)
    middle = min(found, key=lambda point: abs(point.x - PRESENTER_LIP_LINE.x))
    assert abs(middle.y - PRESENTER_LIP_LINE.y) < 0.03 * points.eye_distance
    assert apart(found[0], points.right_mouth) < 0.08
    assert apart(found[-1], points.left_mouth) < 0.08
    assert shape.lips.bands.gap == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_five_points_are_given_as_they_were_measured(seed: int) -> None:
    picture, points = presenter()
    rough = shaken(points, 0.12, seed)
    found = measure_face(picture, rough).points
    for name, most in (("right_eye", 0.06), ("left_eye", 0.06), ("right_mouth", 0.08), ("left_mouth", 0.08)):
        assert apart(getattr(found, name), getattr(points, name)) < most
    assert apart(found.nose, rough.nose) < 0.01


@pytest.mark.parametrize("apart_by", [-0.12, 0.12])
def test_eyes_guessed_too_near_or_too_far_from_each_other_are_found(apart_by: float) -> None:
    picture, points = presenter()
    reach = apart_by * points.eye_distance
    (x, y), (other_x, other_y), *others = points.as_tuple()
    shape = measure_face(picture, FivePoints(Point(x - reach, y), Point(other_x + reach, other_y), *others))
    assert apart(irises(shape)[0], points.right_eye) < 0.05
    assert apart(irises(shape)[1], points.left_eye) < 0.05


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


def test_a_mirrored_face_is_measured_alike() -> None:
    picture, points = presenter()
    right, left, nose, right_mouth, left_mouth = (Point(1023 - x, y) for x, y in points.as_tuple())
    mirrored = FivePoints(left, right, nose, left_mouth, right_mouth)
    shape = measure_face(np.ascontiguousarray(picture[:, ::-1]), mirrored)
    assert apart(irises(shape)[0], mirrored.right_eye) < 0.04
    assert apart(irises(shape)[1], mirrored.left_eye) < 0.04


def test_eyes_have_openings_and_lips_lie_between_nose_and_chin() -> None:
    shape = measure_face(*presenter())
    assert shape.right_eye.x < 0 < shape.left_eye.x
    assert min(shape.right_eye[2:5]) > 0.02
    assert shape.nose.y < shape.lips.line[16].y < shape.chin.y
    assert shape.lips.line[0].x < shape.lips.line[-1].x


def test_a_closed_drawn_mouth_has_no_gap() -> None:
    shape = measure_face(*drawn_face())
    assert shape.lips.bands.gap == 0
    assert abs(shape.lips.line[16].y - 1.1) < 0.03


@pytest.mark.parametrize("open_by", [0.1, 0.15, 0.2])
def test_a_mouth_that_stands_open_has_its_gap(open_by: float) -> None:
    shape = measure_face(*drawn_face(open_by=open_by))
    assert shape.lips.bands.gap == pytest.approx(open_by, abs=0.05)
    lower_lip = 1.1 + open_by
    assert shape.lips.line[16].y == pytest.approx(lower_lip, abs=0.05)


@pytest.mark.parametrize("unit", [6, 12, 700])
def test_tiny_and_huge_faces_are_measured(unit: float) -> None:
    side = round(3.2 * unit)
    picture, points = drawn_face(side, round(4 * unit), unit, side / 2, 1.5 * unit)
    shape = measure_face(picture, points)
    assert shape.frame.unit == pytest.approx(unit, rel=0.2)
    assert all(math.isfinite(number) for number in numbers(shape))


@pytest.mark.parametrize(
    ("x", "y"), [(40, 150), (280, 150), (160, 0), (160, 300), (160, 370), (0, 0), (319, 399), (0, 399), (-30, 150)]
)
def test_a_face_that_touches_or_crosses_the_border_is_measured(x: float, y: float) -> None:
    picture, points = drawn_face(x=x, y=y)
    assert all(math.isfinite(number) for number in numbers(measure_face(picture, points)))


def flat(value: int) -> NDArray[np.uint8]:
    return np.full((400, 320, 3), value, np.uint8)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_flat_picture_keeps_the_points_it_was_given(value: int) -> None:
    _, points = drawn_face()
    shape = measure_face(flat(value), points)
    assert math.dist(irises(shape)[0], points.right_eye) < 1e-6
    assert math.dist(irises(shape)[1], points.left_eye) < 1e-6
    assert math.dist(line(shape)[16], points.mouth) < 0.1 * points.eye_distance
    assert shape.lips.bands.gap == 0


def test_a_grey_face_is_measured() -> None:
    picture, points = presenter()
    grey = picture.mean(axis=2, keepdims=True).astype(np.uint8).repeat(3, axis=2)
    shape = measure_face(grey, points)
    assert apart(irises(shape)[0], points.right_eye) < 0.04
    assert abs(line(shape)[16].y - PRESENTER_LIP_LINE.y) < 0.05 * points.eye_distance


def test_noise_is_measured_without_complaint() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 320, 3), dtype=np.uint8)
    _, points = drawn_face()
    shape = measure_face(noise, points)
    assert shape.frame.unit == pytest.approx(points.eye_distance, rel=0.5)


def test_the_same_picture_gives_the_same_shape() -> None:
    assert measure_face(*drawn_face()) == measure_face(*drawn_face())
