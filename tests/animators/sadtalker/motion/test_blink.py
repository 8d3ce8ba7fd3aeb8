"""When a face blinks, with chance given."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.sadtalker.motion.blink import LIDS, blinks
from tests.animators.sadtalker.networks.world import golden


def test_blinks_are_the_originals_for_the_same_draws() -> None:
    drawn = iter([20, 26])
    asked = []

    def draw(low: int, high: int) -> int:
        asked.append((low, high))
        return next(drawn)

    assert np.array_equal(blinks(55, draw), golden("coefficients")["blink"][:, 0])
    assert asked == [(10, 27), (10, 27)]


def test_eyes_stay_open_at_least_ten_frames_between_blinks() -> None:
    found = blinks(200, min)
    assert np.flatnonzero(found == 1).tolist() == list(range(12, 200 - 2, 15))


@pytest.mark.parametrize("n_frames", [1, 2, 20, 21])
def test_a_short_film_has_no_blink(n_frames: int) -> None:
    assert not blinks(n_frames, random.Random(1).randrange).any()


def test_a_film_of_22_frames_may_blink() -> None:
    assert blinks(22, random.Random(1).randrange)[10:15].tolist() == pytest.approx(LIDS)


@given(st.integers(1, 2000), st.integers())
def test_every_blink_is_whole_and_the_last_frame_is_open(n_frames: int, seed: int) -> None:
    found = blinks(n_frames, random.Random(seed).randrange)
    assert len(found) == n_frames
    assert found[-1] == 0
    assert np.count_nonzero(found == np.float32(0.9)) == 2 * np.count_nonzero(found == 1)
