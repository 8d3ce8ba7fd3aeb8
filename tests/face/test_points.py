from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import BadLandmarks
from halfgig.face.frame import FaceFrame
from halfgig.face.points import FivePoints, Point, check_five_points, parse_five_points

FACE = "210,240 300,240 255,290 220,340 290,340"


def face(*order: int) -> FivePoints:
    """Return a face in a picture of 500 pixels, with its points in the given order."""
    points = parse_five_points(FACE).as_tuple()
    return FivePoints(*(points[number] for number in order or range(5)))


def turned(points: FivePoints, radians: float) -> FivePoints:
    """Rotate points clockwise about the centre of a picture of 500 pixels."""
    cos, sin = math.cos(radians), math.sin(radians)
    away = [(x - 250, y - 250) for x, y in points.as_tuple()]
    return FivePoints(*(Point(250 + cos * x - sin * y, 250 + sin * x + cos * y) for x, y in away))


def test_points_are_read_in_their_order() -> None:
    points = parse_five_points(" 1,2.5  3e1,4\n5,6 7,8 9,10 ")
    assert points == FivePoints(Point(1, 2.5), Point(30, 4), Point(5, 6), Point(7, 8), Point(9, 10))


@pytest.mark.parametrize(
    "text",
    ["", "face", FACE[:-8], f"{FACE} 1,2", FACE.replace("255,290", "255"), FACE.replace("255,290", "255,290,1")]
    + [FACE.replace("255", number) for number in ("nan", "inf", "-inf", "1e999", "x", "")],
)
def test_what_are_no_five_places_is_refused(text: str) -> None:
    with pytest.raises(BadLandmarks):
        parse_five_points(text)


@given(st.text())
def test_no_text_crashes_the_reader(text: str) -> None:
    try:
        points = parse_five_points(text)
    except BadLandmarks:
        return
    assert all(math.isfinite(number) for point in points.as_tuple() for number in point)


@pytest.mark.parametrize("place", [(-1, 240), (500, 240), (210, -0.5), (210, 500)])
def test_a_point_outside_the_picture_is_refused_by_its_name(place: tuple[float, float]) -> None:
    eye, *others = face().as_tuple()
    with pytest.raises(BadLandmarks, match=r"right eye .* outside the picture of 500 x 500"):
        check_five_points(FivePoints(Point(*place), *others), 500, 500)
    check_five_points(FivePoints(eye, *others), 500, 500)


@pytest.mark.parametrize(
    ("mistake", "order"),
    [
        ("as the viewer sees left and right", (1, 0, 2, 4, 3)),
        ("eyes swapped", (1, 0, 2, 3, 4)),
        ("corners swapped", (0, 1, 2, 4, 3)),
        ("mouth first", (3, 4, 2, 0, 1)),
        ("nose first", (2, 0, 1, 3, 4)),
        ("nose last", (0, 1, 3, 4, 2)),
        ("right side first", (0, 3, 2, 1, 4)),
    ],
)
def test_points_in_a_wrong_order_are_refused(mistake: str, order: tuple[int, ...]) -> None:
    with pytest.raises(BadLandmarks, match="check their order"):
        check_five_points(face(*order), 500, 500)
    assert mistake


@pytest.mark.parametrize("degrees", [-120, -90, -30, 0, 30, 90, 180])
def test_a_tilted_head_is_a_face(degrees: float) -> None:
    check_five_points(turned(face(), math.radians(degrees)), 500, 500)


@pytest.mark.parametrize("factor", [0.005, 0.03])
def test_points_on_one_spot_are_refused(factor: float) -> None:
    with pytest.raises(BadLandmarks, match="make no face"):
        check_five_points(face().scaled(factor), 500, 500)


@pytest.mark.parametrize("mouth", ["220,820 290,820", "60,340 490,340"])
def test_a_mouth_no_face_can_have_is_refused(mouth: str) -> None:
    with pytest.raises(BadLandmarks, match="make no face"):
        check_five_points(parse_five_points(f"210,240 300,240 255,290 {mouth}"), 900, 900)


def test_eyes_and_mouth_are_measured() -> None:
    assert face().eyes == (255, 240)
    assert face().mouth == (255, 340)
    assert face().eye_distance == 90
    assert face().roll == 0


@given(st.floats(-math.pi, math.pi), st.floats(0.1, 10))
def test_a_turned_and_scaled_face_has_its_tilt_and_size(radians: float, factor: float) -> None:
    points = turned(face(), radians).scaled(factor)
    assert math.cos(points.roll - radians) == pytest.approx(1)
    assert points.eye_distance == pytest.approx(90 * factor)


@given(st.floats(-math.pi, math.pi), st.floats(0.1, 10), st.floats(-3, 3), st.floats(-3, 3))
def test_a_place_in_the_face_frame_is_found_in_the_picture_and_back(
    radians: float, factor: float, x: float, y: float
) -> None:
    frame = FaceFrame.of(turned(face(), radians).scaled(factor))
    assert math.dist(frame.to_face(frame.to_picture(Point(x, y))), (x, y)) < 1e-9


def test_eyes_lie_half_a_unit_beside_the_middle_of_the_face_frame() -> None:
    points = turned(face(), 0.3)
    frame = FaceFrame.of(points)
    assert math.dist(frame.to_face(points.right_eye), (-0.5, 0)) < 1e-9
    assert math.dist(frame.to_face(points.left_eye), (0.5, 0)) < 1e-9
    assert frame.to_face(points.mouth).y == pytest.approx(100 / 90)
