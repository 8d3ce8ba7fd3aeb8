from __future__ import annotations

import importlib.util
import math
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.face.dlib_detector import DlibDetector
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
"""Where scripts/draw_presenter.py draws them, of 1024 x 1024 pixels."""


def presenter(longest: int = 512) -> Pixels:
    return load_picture(Path(str(files("halfgig") / "assets" / "presenter.png")), longest).rgb


def warped(picture: Pixels, degrees: float = 0.0, scale: float = 1.0) -> tuple[Pixels, NDArray[np.float64]]:
    """Turn a picture about its middle and scale what is on it; give it with the map [2, 3] of its pixels."""
    import cv2

    height, width = picture.shape[:2]
    there = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    return cv2.warpAffine(picture, there, (width, height), borderMode=cv2.BORDER_REPLICATE), there


def moved(points: FivePoints, there: NDArray[np.float64]) -> FivePoints:
    return FivePoints(*(Point(*(there @ np.array([*point, 1.0])).tolist()) for point in points.as_tuple()))


def farthest(found: FivePoints, expected: FivePoints) -> float:
    """Give the largest distance between points of the same name, in eye distances."""
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
    # YuNet's own points differ by 0.06 (one deviation) between views of one picture, and its mouth is above the lips.
    assert math.dist(ours.right_eye, theirs.right_eye) < 0.16 * theirs.eye_distance
    assert math.dist(ours.left_eye, theirs.left_eye) < 0.16 * theirs.eye_distance
    assert math.dist(ours.mouth, theirs.mouth) < 0.16 * theirs.eye_distance
