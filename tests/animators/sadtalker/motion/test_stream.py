"""Blocks that are taken in other lengths, or twice."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.sadtalker.motion.stream import Stream, twice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(1, 9), min_size=1))
def test_rows_are_taken_in_order_in_any_lengths(lengths: list[int], asked: list[int]) -> None:
    rows = np.arange(sum(lengths), dtype=np.float32)
    stream = Stream(np.split(rows, np.cumsum(lengths)[:-1]))
    found = np.concatenate([stream.take(n) for n in asked])
    assert np.array_equal(found, rows[: sum(asked)])


def test_two_readers_get_all_blocks_at_their_own_pace() -> None:
    fast, slow = twice(np.full(1, i, np.float32) for i in range(5))
    first = next(slow)
    assert [float(block[0]) for block in fast] == [0, 1, 2, 3, 4]
    assert [float(block[0]) for block in (first, *slow)] == [0, 1, 2, 3, 4]


def test_a_block_that_both_have_read_is_let_go() -> None:
    alive: list[weakref.ref[Floats]] = []

    def blocks() -> Iterator[Floats]:
        for _ in range(3):
            block = np.zeros(1, np.float32)
            alive.append(weakref.ref(block))
            yield block
            del block

    readers = twice(blocks())
    for _ in range(2):
        for reader in readers:
            next(reader)
    assert alive[0]() is None
