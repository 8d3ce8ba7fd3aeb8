"""How chunks of poses follow each other, with a mover that only says what it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.sadtalker.motion.poses import chunks, latents_from, motions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@pytest.mark.parametrize(
    ("n_frames", "wanted"),
    [(1, []), (2, [1]), (33, [32]), (34, [32, 1]), (65, [32, 32]), (66, [32, 32, 1])],
)
def test_chunks_have_32_frames_but_the_last(n_frames: int, wanted: list[int]) -> None:
    assert chunks(n_frames) == wanted


def told(n_frames: int) -> list[tuple[int, list[int]]]:
    """Return each chunk's number and the frames it heard."""
    heard = []

    def move(number: int, sound: Floats) -> Floats:
        heard.append((number, sound[:, 0].astype(int).tolist()))
        return sound

    frames = np.repeat(np.arange(n_frames, dtype=np.float32)[:, None], 6, axis=1)
    found = np.concatenate(list(motions(np.array_split(frames, -(-n_frames // 5)), n_frames, move)))
    assert np.array_equal(found, frames)
    return heard


def test_one_frame_has_no_chunk() -> None:
    assert told(1) == []


def test_a_short_sound_begins_with_its_second_frame_again_and_again() -> None:
    assert told(4) == [(0, [1] * 30 + [2, 3])]


def test_a_last_chunk_hears_the_frames_before_it_again() -> None:
    assert told(43) == [(0, list(range(1, 33))), (1, list(range(11, 43)))]


def test_a_seed_gives_each_chunk_chance_of_its_own_in_any_order() -> None:
    one, other = latents_from(5), latents_from(5)
    second = other(1)
    assert np.array_equal(one(0), other(0))
    assert np.array_equal(one(1), second)
    assert not np.array_equal(one(0), one(1))
    assert not np.array_equal(one(0), latents_from(6)(0))
