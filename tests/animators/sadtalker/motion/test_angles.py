"""Angles that are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.sadtalker.motion.angles import angle_path
from halfgig.errors import BadSetting


def test_a_head_turns_from_stop_to_stop_at_even_speed() -> None:
    found = angle_path("yaw", [-20, 30, 10], 11)
    assert found.tolist() == [-20, -13, -6, 1, 8, 15, 22, 29, 30, 23, 16]


def test_a_way_that_ends_early_stays_where_it_was_last() -> None:
    assert angle_path("yaw", [0, 10], 6).tolist() == [0, 2, 4, 6, 8, 8]


@pytest.mark.parametrize("stops", [[7], [7, 7], [7, 7, 7]])
def test_a_head_that_is_to_look_one_way_looks_there_in_every_frame(stops: list[float]) -> None:
    assert angle_path("roll", stops, 4).tolist() == [7, 7, 7, 7]


def test_stops_that_are_the_same_take_no_time() -> None:
    assert np.array_equal(angle_path("yaw", [0, 10, 10, 0], 9), angle_path("yaw", [0, 10, 0], 9))


@given(st.lists(st.integers(-90, 90), min_size=1, max_size=6), st.integers(1, 200))
def test_every_frame_has_an_angle_between_the_stops(stops: list[int], n_frames: int) -> None:
    found = angle_path("pitch", stops, n_frames)
    assert len(found) == n_frames
    assert found[0] == stops[0]
    assert min(stops) <= found.min()
    assert found.max() <= max(stops)


def test_no_angle_is_refused() -> None:
    with pytest.raises(BadSetting, match="no yaw to turn to"):
        angle_path("yaw", [], 10)


@pytest.mark.parametrize("stop", [-91.0, 91.0, float("nan"), float("inf")])
def test_an_angle_that_shows_no_face_is_refused(stop: float) -> None:
    with pytest.raises(BadSetting, match=r"a pitch of .* degrees"):
        angle_path("pitch", [0, stop], 10)
