from __future__ import annotations

import functools

import numpy as np
import pytest

from halfgig.face.framing import Part, framing, moved, parse_aspect
from halfgig.face.matte import Matte, make_matte
from halfgig.face.measure import measure_mesh
from halfgig.face.topology import CHIN
from tests.support.faces import presenter

SIDE = 256
SIZE = SIDE, SIDE


@functools.cache
def her() -> tuple[np.ndarray, Matte]:
    rgb, points = presenter(SIDE)
    return measure_mesh(rgb, points).points, make_matte(rgb, measure_mesh(rgb, points))


@functools.cache
def part_of(aspect: str) -> Part:
    rgb, points = presenter(SIDE)
    mesh = measure_mesh(rgb, points)
    return framing(mesh, make_matte(rgb, mesh), SIZE, parse_aspect(aspect))


@pytest.mark.parametrize("aspect", ["9:16", "1:1", "16:9", "4:5"])
def test_a_part_has_the_aspect_ratio_and_shows_the_whole_head_in_its_middle(aspect: str) -> None:
    rgb, points = presenter(SIDE)
    part = part_of(aspect)
    assert part.width / part.height == pytest.approx(parse_aspect(aspect))
    rows, columns = np.nonzero(make_matte(rgb, measure_mesh(rgb, points)).head > 200)
    chin = measure_mesh(rgb, points).place(CHIN).y / SIDE
    assert part.top < rows.min() / SIDE
    assert part.top + part.height > chin
    assert part.left < columns.min() / SIDE
    assert part.left + part.width > columns.max() / SIDE
    assert abs(part.left + part.width / 2 - points.eyes.x / SIDE) < 0.1


def test_nothing_is_added_below_the_person() -> None:
    rgb, points = presenter(SIDE)
    mesh = measure_mesh(rgb, points)
    part = framing(mesh, make_matte(rgb, mesh), SIZE, 0.3)
    assert part.added > 0.1
    assert part.top + part.height == pytest.approx(1)


def test_the_square_of_a_square_is_all_of_it() -> None:
    assert part_of("1:1") == Part(0, 0, 1, 1)


def test_a_mesh_moves_with_its_part() -> None:
    rgb, points = presenter(SIDE)
    mesh = measure_mesh(rgb, points)
    found = moved(mesh, Part(0.25, 0.5, 0.5, 0.5), SIZE, (256, 256))
    assert np.allclose(found.points[0], (mesh.points[0] - (64, 128, 0)) * 2)
