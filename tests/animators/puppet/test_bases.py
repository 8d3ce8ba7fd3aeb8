from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.bases import NAMES, make_bases, mouth_coordinates, moving_area, opening_profile
from halfgig.face.measure import measure_face
from tests.support.faces import drawn_face, plain_shape, presenter

if TYPE_CHECKING:
    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape

STEP = 0.01

SHAPES = {
    "ordinary": plain_shape(),
    "presenter": measure_face(*presenter()),
    "open": measure_face(*drawn_face(open_by=0.15)),
    "turned": plain_shape(mouth=(0.35, 1.1)),
    "long": plain_shape(mouth=(0.0, 1.6)),
    "wide": plain_shape(half_width=0.56),
    "smiling": plain_shape(bow=-0.1),
    "sad": plain_shape(bow=0.1),
}

AMOUNTS: dict[str, dict[str, float]] = {
    "jaw": {"jaw": 1},
    "wide": {"stretch": 1},
    "round": {"funnel": 1},
    "pucker": {"pucker": 1},
    "press": {"press": 1},
    "an open mouth pressed": {"jaw": -0.3, "press": 1, "meet": 0.2},
    "tuck": {"jaw": 0.12, "stretch": 0.1, "tuck": 1},
    "smile": {"smile": 1},
    "frown": {"frown": 1},
    "brow": {"brow": 1},
    "open and round": {"jaw": 1, "funnel": 1, "brow": 1},
    "open and wide": {"jaw": 1, "stretch": 1, "brow": 1},
}


def amounts_of(name: str) -> Map:
    """Return the weights of the bases in an entry of `AMOUNTS`."""
    return np.array([AMOUNTS[name].get(each, 0) for each in NAMES], np.float32)


def places(left: float, top: float, right: float, bottom: float) -> tuple[Map, Map]:
    columns = np.arange(left, right + STEP, STEP, dtype=np.float32)
    x, y = np.meshgrid(columns, np.arange(top, bottom + STEP, STEP, dtype=np.float32))
    return x, y


def at(shape: FaceShape, x: float, y: float) -> dict[str, Map]:
    """Return each base at one position, [3]."""
    bases = make_bases(shape, np.array([[x]], np.float32), np.array([[y]], np.float32))
    return {name: bases[k, 0, 0] for k, name in enumerate(NAMES)}


def felt(shape: FaceShape, x: Map, y: Map) -> Map:
    """Return the largest displacement of each position by each base, on its side of the mouth, [bases, h, w]."""
    bases = np.abs(make_bases(shape, x, y))
    below = mouth_coordinates(shape, x, y).below
    return np.asarray(np.maximum(bases[..., 0], np.where(below > 0, bases[..., 2], bases[..., 1])))


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_moves_at_the_border_of_what_can_move_and_beyond(name: str) -> None:
    left, top, right, bottom = moving_area(SHAPES[name])
    x, y = places(-4, -3, 4, 5)
    outside = (x <= left) | (x >= right) | (y <= top) | (y >= bottom)
    assert felt(SHAPES[name], x, y)[:, outside].max() < 5e-4  # of an eye distance: a twentieth of a pixel


@pytest.mark.parametrize("name", SHAPES)
def test_upper_and_lower_face_agree_on_the_line_from_the_corners_on(name: str) -> None:
    shape = SHAPES[name]
    line = np.array(shape.lips.line, np.float32)
    x = np.linspace(-2, 2, 401, dtype=np.float32)[None]
    y = np.interp(x, line[:, 0], line[:, 1]).astype(np.float32)
    beyond = np.abs(mouth_coordinates(shape, x, y).across) >= 1
    bases = make_bases(shape, x, y)[:, beyond]
    assert np.abs(bases[..., 1] - bases[..., 2]).max() < 1e-6


@pytest.mark.parametrize("amounts", AMOUNTS)
@pytest.mark.parametrize("name", SHAPES)
def test_no_skin_is_folded_over_at_full_strength(name: str, amounts: str) -> None:
    shape = SHAPES[name]
    x, y = places(-1.6, -1, 1.6, 3)
    field = np.einsum("k,khwc->hwc", amounts_of(amounts), make_bases(shape, x, y))
    below = mouth_coordinates(shape, x, y).below
    assert 1 - np.gradient(field[..., 0], STEP, axis=1).max() > 0.2
    for down, is_seen in ((field[..., 1], below - field[..., 1] < 0), (field[..., 2], below - field[..., 2] > 0)):
        order = 1 - np.gradient(down, STEP, axis=0)  # displacement across does not stretch a column
        assert order[is_seen].min() > 0.1


def test_the_jaw_takes_chin_and_lower_lip_along() -> None:
    shape = plain_shape()
    lower_lip, chin = at(shape, 0, 1.15)["jaw"], at(shape, *shape.chin)["jaw"]
    assert 0.18 < lower_lip[2] < 0.22
    assert 0.6 * lower_lip[2] < chin[2] < lower_lip[2]


@pytest.mark.parametrize(
    ("part", "x", "y"), [("nose", 0, 0.6), ("right eye", -0.5, 0), ("left eye", 0.5, 0), ("brow", 0.5, -0.4)]
)
def test_the_jaw_leaves_the_upper_face_alone(part: str, x: float, y: float) -> None:
    assert np.abs(at(plain_shape(), x, y)["jaw"][:2]).max() < 1e-4, part


def test_the_upper_lip_lifts_a_little_as_the_jaw_drops() -> None:
    lip = at(plain_shape(), 0, 1.08)["jaw"]
    assert -0.2 * lip[2] < lip[1] < 0


def test_the_brow_lifts_and_the_lids_stay() -> None:
    assert at(plain_shape(), 0.5, -0.36)["brow"][1] < -0.04
    assert at(plain_shape(), 0.5, -0.1)["brow"][1] == 0


@pytest.mark.parametrize(("name", "right"), [("stretch", -1), ("funnel", 1), ("pucker", 1)])
def test_corners_go_apart_or_together(name: str, right: int) -> None:
    right_corner, left_corner = at(plain_shape(), -0.4, 1.1)[name], at(plain_shape(), 0.4, 1.1)[name]
    assert right * right_corner[0] > 0.04
    assert left_corner[0] == pytest.approx(-right_corner[0], abs=1e-6)


def test_the_lips_part_most_in_the_middle_and_not_at_the_corners() -> None:
    profile = opening_profile(np.linspace(-1.2, 1.2, 241, dtype=np.float32))
    assert profile[120] == 1
    assert (profile[:21] == 0).all()
    assert (profile[-21:] == 0).all()
    assert (np.diff(profile[:121]) >= 0).all()
    assert (np.diff(profile[120:]) <= 0).all()
