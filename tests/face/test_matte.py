from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.face.guided_filter import guided_filter
from halfgig.face.matte import LONGEST, Matte, make_matte
from halfgig.face.measure import measure_mesh
from halfgig.face.topology import CHIN
from tests.support.faces import WALL, drawn_face, presenter

if TYPE_CHECKING:
    from halfgig.face.mesh import Mesh

SIDE = 384


@functools.cache
def her_mesh() -> Mesh:
    return measure_mesh(*presenter(SIDE))


@functools.cache
def her_matte() -> Matte:
    return make_matte(presenter(SIDE)[0], her_mesh())


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def test_she_stands_before_her_wall() -> None:
    matte = her_matte()
    hair, blazer, corner, beside_her = ((0.5, 0.2), (0.5, 0.97), (0.03, 0.03), (0.9, 0.6))
    at = [matte.person[round(y * SIDE), round(x * SIDE)] for x, y in (hair, blazer, corner, beside_her)]
    assert at == [255, 255, 0, 0]
    assert matte.confidence > 0.9


def test_her_head_ends_at_the_neck_and_her_shoulders_begin_below_it() -> None:
    matte, chin = her_matte(), her_mesh().place(CHIN)
    unit = her_mesh().five.eye_distance
    eyes, neck = (int(matte.head[round(chin.y + down * unit), round(chin.x)]) for down in (-1.5, 0.6))
    assert eyes == 255
    assert neck < 60
    assert matte.shoulders is not None
    assert chin.y + 0.3 * unit < matte.shoulders < chin.y + 2.5 * unit


def test_a_picture_cut_at_the_chin_has_no_shoulders() -> None:
    rgb, points = presenter(SIDE)
    rgb = np.ascontiguousarray(rgb[: round(her_mesh().place(CHIN).y) + 6])
    assert make_matte(rgb, measure_mesh(rgb, points)).shoulders is None


@pytest.mark.parametrize("light", [0.3, 0.6])
def test_the_dark_changes_little(light: float) -> None:
    dark = (presenter(SIDE)[0] * light).astype(np.uint8)
    assert overlap(make_matte(dark, her_mesh()).person > 127, her_matte().person > 127) > 0.97


def test_a_drawn_face_is_cut_out_by_its_colours() -> None:
    rgb, points = drawn_face()
    drawn = (rgb != WALL).any(axis=2)
    matte = make_matte(rgb, measure_mesh(rgb, points))
    assert overlap(matte.person > 127, drawn) > 0.9


def test_of_two_people_one_head_moves() -> None:
    both = np.hstack([presenter(SIDE)[0]] * 2)
    head = make_matte(both, her_mesh()).head
    assert head[:, : SIDE // 2].max() == 255
    assert head[:, SIDE:].max() < 30


def test_a_pictures_own_transparency_is_its_matte() -> None:
    alpha = np.zeros((SIDE, SIDE), np.uint8)
    alpha[:, 100:300] = 200
    matte = make_matte(presenter(SIDE)[0], her_mesh(), alpha)
    assert np.array_equal(matte.person, alpha)
    assert matte.confidence == 1.0


def test_the_maps_are_small_and_the_same_each_time() -> None:
    rgb, points = presenter(1024)
    mesh = measure_mesh(rgb, points)
    first = make_matte(rgb, mesh)
    assert first.person.shape == first.head.shape == (LONGEST, LONGEST)
    assert make_matte(rgb, mesh) == first


def test_an_edge_moves_to_where_the_colours_change() -> None:
    guide = np.zeros((40, 40, 3), np.uint8)
    guide[:, 20:] = (200, 120, 40)
    rough = np.zeros((40, 40), np.float32)
    rough[:, 17:] = 1
    found = guided_filter(guide, rough, 8, 1e-4)
    assert found[20, 23] - found[20, 22] < 0.1
    assert found[20, 20] - found[20, 19] > 0.5
