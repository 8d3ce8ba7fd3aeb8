from __future__ import annotations

import itertools
import math

import pytest

from halfgig.animators.puppet.blendshapes import FrameCue, Mouth
from halfgig.animators.puppet.easing import random_for
from halfgig.animators.puppet.gaze import BACK_S, FARTHEST_DEG, SHORTEST_GLANCE_S, STAY_S, Gaze
from halfgig.animators.puppet.phrases import LOOK_AHEAD_S
from tests.animators.puppet.cues import gaze_of, idle, is_on_viewer, phrases, talked, talking

SEEDS = range(4)
LONG_S = 120.0


@pytest.mark.parametrize("seed", SEEDS)
def test_one_who_talks_looks_at_the_viewer_most_of_the_time(seed: int) -> None:
    looks = [
        is_on_viewer(pose)
        for pose, cue in zip(talking(LONG_S, seed=seed), talked(LONG_S), strict=True)
        if cue.until_voice == 0
    ]
    assert 0.65 <= sum(looks) / len(looks) <= 0.85


@pytest.mark.parametrize("seed", SEEDS)
def test_one_who_is_silent_looks_away_less(seed: int) -> None:
    looks = [is_on_viewer(pose) for pose in idle(LONG_S, seed=seed)]
    assert 0.8 <= sum(looks) / len(looks) <= 0.95


def test_eyes_turn_away_in_thought() -> None:
    away, total = 0, 0
    for seed in SEEDS:
        made = talking(LONG_S, seed=seed)
        for (_, end), (start, _) in itertools.pairwise(phrases(LONG_S)):
            if start - end > 1.5:
                total += 1
                away += not is_on_viewer(made[round((end + 0.8) * 25)])
    assert 0.5 < away / total < 0.9


def test_eyes_are_back_before_a_phrase_begins_and_stay() -> None:
    back = LOOK_AHEAD_S - SHORTEST_GLANCE_S - 0.1  # from a glance that begins when the phrase is not yet known
    assert back < BACK_S
    for seed in SEEDS:
        made = talking(LONG_S, seed=seed)
        for (_, end), (start, stop) in itertools.pairwise(phrases(LONG_S)[:-1]):
            if start - end >= LOOK_AHEAD_S:
                frames = made[math.ceil((start - back) * 25) : int(min(stop, start + STAY_S) * 25)]
                assert all(is_on_viewer(pose) for pose in frames), (seed, start)


def test_most_shifts_are_small_and_none_beyond_the_farthest() -> None:
    sizes = []
    for one, other in itertools.pairwise(talking(LONG_S)):
        size = math.dist(gaze_of(one), gaze_of(other))
        if size > 0.3:
            sizes.append(size)
    assert sum(size < 3 for size in sizes) > 0.5 * len(sizes)
    assert max(math.hypot(*gaze_of(pose)) for pose in talking(LONG_S)) < FARTHEST_DEG + 3


def test_eyes_counter_the_head_so_that_the_gaze_rests() -> None:
    made = talking(LONG_S, liveliness=1.0)
    shift = [
        (abs(b.head.yaw - a.head.yaw), abs(gaze_of(b)[0] - gaze_of(a)[0]))
        for a, b in itertools.pairwise(made)
        if is_on_viewer(a) and is_on_viewer(b)
    ]
    turned = [(head, gaze) for head, gaze in shift if head > 0.1]
    assert len(turned) > 500
    assert sum(gaze < 1e-6 for _, gaze in turned) > 0.85 * len(turned)


def test_the_head_follows_a_glance_later_and_less() -> None:
    gaze, silent = Gaze(random_for(0, "gaze")), FrameCue(Mouth())
    looks = [(gaze.follow(i / 25, silent).yaw, gaze.head(i / 25).yaw) for i in range(round(25 * LONG_S))]
    starts = [i for i in range(25, len(looks) - 25) if abs(looks[i][0]) > 5 > abs(looks[i - 1][0])]
    assert len(starts) > 5
    for start in starts:
        (eyes, early), (_, late) = looks[start], looks[start + 12]
        assert abs(early) < 0.1 * abs(eyes)
        assert 0.1 < late / eyes < 0.5
