"""A map that passes by: only the rows that later layers still need are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.arena import Arena

    Floats = NDArray[np.float32]


class Window:
    """Some rows of a map [size, size, 1, channels] with a border of zeros."""

    def __init__(self, rooms: Arena, name: str, rows: int, size: int, channels: int) -> None:
        """Make room for `rows` rows at a time; the first is the border above the map."""
        self._rows = rooms.shared(name, min(rows, size + 2), size + 2, 1, channels)
        self._rows[:, 0] = self._rows[:, -1] = 0
        self._rows[0] = 0
        self._first = -1
        self._size = size

    def part(self, start: int, stop: int) -> Floats:
        """Return rows of the map with a border of a row and a column on all sides."""
        if stop == self._size:
            self._rows[stop - self._first] = 0
        return self._rows[start - 1 - self._first : stop + 1 - self._first]

    def rows(self, start: int) -> Floats:
        """Return the room for rows from `start` on, without a border, to be written."""
        return self._rows[start - self._first :, 1:-1]

    def forget(self, start: int, stop: int) -> None:
        """Let go of all rows above the one before `start`; `stop` is where the next rows begin."""
        if stop == self._size:
            return
        kept = slice(start - 1 - self._first, stop - self._first)
        self._rows[: kept.stop - kept.start] = self._rows[kept].copy()
        self._first = start - 1
