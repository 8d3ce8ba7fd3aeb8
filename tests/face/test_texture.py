from __future__ import annotations

import numpy as np
import pytest

from halfgig.face.frame import FaceFrame
from halfgig.face.points import Point
from halfgig.face.texture import SHARP, Texture, measure_texture
from tests.support.faces import plain_shape, presenter

FACE = plain_shape(FaceFrame(Point(256, 216), 69, 0.0))


def texture(blur: float = 0.0, grain: float = 0.0) -> Texture:
    """Return what is measured of the presenter, blurred and made noisy."""
    import cv2

    picture = presenter(512)[0].astype(np.float32)
    if blur:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    picture += np.random.default_rng(0).normal(0, 1, (512, 512, 1)) * grain
    return measure_texture(picture.clip(0, 255).astype(np.uint8), FACE)


def test_the_blur_of_a_picture_is_measured() -> None:
    sharp = texture().blur
    assert sharp < 1
    for blur in (2.0, 4.0):
        assert texture(blur).blur == pytest.approx((sharp**2 + blur**2) ** 0.5, rel=0.3)


def test_the_noise_of_a_picture_is_measured_and_is_no_sharpness() -> None:
    assert texture().grain < 1
    assert texture(grain=8).grain == pytest.approx(7, abs=2)
    assert texture(3, grain=4).blur == pytest.approx(texture(3).blur, rel=0.5)


@pytest.mark.parametrize("x", [-500.0, 900.0])
def test_a_face_outside_the_picture_is_taken_for_sharp(x: float) -> None:
    assert measure_texture(presenter(512)[0], plain_shape(FaceFrame(Point(x, 150), 80, 0.0))) == SHARP
