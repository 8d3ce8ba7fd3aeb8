from __future__ import annotations

import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.puppet.animation import poses
from halfgig.animators.puppet.blendshapes import FrameCue, Mouth
from halfgig.animators.puppet.blinks import EARLIEST_S
from tests.animators.puppet.cues import blinks_of, idle, is_on_viewer, phrases, talking

SEEDS = range(4)
LONG_S = 120.0


def intervals(seed: int) -> list[float]:
    """Return the times between the blinks of one who talks, those of double blinks left out."""
    starts = [blink.start for blink in blinks_of(talking(LONG_S, seed=seed), 25)]
    return [gap for gap in (b - a for a, b in itertools.pairwise(starts)) if gap > 0.6]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_who_talks_blinks_15_to_30_times_a_minute(seed: int) -> None:
    assert 15 <= len(blinks_of(talking(LONG_S, seed=seed), 25)) / (LONG_S / 60) <= 30


@pytest.mark.parametrize("seed", SEEDS)
def test_one_who_is_silent_blinks_10_to_22_times_a_minute(seed: int) -> None:
    assert 10 <= len(blinks_of(idle(LONG_S, seed=seed), 25)) / (LONG_S / 60) <= 22


def test_intervals_vary_and_long_ones_are_rare() -> None:
    gaps = [gap for seed in SEEDS for gap in intervals(seed)]
    assert 0.35 < statistics.stdev(gaps) / statistics.mean(gaps) < 0.8
    assert statistics.median(gaps) < statistics.mean(gaps)
    assert max(gaps) < 15


def test_blinks_are_more_frequent_where_phrases_end() -> None:
    starts = [blink.start for seed in SEEDS for blink in blinks_of(talking(LONG_S, seed=seed), 25)]
    ends = [end for _, end in phrases(LONG_S)]
    near = sum(any(-0.1 <= start - end < 0.4 for end in ends) for start in starts)
    expected = len(starts) * 0.5 * len(ends) / LONG_S
    assert near > 1.6 * expected


def test_many_large_shifts_of_gaze_go_with_a_blink() -> None:
    blinks = shifts = 0
    for seed in SEEDS:
        made = idle(LONG_S, seed=seed)
        starts = [blink.start for blink in blinks_of(made, 25)]
        for frame, (one, other) in enumerate(itertools.pairwise(made)):
            if is_on_viewer(one) and not is_on_viewer(other):
                shifts += 1
                blinks += any(abs(start - frame / 25) < 0.15 for start in starts)
    assert 0.15 < blinks / shifts < 0.6


def test_some_blinks_are_double_and_some_incomplete() -> None:
    blinks = [blink for seed in SEEDS for blink in blinks_of(talking(LONG_S, seed=seed), 25)]
    double = sum(b.start - a.start < 0.6 for a, b in itertools.pairwise(blinks) if b.start > a.start)
    assert 0.05 < double / len(blinks) < 0.25
    assert 0.05 < sum(blink.depth < 0.9 for blink in blinks) / len(blinks) < 0.25


def test_lids_close_faster_than_they_open_within_a_third_of_a_second() -> None:
    for blink in blinks_of(talking(60, fps=60.0), 60):
        assert 0.12 < blink.seconds < 0.42
        assert blink.peak < 0.5


@pytest.mark.parametrize("fps", [25.0, 29.97, 60.0])
def test_whole_blinks_close_the_eyes_for_a_frame(fps: float) -> None:
    depths = [blink.depth for blink in blinks_of(talking(120, fps=fps), fps)]
    assert all(depth > 0.98 or depth < 0.86 for depth in depths)
    assert sum(depth > 0.98 for depth in depths) > 0.7 * len(depths)


@given(st.integers())
def test_no_seed_blinks_in_the_first_second(seed: int) -> None:
    cues = [FrameCue(Mouth(), 1.0, 0.0, 0.3), FrameCue(Mouth(), 0.0)] * round(0.5 * 25 * EARLIEST_S)
    assert all(pose.eyes.blink_left == pose.eyes.blink_right < 0.15 for pose in poses(cues, 25, seed))
