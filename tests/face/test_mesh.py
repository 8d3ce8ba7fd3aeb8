from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.face.detect import MODEL as DETECTOR
from halfgig.face.mesh import MODEL, FaceMesh, Mesh
from halfgig.face.points import FivePoints, Point
from halfgig.face.segmentation import MODEL as SEGMENTATION
from halfgig.face.topology import LEFT_EYE, LIPS_INNER_LOWER, LIPS_INNER_UPPER, N_POINTS, RIGHT_EYE
from tests.support.faces import PRESENTER, presenter, shaken

if TYPE_CHECKING:
    from pathlib import Path

NOTICE = MODEL.with_name("THIRD_PARTY.md")


def test_her_points_are_found_from_rough_ones() -> None:
    rgb, points = presenter()
    mesh = FaceMesh().fit(rgb, shaken(points, 0.25, 1))
    assert mesh.points.shape == (N_POINTS, 3)
    assert mesh.score > 0.99
    for name in ("right_eye", "left_eye", "right_mouth", "left_mouth"):
        assert math.dist(getattr(mesh.five, name), getattr(points, name)) < 0.08 * points.eye_distance, name


def test_two_seeds_end_at_the_same_mesh() -> None:
    rgb, points = presenter()
    network = FaceMesh()
    one, other = (network.fit(rgb, shaken(points, 0.2, seed)).points[:, :2] for seed in (2, 3))
    assert np.hypot(*(one - other).T).max() < 0.05 * points.eye_distance


def test_depth_grows_away_from_the_viewer() -> None:
    mesh = FaceMesh().fit(*presenter())
    nose, ear, other_ear = (float(mesh.points[index, 2]) for index in (1, 234, 454))
    assert nose < min(ear, other_ear) - 0.5 * PRESENTER.eye_distance


@pytest.mark.parametrize("turns", range(1, 4))
def test_a_turned_picture_has_the_same_mesh_turned(turns: int) -> None:
    rgb, points = presenter(512)
    upright = FaceMesh().fit(rgb, points)
    turned = FaceMesh().fit(np.ascontiguousarray(np.rot90(rgb, turns)), _turned(points, turns))
    expected = [_turn(mesh, turns) for mesh in map(tuple, upright.points[:, :2].tolist())]
    assert np.hypot(*(turned.points[:, :2] - np.array(expected)).T).max() < 0.05 * points.eye_distance


def _turn(at: tuple[float, ...], turns: int) -> tuple[float, ...]:
    for _ in range(turns):
        at = at[1], 511 - at[0]
    return at


def _turned(points: FivePoints, turns: int) -> FivePoints:
    return FivePoints(*(Point(*_turn(at, turns)) for at in points.as_tuple()))


def test_contours_run_from_the_persons_right_to_the_left() -> None:
    x = FaceMesh().fit(*presenter()).points[:, 0]
    for contour in (RIGHT_EYE.upper, RIGHT_EYE.lower, LEFT_EYE.upper, LEFT_EYE.lower, RIGHT_EYE.brow, LEFT_EYE.brow):
        assert (np.diff(x[list(contour)]) > 0).all()
    for contour in (LIPS_INNER_UPPER, LIPS_INNER_LOWER):
        assert (np.diff(x[list(contour)]) > 0).all()


@pytest.mark.parametrize("value", [0, 255])
def test_a_flat_picture_has_no_face(value: int) -> None:
    assert FaceMesh().fit(np.full((300, 300, 3), value, np.uint8), presenter(300)[1]).score < 0.5


@pytest.mark.parametrize(("x", "y"), [(-100, 10), (500, 500), (0, 0)])
def test_points_outside_the_picture_give_finite_numbers(x: float, y: float) -> None:
    _, points = presenter(100)
    moved = FivePoints(*(Point(at.x + x, at.y + y) for at in points.as_tuple()))
    assert np.isfinite(FaceMesh().fit(np.zeros((90, 120, 3), np.uint8), moved).points).all()


def test_meshes_are_equal_by_their_numbers() -> None:
    points = np.zeros((N_POINTS, 3), np.float32)
    assert Mesh(points, 0.5) == Mesh(points.copy(), 0.5)
    assert Mesh(points, 0.5) != Mesh(points + 1, 0.5)


@pytest.mark.parametrize("path", [MODEL, DETECTOR, SEGMENTATION], ids=lambda path: path.name)
def test_the_notice_names_each_network_with_its_checksum(path: Path) -> None:
    notice = NOTICE.read_text(encoding="utf-8")
    assert path.name in notice
    assert hashlib.sha256(path.read_bytes()).hexdigest() in notice
