from __future__ import annotations

import itertools

import pytest

from tests.animators.puppet.cues import idle, phrases, talking

LONG_S = 120.0


@pytest.mark.parametrize("seed", range(4))
def test_a_face_at_rest_breathes_12_to_16_times_a_minute(seed: int) -> None:
    drawn = [pose.breath for pose in idle(LONG_S, seed=seed)]
    turns = sum(b > a and b >= c and b > 0.3 for a, b, c in zip(drawn, drawn[1:], drawn[2:], strict=False))
    assert 12 <= turns / (LONG_S / 60) <= 16


def test_breath_is_drawn_before_a_phrase_and_spent_in_it() -> None:
    drawn = [pose.breath for pose in talking(LONG_S)]
    rises = 0
    for (_, end), (start, stop) in itertools.pairwise(phrases(LONG_S)[:-1]):
        assert drawn[round(25 * start)] > 0.45, start
        assert drawn[round(25 * stop)] < drawn[round(25 * start) + 1]
        rises += drawn[round(25 * start)] > drawn[round(25 * end)]
    assert rises > 10


def test_it_stays_in_its_bounds() -> None:
    assert all(0 <= pose.breath <= 1 for pose in (*talking(LONG_S, liveliness=1.0), *idle(LONG_S)))
