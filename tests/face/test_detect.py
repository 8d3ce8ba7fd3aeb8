from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.errors import BadLandmarks, NoFace
from halfgig.face.detect import FaceDetector, largest_first, locate_face, quarter_turns, turned_points
from halfgig.face.points import Face, FivePoints, Point
from halfgig.media.picture import Picture
from tests.support.faces import presenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = Path("portrait.png")
LANDMARKS = "210,240 300,240 255,290 220,340 290,340"


def picture(rgb: NDArray[np.uint8], shrunk: float = 1.0) -> Picture:
    height, width = rgb.shape[:2]
    return Picture(rgb, shrunk, (round(width * shrunk), round(height * shrunk)))


def grey(side: int = 500) -> NDArray[np.uint8]:
    return np.full((side, side, 3), 128, np.uint8)


def two_faces() -> NDArray[np.uint8]:
    large, _ = presenter(512)
    small = np.full_like(large, 150)
    small[100:460, 76:436] = presenter(360)[0]
    return np.hstack([small, large])


def farthest(found: FivePoints, expected: FivePoints) -> float:
    """Return the largest distance of a point, in eye distances."""
    pairs = zip(found.as_tuple(), expected.as_tuple(), strict=True)
    return max(math.dist(a, b) for a, b in pairs) / expected.eye_distance


def test_faces_are_sorted_by_size_not_by_score() -> None:
    points = FivePoints(*[Point(0, 0)] * 5)
    faces = [Face(points, score=2.0, size=10.0), Face(points, score=1.0, size=30.0)]
    assert [face.size for face in largest_first(faces)] == [30.0, 10.0]


def test_the_largest_face_comes_first() -> None:
    large, small = FaceDetector().detect(two_faces())
    assert large.size > small.size
    assert large.points.nose.x > 512


@pytest.mark.parametrize("turns", range(4))
def test_a_face_is_found_however_the_picture_is_turned(turns: int) -> None:
    rgb, points = presenter(512)
    (face,) = FaceDetector().detect(np.ascontiguousarray(np.rot90(rgb, turns)))
    assert farthest(face.points, turned_points(points, turns, 512, 512)) < 0.2
    assert quarter_turns(face.points) == -turns % 4


@pytest.mark.parametrize("turns", range(4))
def test_quarter_turns_bring_a_turned_face_upright(turns: int) -> None:
    _, points = presenter(512)
    lying = turned_points(points, turns, 512, 300)
    width, height = (512, 300) if turns % 2 == 0 else (300, 512)
    upright = turned_points(lying, quarter_turns(lying), width, height)
    assert farthest(upright, points) < 1e-6


def test_a_small_face_is_found_in_a_second_look() -> None:
    rgb = grey(1280)
    rgb[600:710, 200:310] = presenter(110)[0]
    assert FaceDetector()._yunet.detect(rgb) == []
    (face,) = FaceDetector().detect(rgb)
    assert math.dist(face.points.nose, (255, 655)) < 8


def test_what_looks_a_little_like_a_face_only_in_a_turned_picture_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    rgb, points = presenter(512)
    detector, scores = FaceDetector(), iter([0.0, *[0.85] * 7])
    monkeypatch.setattr(
        detector._yunet, "detect", lambda *_: [Face(points, s, 200.0)] if (s := next(scores, 0.0)) else []
    )
    assert detector.detect(rgb) == []


def test_what_the_mesh_does_not_confirm_is_no_face(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = FaceDetector()
    _, points = presenter(512)
    monkeypatch.setattr(detector._yunet, "detect", lambda *_: [Face(points, 0.95, 200.0)])
    assert detector.detect(grey(512)) == []


def test_of_several_faces_the_largest_is_located_and_a_notice_says_so() -> None:
    points, notices = locate_face(picture(two_faces()), FILE, "", None)
    assert points.nose.x > 512
    assert notices == ("2 faces were found; the largest is used",)


def test_a_single_face_needs_no_notice() -> None:
    assert locate_face(picture(presenter(512)[0]), FILE, "", None).notices == ()


def test_given_landmarks_are_pixels_of_the_file() -> None:
    points, notices = locate_face(picture(grey(250), shrunk=2.0), FILE, LANDMARKS, None)
    assert points.right_eye == Point(105, 120)
    assert notices == ()


def test_landmarks_outside_the_picture_are_refused() -> None:
    with pytest.raises(BadLandmarks, match="outside the picture"):
        locate_face(picture(grey(300)), FILE, LANDMARKS, None)


def test_a_picture_without_a_face_is_refused_by_its_name() -> None:
    with pytest.raises(NoFace, match=r"portrait\.png.*--landmarks"):
        locate_face(picture(grey()), FILE, "", None)
