from __future__ import annotations

import functools
import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.animators.puppet.bases import face_coordinates
from halfgig.animators.puppet.blendshapes import Head, Pose
from halfgig.animators.puppet.body_motion import BREATH, BodyMotion, Layout
from halfgig.animators.puppet.depth import measure_depth
from halfgig.face.frame import FaceFrame
from halfgig.face.points import FivePoints, Point
from halfgig.face.standard_mesh import laid_over
from halfgig.face.topology import CHIN, EARS, N_MESH, NOSE_TIP
from tests.support.faces import presenter_rig

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.mesh import Mesh

SIDE = 384
LARGEST = Head(x=0.05, y=0.04, scale=0.03, yaw=8, pitch=8, roll=5)
SIZES = [(320, 400), (64, 64), (63, 47), (501, 77), (33, 600), (2, 2), (9, 8)]

heads = st.builds(Head, *(st.floats(-most, most) for most in LARGEST))


def usual_mesh(frame: FaceFrame) -> Mesh:
    places = ((-0.5, 0.0), (0.5, 0.0), (0.0, 0.67), (-0.45, 1.05), (0.45, 1.05))
    return laid_over(FivePoints(*(frame.to_picture(Point(*place)) for place in places)))


def usual_body(frame: FaceFrame, size: tuple[int, int]) -> BodyMotion:
    """Return the motion of a usual head whose picture has no matte."""
    depth = measure_depth(usual_mesh(frame), frame, None, size[0])
    return BodyMotion(Layout(frame, size, depth, None))


@functools.cache
def her_body() -> BodyMotion:
    """Return the presenter's motion, in frames of `SIDE` pixels."""
    rig = presenter_rig(SIDE)
    depth = measure_depth(rig.mesh, rig.shape.frame, rig.matte, SIDE)
    return BodyMotion(Layout(rig.shape.frame, (SIDE, SIDE), depth, rig.matte))


def moved(body: BodyMotion, pose: Pose) -> NDArray[np.float32]:
    """Return how far each pixel of a frame has come, [H, W, 2], to the right and down in pixels."""
    x, y = body.maps(pose)
    rows, columns = np.mgrid[: x.shape[0], : x.shape[1]]
    return np.stack([columns - x, rows - y], axis=-1)


def arrival(body: BodyMotion, pose: Pose, x: float, y: float) -> tuple[float, float]:
    """Return where the pixel of the picture at x, y is in the frame."""
    source_x, source_y = body.maps(pose)
    to_x, to_y = x, y
    for _ in range(20):
        row, column = round(to_y), round(to_x)
        to_x += x - (float(source_x[row, column]) + to_x - column)
        to_y += y - (float(source_y[row, column]) + to_y - row)
    return to_x, to_y


@pytest.mark.parametrize("angle", [-6, 6])
@pytest.mark.parametrize("axis", ["yaw", "pitch"])
def test_the_nose_moves_against_the_ears_by_what_the_mesh_says(axis: str, angle: float) -> None:
    points = presenter_rig(SIDE).mesh.points
    pose = Pose(head=Head(**{axis: angle}))
    went = {
        i: np.subtract(arrival(her_body(), pose, *points[i, :2]), points[i, :2])
        for i in (NOSE_TIP, *EARS)
    }  # fmt: skip
    turn, along = math.radians(angle), 0 if axis == "yaw" else 1
    for ear in EARS:
        nearer = float(points[ear, 2] - points[NOSE_TIP, 2])
        before = float(points[NOSE_TIP, along] - points[ear, along])
        expected = nearer * math.sin(turn) + before * (math.cos(turn) - 1)
        assert went[NOSE_TIP][along] - went[ear][along] == pytest.approx(expected, rel=0.1)


@given(st.tuples(*(st.sampled_from((-1.0, 1.0)) for _ in LARGEST)))
@settings(max_examples=24)
def test_the_largest_turn_folds_nothing(signs: tuple[float, ...]) -> None:
    pose = Pose(head=Head(*(sign * most for sign, most in zip(signs, LARGEST, strict=True))), breath=1)
    x, y = her_body().maps(pose)
    stretch = np.gradient(x, axis=1) * np.gradient(y, axis=0) - np.gradient(x, axis=0) * np.gradient(y, axis=1)
    assert stretch.min() > 0.2
    assert stretch.max() < 3


@given(heads, st.floats(0, 1), st.sampled_from(SIZES), st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 0.6))
@settings(max_examples=40)
def test_nothing_is_taken_from_over_a_border_that_cuts_the_person(
    head: Head, breath: float, size: tuple[int, int], x: float, y: float, unit: float
) -> None:
    frame = FaceFrame(Point(x * size[0], y * size[1]), max(1.0, unit * min(size)), 0.4)
    right, down = np.moveaxis(moved(usual_body(frame, size), Pose(head=head, breath=breath)), -1, 0)
    assert not right[:, [0, -1]].any()
    assert not down[[0, -1]].any()


def test_the_torso_is_not_lifted_off_the_border_below() -> None:
    torso = presenter_rig(SIDE).matte.person[-1] > 127
    assert 0.5 < torso.mean() < 1
    for head, breath in itertools.product((Head(), LARGEST, Head(*(-most for most in LARGEST))), (0, 1)):
        assert np.abs(moved(her_body(), Pose(head=head, breath=breath))[-1, torso, 1]).max() < 1e-3  # pixels


def test_a_border_far_from_the_person_holds_nothing_back() -> None:
    went = moved(her_body(), Pose(head=Head(y=0.1))) / presenter_rig(SIDE).shape.frame.unit
    row, column = her_place(0, -2.5)
    assert row < 40  # between the hair and the border above
    assert went[row, column, 1] == pytest.approx(0.1, abs=0.005)


@pytest.mark.parametrize("size", SIZES)
def test_a_still_pose_moves_nothing(size: tuple[int, int]) -> None:
    frame = FaceFrame(Point(0.5 * size[0], 0.4 * size[1]), max(1.0, 0.2 * min(size)), 0.1)
    assert not moved(usual_body(frame, size), Pose()).any()


@pytest.mark.parametrize(
    ("head", "roll", "expected"),
    [
        (Head(x=0.05), 0.0, (4, 0)),
        (Head(y=0.05), 0.0, (0, 4)),
        (Head(x=-0.1), 0.0, (-8, 0)),
        (Head(x=0.05), math.pi / 2, (0, 4)),
    ],
)
def test_the_middle_of_the_face_goes_where_the_head_goes(
    head: Head, roll: float, expected: tuple[float, float]
) -> None:
    body = usual_body(FaceFrame(Point(200, 200), 80, roll), (400, 400))
    assert moved(body, Pose(head=head))[200, 200] == pytest.approx(expected, abs=0.1)


def test_a_larger_head_comes_closer_from_all_sides() -> None:
    went = moved(her_body(), Pose(head=Head(scale=0.1)))
    row, column = her_place(0, 0.6)
    assert went[row, column - 30, 0] < -1 < 1 < went[row, column + 30, 0]
    assert went[row - 30, column, 1] < -1 < 1 < went[row + 30, column, 1]


def test_hair_and_ears_go_with_the_head_and_shoulders_stay() -> None:
    went = np.abs(moved(her_body(), Pose(head=Head(x=0.1))))[..., 0] / presenter_rig(SIDE).shape.frame.unit
    head = [went[her_place(*place)] for place in ((0, 0.5), (0, -1.3), (-1.2, 0.3), (1.2, 0.3))]
    assert head == pytest.approx([0.1] * 4, abs=0.003)
    assert went[her_place(-1.8, 3.6)] < 0.015


def test_a_breath_lifts_the_shoulders_and_not_the_face() -> None:
    went = moved(her_body(), Pose(breath=1))
    unit, chin = presenter_rig(SIDE).shape.frame.unit, presenter_rig(SIDE).mesh.place(CHIN)
    assert np.abs(went[: round(chin.y)]).max() == 0
    lifted = -went[her_place(1.6, 3.3)][1] / unit
    assert 0.6 * BREATH < lifted < 1.1 * BREATH
    assert went[her_place(1.6, 3.3)][0] > 0 > went[her_place(-1.6, 3.3)][0]  # and the chest widens


def test_a_picture_without_a_torso_does_not_breathe() -> None:
    rig = presenter_rig(SIDE)
    depth = measure_depth(rig.mesh, rig.shape.frame, rig.matte, SIDE)
    body = BodyMotion(Layout(rig.shape.frame, (SIDE, SIDE), depth, replace(rig.matte, shoulders=None)))
    assert not moved(body, Pose(breath=1)).any()


def test_the_depth_runs_through_the_mesh() -> None:
    rig = presenter_rig(SIDE)
    frame, points = rig.shape.frame, rig.mesh.points[:N_MESH]
    depth = measure_depth(rig.mesh, frame, rig.matte, SIDE)
    got = depth.at(*face_coordinates(frame, points[None, :, 0], points[None, :, 1]))[0]
    before = got + points[:, 2] / frame.unit
    assert before.std() < 0.1
    assert depth.at(np.array([[0, 3.4]], np.float32), np.array([[-4, 0]], np.float32)) == pytest.approx(0, abs=0.05)


def her_place(x: float, y: float) -> tuple[int, int]:
    """Return row and column of a position in eye distances."""
    at = presenter_rig(SIDE).shape.frame.to_picture(Point(x, y))
    return round(at.y), round(at.x)
