from __future__ import annotations

import itertools

import pytest

from halfgig.animators.puppet.animation import poses
from halfgig.animators.puppet.blendshapes import FrameCue, Head, Mouth, Pose
from halfgig.animators.puppet.easing import random_for
from halfgig.animators.puppet.head_motion import EASE_IN_S, FARTHEST, NOD_DEG, NOD_EVERY_S, NOD_S, Drift
from tests.animators.puppet.cues import idle, phrases, talked, talking

SEEDS = range(4)
LONG_S = 120.0


def speeds(made: tuple[Pose, ...], axis: str, fps: float = 25.0) -> list[float]:
    """Return how fast the head turns between frames, in degrees a second."""
    return [abs(getattr(b.head, axis) - getattr(a.head, axis)) * fps for a, b in itertools.pairwise(made)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_liveliest_head_turns_and_nods_by_4_to_8_degrees(seed: int) -> None:
    made = talking(LONG_S, seed=seed, liveliness=1.0)
    for axis in ("yaw", "pitch"):
        assert 4 <= max(abs(getattr(pose.head, axis)) for pose in made) <= getattr(FARTHEST, axis) <= 8


@pytest.mark.parametrize("liveliness", [0.1, 0.5, 1.0])
def test_no_part_of_the_head_goes_beyond_its_farthest(liveliness: float) -> None:
    for pose in talking(LONG_S, liveliness=liveliness):
        assert all(abs(part) <= most for part, most in zip(pose.head, FARTHEST, strict=True))


def test_a_livelier_head_turns_further() -> None:
    turns = [
        sum(abs(pose.head.yaw) for pose in talking(LONG_S, liveliness=liveliness)) for liveliness in (0, 0.2, 0.5, 1)
    ]
    assert turns[0] == 0
    assert 2 * turns[1] < turns[2] < 0.6 * turns[3]


def test_the_head_moves_slowly_and_rests_between() -> None:
    turning = speeds(talking(LONG_S, liveliness=1.0), "yaw")
    assert max(turning) < 45
    assert sorted(turning)[len(turning) // 2] < 2
    assert sum(speed > 4 for speed in turning) > 0.1 * len(turning)


def test_postures_change_where_phrases_begin() -> None:
    made = talking(LONG_S, liveliness=1.0)
    turning = speeds(made, "yaw")
    begun = [turning[round(25 * start + shift)] for start, _ in phrases(LONG_S)[:-2] for shift in range(5, 15)]
    assert sum(begun) / len(begun) > 1.25 * sum(turning) / len(turning)


def test_one_who_is_silent_moves_less() -> None:
    talk, rest = (sum(sum(speeds(made(LONG_S, seed=seed), "yaw")) for seed in SEEDS) for made in (talking, idle))
    assert 0 < rest < 0.75 * talk


@pytest.mark.parametrize("seed", SEEDS)
def test_the_drift_sets_out_slowly(seed: int) -> None:
    drift = Drift(random_for(seed, "drift"))
    assert drift.head(0.0) == Head()
    steps = [
        abs(b.yaw - a.yaw) for a, b in itertools.pairwise(drift.head(i / 60) for i in range(round(60 * EASE_IN_S)))
    ]
    assert max(steps) < 0.05


def nods(fps: float, seed: int, accent: float = 1.0) -> tuple[list[float], list[Pose]]:
    """Return the pitch that a stress every 0.7 seconds adds in each frame, and the poses."""
    cues = [FrameCue(Mouth(), accent if i % round(0.7 * fps) == 0 else 0.0, 0.0) for i in range(round(60 * fps))]
    made = list(poses(cues, fps, seed))
    still = poses((cue._replace(accent=0.0) for cue in cues), fps, seed)
    return [pose.head.pitch - other.head.pitch for pose, other in zip(made, still, strict=True)], made


@pytest.mark.parametrize("fps", [12.5, 25.0, 60.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_nods_begin_with_stress_and_not_too_often(seed: int, fps: float) -> None:
    depth, _ = nods(fps, seed)
    starts = [i for i in range(len(depth) - 1) if abs(depth[i]) < 1e-9 < depth[i + 1] - 1e-9]
    assert len(starts) > 10
    assert all(start % round(0.7 * fps) == 0 for start in starts)
    assert all(b - a >= (NOD_S + NOD_EVERY_S[0]) * fps - 1 for a, b in itertools.pairwise(starts))
    assert 0.5 * NOD_DEG[0] < max(depth) <= 0.5 * NOD_DEG[1] + 1e-9


def test_stronger_stress_gives_deeper_nods_and_weak_stress_none() -> None:
    strong, medium, weak = (max(nods(25, 0, accent)[0]) for accent in (1.0, 0.5, 0.2))
    assert strong > 1.5 * medium > 0
    assert weak == 0


def test_brows_go_along_with_some_nods() -> None:
    depth, made = nods(25, 0)
    lifted = [pose.brows.inner_up for pose in made]
    assert max(lifted) > 0.3
    assert all(deep > 0 for deep, lift in zip(depth, lifted, strict=True) if lift > 0)
    assert 0.2 < sum(lift > 0 for lift in lifted) / sum(deep > 1e-9 for deep in depth) < 0.6
    assert all(pose.brows.inner_up == 0 for pose in idle(60))


def test_talking_has_nods() -> None:
    assert sum(cue.accent > 0 for cue in talked(60)) > 50
    assert max(pose.head.pitch for pose in talking(60)) > 1.5
