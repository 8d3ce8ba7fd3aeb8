"""Head poses: chunks predicted one after the other, forced angles, and the streams of rows they are read from."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.sadtalker.motion.poses import (
    RowStream,
    angle_path,
    chunk_lengths,
    latents_from,
    pose_offsets,
    tee_blocks,
)
from halfgig.errors import BadSetting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(1, 9), min_size=1))
def test_rows_are_taken_in_order_in_any_lengths(lengths: list[int], lengths_taken: list[int]) -> None:
    rows = np.arange(sum(lengths), dtype=np.float32)
    stream = RowStream(np.split(rows, np.cumsum(lengths)[:-1]))
    found = np.concatenate([stream.take(n) for n in lengths_taken])
    assert np.array_equal(found, rows[: sum(lengths_taken)])


def test_two_readers_get_all_blocks_at_their_own_pace() -> None:
    fast, slow = tee_blocks(np.full(1, i, np.float32) for i in range(5))
    first = next(slow)
    assert [float(block[0]) for block in fast] == [0, 1, 2, 3, 4]
    assert [float(block[0]) for block in (first, *slow)] == [0, 1, 2, 3, 4]


def test_a_block_that_both_have_read_is_freed() -> None:
    alive: list[weakref.ref[Floats]] = []

    def blocks() -> Iterator[Floats]:
        for _ in range(3):
            block = np.zeros(1, np.float32)
            alive.append(weakref.ref(block))
            yield block
            del block

    readers = tee_blocks(blocks())
    for _ in range(2):
        for reader in readers:
            next(reader)
    assert alive[0]() is None


@pytest.mark.parametrize(
    ("n_frames", "wanted"),
    [(1, []), (2, [1]), (33, [32]), (34, [32, 1]), (65, [32, 32]), (66, [32, 32, 1])],
)
def test_chunks_have_32_frames_but_the_last(n_frames: int, wanted: list[int]) -> None:
    assert chunk_lengths(n_frames) == wanted


def chunks_of(n_frames: int) -> list[tuple[int, list[int]]]:
    """Return each chunk's index and the frames its audio came from."""
    given = []

    def predict(index: int, audio: Floats) -> Floats:
        given.append((index, audio[:, 0].astype(int).tolist()))
        return audio

    frames = np.repeat(np.arange(n_frames, dtype=np.float32)[:, None], 6, axis=1)
    found = np.concatenate(list(pose_offsets(np.array_split(frames, -(-n_frames // 5)), n_frames, predict)))
    assert np.array_equal(found, frames)
    return given


def test_one_frame_has_no_chunk() -> None:
    assert chunks_of(1) == []


def test_a_short_sound_begins_with_its_second_frame_again_and_again() -> None:
    assert chunks_of(4) == [(0, [1] * 30 + [2, 3])]


def test_a_last_chunk_hears_the_frames_before_it_again() -> None:
    assert chunks_of(43) == [(0, list(range(1, 33))), (1, list(range(11, 43)))]


def test_a_seed_gives_each_chunk_chance_of_its_own_in_any_order() -> None:
    one, other = latents_from(5), latents_from(5)
    second = other(1)
    assert np.array_equal(one(0), other(0))
    assert np.array_equal(one(1), second)
    assert not np.array_equal(one(0), one(1))
    assert not np.array_equal(one(0), latents_from(6)(0))


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
