from __future__ import annotations

import itertools

import pytest

from halfgig.animators.puppet.animation import poses
from halfgig.animators.puppet.blendshapes import FrameCue, Mouth, Pose
from tests.animators.puppet.cues import gaze_of, idle, is_on_viewer, talked, talking

RATES = [5.0, 12.5, 25.0, 29.97, 60.0]
SEEDS = range(8)


@pytest.mark.parametrize("fps", RATES)
def test_the_same_seed_gives_the_same_poses(fps: float) -> None:
    assert list(poses(talked(20, fps), fps, 3)) == list(poses(talked(20, fps), fps, 3))


def test_another_seed_gives_other_poses() -> None:
    assert len({idle(6, seed=seed) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fps", RATES)
def test_the_first_frame_is_the_portrait_itself(fps: float, seed: int) -> None:
    assert idle(1, fps, seed)[0] == Pose()


def test_the_mouth_is_passed_on() -> None:
    mouths = [Mouth(jaw_open=frame / 50) for frame in range(50)]
    made = list(poses((FrameCue(mouth) for mouth in mouths), 25, 0))
    assert [pose.mouth for pose in made] == mouths


def test_without_liveliness_nothing_but_the_mouth_moves() -> None:
    assert list(talking(60, liveliness=0.0)) == [Pose(cue.mouth) for cue in talked(60)]


def test_moods_leave_a_still_face_its_head_and_gaze() -> None:
    for pose in talking(60, liveliness=0.0, mood="surprised"):
        assert (*pose.head, pose.breath, *pose.eyes[:2], *pose.eyes[4:]) == (0,) * 11


@pytest.mark.parametrize("liveliness", [0.5, 1.0])
def test_nothing_jumps_but_eyes_and_lids(liveliness: float) -> None:
    for made in (talking(60, 60.0, liveliness=liveliness), idle(30, 60.0, liveliness=liveliness)):
        for one, other in itertools.pairwise(made):
            assert max(abs(b - a) for a, b in zip(one.head[3:], other.head[3:], strict=True)) < 0.8
            assert max(abs(b - a) for a, b in zip(one.head[:3], other.head[:3], strict=True)) < 0.004
            assert max(abs(b - a) for a, b in zip(one.brows, other.brows, strict=True)) < 0.12
            assert abs(other.breath - one.breath) < 0.15


def test_the_frame_rate_hardly_changes_what_is_done() -> None:
    slow, fast = talking(60, 25.0), talking(60, 50.0)[::2]
    alike = [
        abs(a.head.yaw - b.head.yaw) < 0.2 and is_on_viewer(a) == is_on_viewer(b)
        for a, b in zip(slow, fast, strict=True)
    ]
    assert sum(alike) > 0.8 * len(alike)


def test_eyes_never_turn_further_than_eyes_do() -> None:
    for pose in talking(120, liveliness=1.0):
        assert max(abs(pose.eyes.gaze_yaw), abs(pose.eyes.gaze_pitch)) <= 20
        assert abs(gaze_of(pose)[0]) < 15
