"""Warping of feature maps, and a window of rows: only the rows that later layers still need are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.keypoints import axis
from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

    from halfgig.animators.sadtalker.networks.arena import Arena

ROWS = 2
"""Rows of the volume warped at a time."""


def position(place: Floats, n: int) -> Floats:
    """Return which voxel of n a place in -1..1 is read from."""
    return np.asarray(((place + 1) * np.float32(n) - 1) / 2, np.float32)


def shift(n: int, by: float) -> Floats:
    """Return the matrix [n, n] that looks a line of n up at its places moved by `by`."""
    at = position(axis(n) + np.float32(by), n)
    first = np.floor(at)
    matrix = np.zeros((n, n), np.float32)
    for index, share in ((first, 1 - (at - first)), (first + 1, at - first)):
        known = (index >= 0) & (index < n)
        matrix[np.flatnonzero(known), index[known].astype(np.intp)] += share[known]
    return matrix


def warped(context: LayerContext, volume: Floats, places: Floats, out: Floats) -> None:
    """Look a volume [rows, columns, depth, channels] up at places [rows, columns, depth, 3] (x, y, z).

    Into `out`, [rows, columns, 1, depth * channels].
    """

    def work(rows: Span) -> None:
        _look_up(context, volume, places[rows.slice], out[rows.slice])

    context.pool.all(work, spans(len(volume), ROWS))


def _look_up(context: LayerContext, volume: Floats, places: Floats, out: Floats) -> None:
    rows, columns, depth, channels = volume.shape
    flat, count = volume.reshape(-1, channels), places.size // 3
    x, y, z = (_sides(places[..., i].reshape(-1), n) for i, n in enumerate((columns, rows, depth)))
    found, sum_ = context.arena.mine("found", count, channels), context.arena.mine("sum", count, channels)
    sum_[:] = 0
    for iy, wy in y:
        for ix, wx in x:
            for iz, wz in z:
                np.take(flat, (iy * columns + ix) * depth + iz, axis=0, out=found, mode="clip")
                found *= (wx * wy * wz)[:, None]
                sum_ += found
    out[:] = sum_.reshape(out.shape)


def _sides(place: Floats, n: int) -> list[tuple[NDArray[np.intp], Floats]]:
    """Return the voxels on both sides of places along an axis and their shares, nothing outside."""
    at = position(place, n)
    first = np.floor(at)
    far = at - first
    sides = []
    for index, share in ((first, 1 - far), (first + 1, far)):
        known = (index >= 0) & (index < n)
        sides.append((np.where(known, index, 0).astype(np.intp), np.where(known, share, np.float32(0))))
    return sides


class Window:
    """Some rows of a map [size, size, 1, channels] with a border of zeros."""

    def __init__(self, arena: Arena, name: str, rows: int, size: int, channels: int) -> None:
        """Make room for `rows` rows at a time; the first is the border above the map."""
        self._rows = arena.shared(name, min(rows, size + 2), size + 2, 1, channels)
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
        """Drop all rows above the one before `start`; `stop` is where the next rows begin."""
        if stop == self._size:
            return
        kept = slice(start - 1 - self._first, stop - self._first)
        self._rows[: kept.stop - kept.start] = self._rows[kept].copy()
        self._first = start - 1
