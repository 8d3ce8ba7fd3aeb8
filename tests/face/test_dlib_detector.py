from __future__ import annotations

import importlib.util
import math
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.face.dlib_detector import DlibDetector, HeadBox, pooled_box, refined_points
from halfgig.face.points import FivePoints, Point
from halfgig.media.picture import load_picture
from tests.support.shared import shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

PRESENTER = FivePoints(
    Point(443.5, 433.5), Point(581, 428.7), Point(514.2, 510), Point(453.9, 573.2), Point(577.8, 567.2)
)
"""Positions at which scripts/draw_presenter.py draws them, of 1024 x 1024 pixels."""


BLIND = SimpleNamespace(run=lambda *_: ([], [], []))
"""dlib filters that never find a face."""


def presenter(longest: int = 512) -> Pixels:
    return load_picture(Path(str(files("halfgig") / "assets" / "presenter.png")), longest).rgb


def warped(picture: Pixels, degrees: float = 0.0, scale: float = 1.0) -> tuple[Pixels, NDArray[np.float64]]:
    """Rotate and scale a picture about its centre; return it with the matrix [2, 3] of its pixels."""
    import cv2

    height, width = picture.shape[:2]
    there = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    return cv2.warpAffine(picture, there, (width, height), borderMode=cv2.BORDER_REPLICATE), there


def moved(points: FivePoints, there: NDArray[np.float64]) -> FivePoints:
    return FivePoints(*(Point(*(there @ np.array([*point, 1.0])).tolist()) for point in points.as_tuple()))


def farthest(found: FivePoints, expected: FivePoints) -> float:
    """Return the largest distance between points of the same name, in eye distances."""
    pairs = zip(found.as_tuple(), expected.as_tuple(), strict=True)
    return max(math.dist(a, b) for a, b in pairs) / expected.eye_distance


def only_points(picture: Pixels) -> FivePoints:
    (face,) = DlibDetector().detect(picture)
    return face.points


def printed(text: str = "Talking heads need faces; a page of text has none.") -> Pixels:
    import cv2

    page = np.full((400, 400, 3), 240, np.uint8)
    for line in range(20, 400, 22):
        cv2.putText(page, text, (8, line), cv2.FONT_HERSHEY_COMPLEX, 0.5, (20, 20, 20), 1)
    return page


def plain() -> Pixels:
    return np.full((400, 400, 3), (215, 170, 150), np.uint8)


def ramp() -> Pixels:
    return np.repeat(np.add.outer(np.arange(128), np.arange(128)).astype(np.uint8)[..., None], 3, axis=2)


def noise() -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (240, 200, 3), dtype=np.uint8)


@pytest.mark.parametrize("picture", [noise, printed, ramp])
def test_a_picture_without_a_face_gives_none(picture: Callable[[], Pixels]) -> None:
    assert DlibDetector().detect(picture()) == []


@pytest.mark.parametrize("shape", [(32, 32), (32, 900), (900, 32)])
def test_a_picture_of_any_shape_is_looked_at(shape: tuple[int, int]) -> None:
    assert DlibDetector().detect(np.full((*shape, 3), 128, np.uint8)) == []


def test_the_presenter_is_measured_to_a_few_pixels() -> None:
    found = only_points(presenter(1024))
    assert math.dist(found.right_eye, PRESENTER.right_eye) < 0.06 * PRESENTER.eye_distance
    assert math.dist(found.left_eye, PRESENTER.left_eye) < 0.06 * PRESENTER.eye_distance
    assert math.dist(found.mouth, PRESENTER.mouth) < 0.05 * PRESENTER.eye_distance
    assert farthest(found, PRESENTER) < 0.12


@pytest.mark.parametrize("degrees", [-20, -7, 7, 20])
def test_the_points_turn_with_the_picture(degrees: float) -> None:
    picture, there = warped(presenter(), degrees)
    assert farthest(only_points(picture), moved(PRESENTER.scaled(0.5), there)) < 0.15


@pytest.mark.parametrize("scale", [0.3, 0.6, 1.6])
def test_the_points_grow_with_the_face(scale: float) -> None:
    picture, there = warped(presenter(), scale=scale)
    assert farthest(only_points(picture), moved(PRESENTER.scaled(0.5), there)) < 0.15


def test_a_mirrored_picture_has_mirrored_points() -> None:
    picture = presenter()
    seen = only_points(np.ascontiguousarray(picture[:, ::-1]))
    right_eye, left_eye, nose, right_mouth, left_mouth = (Point(511 - x, y) for x, y in seen.as_tuple())
    assert farthest(FivePoints(left_eye, right_eye, nose, left_mouth, right_mouth), PRESENTER.scaled(0.5)) < 0.15


def test_colour_is_not_needed() -> None:
    grey = presenter().mean(axis=2, keepdims=True).astype(np.uint8)
    assert farthest(only_points(np.repeat(grey, 3, axis=2)), PRESENTER.scaled(0.5)) < 0.15


def test_a_face_of_forty_pixels_is_found() -> None:
    picture, there = warped(presenter(), scale=0.24)  # its box has 173 pixels unscaled
    assert farthest(only_points(picture), moved(PRESENTER.scaled(0.5), there)) < 0.2


def test_every_face_gets_its_own_points() -> None:
    small, _ = warped(presenter(), scale=0.7)
    faces = DlibDetector().detect(np.hstack([presenter(), small]))
    assert len(faces) == 2
    left, right = sorted(faces, key=lambda face: face.points.nose.x)
    assert farthest(left.points, PRESENTER.scaled(0.5)) < 0.15
    assert right.points.nose.x > 512
    assert right.size < left.size


def test_the_most_certain_face_comes_first() -> None:
    tilted, _ = warped(presenter(), degrees=25)
    scores = [face.score for face in DlibDetector().detect(np.hstack([tilted, presenter()]))]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2


def test_only_the_compiled_half_of_dlib_is_imported() -> None:
    import sys

    DlibDetector()
    assert importlib.util.find_spec("dlib") is not None
    assert "dlib" not in sys.modules


@pytest.mark.parametrize("name", ["art_10.png", "art_14.png", "art_6.png", "full4.jpeg", "full_body_1.png"])
def test_portraits_are_measured_much_as_yunet_does(name: str) -> None:
    golden = np.load(shared("reference/golden/yunet.npz"))
    picture = load_picture(shared(f"portraits/{name}"), 1024).rgb
    row = golden[f"{name}/faces"][0] * (max(picture.shape) / max(golden[f"{name}/size"]))
    theirs = FivePoints(*(Point(*pair) for pair in row[4:14].reshape(5, 2).tolist()))
    ours = only_points(picture)
    # YuNet's own points vary by 0.06 (standard deviation) between views, and its mouth is above the lips.
    assert math.dist(ours.right_eye, theirs.right_eye) < 0.16 * theirs.eye_distance
    assert math.dist(ours.left_eye, theirs.left_eye) < 0.16 * theirs.eye_distance
    assert math.dist(ours.mouth, theirs.mouth) < 0.16 * theirs.eye_distance


boxes = st.builds(
    HeadBox,
    x=st.floats(-100, 1000),
    y=st.floats(-100, 1000),
    side=st.floats(30, 600),
    roll=st.floats(-1, 1),
    turn=st.floats(-1, 1),
)


@given(boxes)
def test_a_head_turned_the_other_way_has_mirrored_points(box: HeadBox) -> None:
    right_eye, left_eye, nose, right_mouth, left_mouth = box.points().as_tuple()
    mirrored = box._replace(x=-box.x, roll=-box.roll, turn=-box.turn).points().as_tuple()
    for point, other in zip((left_eye, right_eye, nose, left_mouth, right_mouth), mirrored, strict=True):
        assert math.dist((-point.x, point.y), other) < 1e-6 * box.side


@given(boxes)
def test_the_eyes_are_tilted_as_the_head_is(box: HeadBox) -> None:
    upright = box._replace(roll=0.0).points().roll
    assert math.isclose(box.points().roll - upright, box.roll, abs_tol=1e-9)


def test_a_head_looking_aside_has_its_nose_on_that_side() -> None:
    to_the_left, to_us, to_the_right = (HeadBox(0, 0, 100, 0, turn).points().nose.x for turn in (-1, 0, 1))
    assert to_the_left < to_us < to_the_right


def test_a_head_seen_in_no_further_look_keeps_its_box() -> None:
    box = HeadBox(200, 200, 120, 0.1, 0)
    assert pooled_box(plain(), box, BLIND) == box


def test_a_plain_picture_leaves_the_points_where_they_usually_are() -> None:
    box = HeadBox(200, 200, 120, 0.1, 0)
    found, usual = refined_points(plain(), box, BLIND), box.points()
    assert math.dist(found.right_eye, usual.right_eye) < 1
    assert math.dist(found.left_eye, usual.left_eye) < 1
    assert math.dist(found.mouth, usual.mouth) < 4


@pytest.mark.parametrize("place", [(0, 0), (390, 5), (-20, 395)])
def test_a_head_cut_by_the_border_still_has_points(place: tuple[float, float]) -> None:
    points = refined_points(plain(), HeadBox(*place, 150, 0, 0), BLIND)
    assert all(math.isfinite(number) for point in points.as_tuple() for number in point)
