from __future__ import annotations

import functools
import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.puppet.animation import EASE_IN_S, NOD, NOD_EVERY_S, NOD_S, SWAY, poses
from halfgig.animators.puppet.blendshapes import FrameCue, Mouth, Pose

RATES = [5.0, 12.5, 25.0, 29.97, 60.0]
SEEDS = range(8)


@functools.cache
def idled(seconds: float, fps: float = 25.0, seed: int = 0, accent_every_s: float = 0.0) -> tuple[Pose, ...]:
    """Return the poses of a silent mouth, with accents at regular intervals."""
    every = round(accent_every_s * fps)
    cues = (FrameCue(Mouth(), accent=bool(every) and frame % every == 0) for frame in range(round(seconds * fps)))
    return tuple(poses(cues, fps, seed))


def blinks(made: tuple[Pose, ...], fps: float) -> list[tuple[float, float]]:
    """Return start and length of each blink in seconds."""
    runs = itertools.groupby(enumerate(made), key=lambda numbered: numbered[1].eyes.blink_right > 0)
    frames = [[number for number, _ in run] for closed, run in runs if closed]
    return [(run[0] / fps, len(run) / fps) for run in frames]


@pytest.mark.parametrize("fps", RATES)
def test_the_same_seed_gives_the_same_poses(fps: float) -> None:
    cues = [FrameCue(Mouth(), accent=True)] * 100
    assert list(poses(cues, fps, 3)) == list(poses(cues, fps, 3))


def test_another_seed_gives_other_poses() -> None:
    assert len({idled(6, seed=seed) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fps", RATES)
def test_the_first_frame_is_the_portrait_itself(fps: float, seed: int) -> None:
    assert idled(1, fps, seed)[0] == Pose()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_head_sets_out_slowly(seed: int) -> None:
    for frame, pose in enumerate(idled(EASE_IN_S, 60.0, seed)):
        begun = frame / 60 / EASE_IN_S
        for moved, most in zip(pose.head, SWAY, strict=True):
            assert abs(moved) <= most * begun * begun * (3 - 2 * begun) + 1e-12


@given(st.integers())
def test_no_seed_blinks_in_the_first_second(seed: int) -> None:
    assert all(pose.eyes.blink_right == pose.eyes.blink_left == 0 for pose in poses([FrameCue(Mouth())] * 25, 25, seed))


def test_blinks_come_every_few_seconds_and_some_twice() -> None:
    starts = [start for seed in SEEDS for start, _ in blinks(idled(300, 25.0, seed), 25.0)]
    assert 2 <= 300 * len(SEEDS) / len(starts) <= 6
    gaps = [b - a for a, b in itertools.pairwise(starts) if b > a]
    double = sum(gap < 1 for gap in gaps) / len(gaps)
    assert 0.05 < double < 0.3
    assert max(gaps) < 6.5


def test_a_blink_takes_a_quarter_of_a_second() -> None:
    lengths = [length for _, length in blinks(idled(120, 60.0), 60.0)]
    assert lengths
    assert all(0.2 <= length <= 0.3 for length in lengths)


@pytest.mark.parametrize("fps", [25.0, 29.97, 60.0])
def test_each_blink_closes_the_eyes_for_a_frame(fps: float) -> None:
    made = idled(120, fps)
    for start, length in blinks(made, fps):
        frames = made[round(start * fps) : round((start + length) * fps)]
        assert max(pose.eyes.blink_right for pose in frames) > 0.98
        assert all(pose.eyes.blink_right == pose.eyes.blink_left for pose in frames)


def test_eyes_close_faster_than_they_open() -> None:
    made = idled(60, 60.0)
    start, length = blinks(made, 60.0)[0]
    lids = [pose.eyes.blink_right for pose in made[round(start * 60) : round((start + length) * 60)]]
    assert lids.index(max(lids)) < len(lids) / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_sway_keeps_to_its_bounds_and_never_rests(seed: int) -> None:
    made = idled(300, 5.0, seed)
    for axis, most in enumerate(SWAY):
        places = [pose.head[axis] for pose in made]
        assert max(map(abs, places)) <= most
        assert max(places) - min(places) > 0.8 * most
        assert max(abs(b - a) for a, b in itertools.pairwise(places)) < 2 * math.pi * 0.35 * most * 0.2


def nods(made: tuple[Pose, ...], still: tuple[Pose, ...]) -> list[float]:
    """Return the pitch of each frame without its sway."""
    return [pose.head.pitch - other.head.pitch for pose, other in zip(made, still, strict=True)]


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("seed", SEEDS)
def test_nods_begin_on_accents_and_not_too_often(seed: int, fps: float) -> None:
    depth = nods(idled(60, fps, seed, 0.7), idled(60, fps, seed))
    starts = [i for i in range(len(depth) - 1) if depth[i] == 0 < depth[i + 1]]
    assert len(starts) > 10
    assert all(start % round(0.7 * fps) == 0 for start in starts)
    assert all(b - a >= (NOD_S + NOD_EVERY_S[0]) * fps - 1 for a, b in itertools.pairwise(starts))
    assert max(depth) <= NOD[1]
    assert min(depth) >= 0


def test_without_accents_nothing_nods() -> None:
    assert all(pose.brows.inner_up == 0 for pose in idled(60))


def test_brows_go_along_with_some_nods() -> None:
    made = idled(300, 25.0, 0, 0.7)
    depth = nods(made, idled(300))
    lifted = [pose.brows.inner_up for pose in made]
    assert 0.5 < max(lifted) <= 0.7
    assert all(deep > 0 for deep, lift in zip(depth, lifted, strict=True) if lift > 0)
    assert 0.2 < sum(lift > 0 for lift in lifted) / sum(deep > 0 for deep in depth) < 0.6


def test_the_mouth_is_passed_on() -> None:
    mouths = [Mouth(jaw_open=frame / 50) for frame in range(50)]
    made = list(poses((FrameCue(mouth) for mouth in mouths), 25, 0))
    assert [pose.mouth for pose in made] == mouths
