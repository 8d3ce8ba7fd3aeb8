from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from halfgig.face.colours import Colours, measure_colours
from halfgig.face.frame import FaceFrame
from halfgig.face.measure import measure_face
from halfgig.face.points import Point
from tests.support.faces import SKIN, drawn_face, plain_shape, presenter

NAMES = [each.name for each in fields(Colours)]


def test_grey_stays_grey() -> None:
    picture, points = presenter(512)
    grey = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    colours = measure_colours(grey, measure_face(grey, points))
    for name in NAMES:
        colour = getattr(colours, name)
        assert colour.max() - colour.min() < 1, name


def test_a_sepia_picture_has_a_sepia_mouth() -> None:
    picture, points = presenter(512)
    grey = picture.mean(axis=2, keepdims=True) / 255
    sepia = (grey * (240, 218, 180) + (1 - grey) * (30, 18, 8)).astype(np.uint8)
    colours = measure_colours(sepia, measure_face(picture, points))
    for name in ("teeth", "tongue", "lining"):
        red, green, blue = getattr(colours, name)
        share = (red + green + blue - 56) / (638 - 56)
        assert (red - blue) == pytest.approx(22 + share * 38, abs=3), name
        assert red > green > blue


def test_a_darker_picture_has_a_darker_mouth() -> None:
    picture, _ = drawn_face()
    mixed = [measure_colours((picture * light).astype(np.uint8), plain_shape()) for light in (0.4, 0.7, 1.0)]
    for name in NAMES:
        means = [float(getattr(colours, name).mean()) for colours in mixed]
        assert means == sorted(means)
        assert means[0] < 0.85 * means[-1]


def test_warm_light_makes_warm_teeth() -> None:
    picture = np.full((400, 320, 3), (230, 150, 90), np.uint8)
    picture[:40] = (40, 60, 120)  # else it were a picture of one hue
    plain = np.full((400, 320, 3), SKIN, np.uint8)
    plain[:40] = (40, 60, 120)
    warm, usual = (measure_colours(rgb, plain_shape()).teeth for rgb in (picture, plain))
    assert warm[0] / warm[2] > 1.1 * usual[0] / usual[2]


@pytest.mark.parametrize("x", [-500.0, -30.0, 0.0, 319.0, 900.0])
def test_a_face_beyond_the_border_has_colours(x: float) -> None:
    colours = measure_colours(drawn_face()[0], plain_shape(FaceFrame(Point(x, 150), 80, 0.0)))
    for name in NAMES:
        assert np.isfinite(getattr(colours, name)).all()
