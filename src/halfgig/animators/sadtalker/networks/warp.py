"""Warping of feature volumes by trilinear sampling, and a sliding window over the rows of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.keypoints import axis
from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

    from halfgig.animators.sadtalker.networks.context import Arena

ROWS = 2
"""Rows of the output warped at a time."""


def voxel_index(coordinate: Floats, n: int) -> Floats:
    """Return the fractional index among `n` voxels for a coordinate in -1..1, as torch's grid_sample does.

    -1 and 1 are the outer edges of the first and last voxel (`align_corners=False`).
    """
    return np.asarray(((coordinate + 1) * np.float32(n) - 1) / 2, np.float32)


def shift_matrix(n: int, by: float) -> Floats:
    """Return the matrix [n, n] that samples a line of `n` values at its own coordinates plus `by`."""
    at = voxel_index(axis(n) + np.float32(by), n)
    first = np.floor(at)
    matrix = np.zeros((n, n), np.float32)
    for index, weight in ((first, 1 - (at - first)), (first + 1, at - first)):
        valid = (index >= 0) & (index < n)
        matrix[np.flatnonzero(valid), index[valid].astype(np.intp)] += weight[valid]
    return matrix


def warp_into(context: LayerContext, volume: Floats, grid: Floats, out: Floats) -> None:
    """Sample a volume [rows, columns, depth, channels] at the coordinates `grid` [rows, columns, depth, 3] (x, y, z).

    Writes to `out` [rows, columns, 1, depth * channels]. Samples outside the volume are zero.
    """

    def work(rows: Span) -> None:
        _sample(context, volume, grid[rows.slice], out[rows.slice])

    context.pool.all(work, spans(len(volume), ROWS))


def _sample(context: LayerContext, volume: Floats, grid: Floats, out: Floats) -> None:
    rows, columns, depth, channels = volume.shape
    flat, count = volume.reshape(-1, channels), grid.size // 3
    x, y, z = (_neighbours(grid[..., i].reshape(-1), n) for i, n in enumerate((columns, rows, depth)))
    corner, total = context.arena.mine("found", count, channels), context.arena.mine("sum", count, channels)
    total[:] = 0
    for iy, wy in y:
        for ix, wx in x:
            for iz, wz in z:
                np.take(flat, (iy * columns + ix) * depth + iz, axis=0, out=corner, mode="clip")
                corner *= (wx * wy * wz)[:, None]
                total += corner
                out[:] = total.reshape(out.shape)


def _neighbours(coordinate: Floats, n: int) -> list[tuple[NDArray[np.intp], Floats]]:
    """Return the voxels on both sides of each coordinate along an axis and their weights, zero outside."""
    at = voxel_index(coordinate, n)
    first = np.floor(at)
    far = at - first
    sides = []
    for index, weight in ((first, 1 - far), (first + 1, far)):
        valid = (index >= 0) & (index < n)
        sides.append((np.where(valid, index, 0).astype(np.intp), np.where(valid, weight, np.float32(0))))
    return sides


class RowWindow:
    """A sliding window over the rows of a zero-padded map [size, size, 1, channels].

    Layers of the decoder run in bands; the window keeps only the rows that a later layer still needs.
    """

    def __init__(self, arena: Arena, name: str, rows: int, size: int, channels: int) -> None:
        """Allocate `rows` rows; at first the window starts at the border above the map."""
        self._rows = arena.shared(name, min(rows, size + 2), size + 2, 1, channels)
        self._rows[:, 0] = self._rows[:, -1] = 0
        self._rows[0] = 0
        self._first = -1
        self._size = size

    def part(self, start: int, stop: int) -> Floats:
        """Return rows `start` to `stop` of the map, with one more row and column on each side."""
        if stop == self._size:
            self._rows[stop - self._first] = 0
        return self._rows[start - 1 - self._first : stop + 1 - self._first]

    def rows(self, start: int) -> Floats:
        """Return a writable view of the rows from `start` on, without the border columns."""
        return self._rows[start - self._first :, 1:-1]

    def forget(self, start: int, stop: int) -> None:
        """Drop the rows before `start` - 1; `stop` is one past the last row written so far."""
        if stop == self._size:
            return
        kept = slice(start - 1 - self._first, stop - self._first)
        self._rows[: kept.stop - kept.start] = self._rows[kept].copy()
        self._first = start - 1
