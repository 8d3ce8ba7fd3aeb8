"""Rows that come in blocks of one length and are taken in blocks of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class Stream:
    """Hold the rows that came and were not taken yet."""

    def __init__(self, blocks: Iterable[Floats]) -> None:
        self._blocks = iter(blocks)
        self._held: list[Floats] = []

    def take(self, n: int) -> Floats:
        """Give the next `n` rows, fewer only where no more come; `n` is at least one."""
        while sum(map(len, self._held)) < n and (block := next(self._blocks, None)) is not None:
            self._held.append(block)
        rows = np.concatenate(self._held)
        self._held = [rows[n:]]
        return rows[:n]
