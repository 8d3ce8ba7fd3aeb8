from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.errors import BadLandmarks, NoFace
from halfgig.face.detect import find_faces, largest_first, locate_face, make_detector
from halfgig.face.points import Face, FivePoints, Point
from halfgig.media.picture import Picture
from tests.support.faces import presenter
from tests.support.shared import shared

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


def test_dlib_is_the_detector_of_a_fresh_install() -> None:
    assert make_detector(None).name == "dlib"


def test_an_installed_yunet_is_preferred() -> None:
    assert make_detector(shared("models/face_detection_yunet_2026may.onnx")).name == "yunet"


def test_faces_are_sorted_by_size_not_by_score() -> None:
    points = FivePoints(*[Point(0, 0)] * 5)
    faces = [Face(points, score=2.0, size=10.0), Face(points, score=1.0, size=30.0)]
    assert [face.size for face in largest_first(faces)] == [30.0, 10.0]


def test_the_largest_face_comes_first() -> None:
    large, small = find_faces(two_faces(), None)
    assert large.size > small.size
    assert large.points.nose.x > 512


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
