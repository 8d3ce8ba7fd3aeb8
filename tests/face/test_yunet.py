from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.face.detect import MODEL
from halfgig.face.yunet import YuNet
from tests.support.faces import presenter
from tests.support.shared import shared
from tools.golden.face import of_faces

if TYPE_CHECKING:
    from numpy.typing import NDArray

PORTRAITS = ["art_10.png", "art_14.png", "art_6.png", "full4.jpeg", "full_body_1.png"]


def yunet() -> YuNet:
    return YuNet(MODEL)


@pytest.mark.parametrize("name", PORTRAITS)
def test_the_golden_numbers_are_met_to_half_a_pixel(name: str) -> None:
    golden = np.load(shared("reference/golden/yunet.npz"))
    places, certainty = of_faces(yunet(), shared(f"portraits/{name}"), golden)
    assert places.is_met
    assert certainty.is_met


def test_the_presenter_is_found_in_pixels_of_her_picture() -> None:
    picture, points = presenter(700)
    (face,) = yunet().detect(picture)
    for found, expected in zip(face.points.as_tuple(), points.as_tuple(), strict=True):
        assert math.dist(found, expected) < 0.2 * points.eye_distance
    assert 2 * points.eye_distance < face.size < 3.5 * points.eye_distance


def noise(height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(("height", "width"), [(240, 200), (320, 320), (37, 1000), (1000, 37), (33, 33)])
def test_noise_of_any_shape_has_no_face(height: int, width: int) -> None:
    assert yunet().detect(noise(height, width)) == []


def test_every_face_is_found_once_and_the_most_certain_first() -> None:
    picture, _ = presenter(512)
    faces = yunet().detect(np.hstack([picture, picture[:, ::-1]]))
    assert len(faces) == 2
    assert faces[0].score >= faces[1].score > 0.6
    assert abs(faces[0].points.nose.x - faces[1].points.nose.x) > 256
