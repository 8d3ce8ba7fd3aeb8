"""Rows that come in blocks of one length and are taken in blocks of another, or twice."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class Stream:
    """The rows that came and were not taken yet."""

    def __init__(self, blocks: Iterable[Floats]) -> None:
        self._blocks = iter(blocks)
        self._held: list[Floats] = []

    def take(self, n: int) -> Floats:
        """Return the next `n` rows, fewer only where no more come; `n` is at least one."""
        while sum(map(len, self._held)) < n and (block := next(self._blocks, None)) is not None:
            self._held.append(block)
        rows = np.concatenate(self._held)
        self._held = [rows[n:]]
        return rows[:n]


def twice(blocks: Iterable[Floats]) -> tuple[Iterator[Floats], Iterator[Floats]]:
    """Return all blocks to two readers; only what one of them has not read yet is held.

    Python's own `tee` lets go of 57 blocks at a time: 9 MB of windows.
    """
    coming = iter(blocks)
    waiting: tuple[deque[Floats], deque[Floats]] = deque(), deque()

    def reader(own: deque[Floats]) -> Iterator[Floats]:
        while True:
            if not own:
                if (block := next(coming, None)) is None:
                    return
                for one in waiting:
                    one.append(block)
            yield own.popleft()

    return reader(waiting[0]), reader(waiting[1])
