"""Three ways to convolve along a map's depth: none, three adjacent slices, or Winograd's pairs of slices.

Pairs need two thirds of the products; windows mix no taps, which pays where a map is small and its filters are large.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.arena import Arena

    Floats = NDArray[np.float32]

PAIR_TAPS = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]], np.float32)

PAIR_OUTPUTS = np.array([[1, 1, 1, 0], [0, 1, -1, -1]], np.float32)


@dataclass(frozen=True, slots=True)
class Depth:
    """One of the ways."""

    points: int
    """Products for each mixed slice."""
    taps: int
    """Slices a filter sees."""

    def shape(self, deep: int, channels: int) -> tuple[int, int, int]:
        """Return the points, mixed slices and inner width of a map with a border in its depth."""
        if self.taps == 1:
            return 1, deep, channels
        return (4, (deep - 2) // 2, channels) if self.points == 4 else (1, deep - 2, 3 * channels)

    def mixing(self, rows: Floats) -> Floats:
        """Return the matrix from taps to mixed taps, `rows` being that for rows and columns."""
        return np.kron(rows, PAIR_TAPS) if self.points == 4 else rows

    def unmixing(self, rows: Floats) -> Floats:
        """Return the matrix from products to outputs, `rows` being that for rows and columns."""
        return np.kron(rows, PAIR_OUTPUTS) if self.points == 4 else rows

    def spread(self, x: Floats, out: Floats) -> None:
        """Mix slices of [..., deep, channels] into [points, ..., slices, inner]."""
        slices, channels = out.shape[-2], x.shape[-1]
        if self.points == 4:
            d = [x[..., i : i + 2 * slices - 1 : 2, :] for i in range(4)]
            np.subtract(d[0], d[2], out=out[0])
            np.add(d[1], d[2], out=out[1])
            np.subtract(d[2], d[1], out=out[2])
            np.subtract(d[1], d[3], out=out[3])
            return
        for tap in range(self.taps):
            out[0][..., tap * channels : (tap + 1) * channels] = x[..., tap : tap + slices, :]

    def gather(self, products: Floats, arena: Arena, name: str = "pairs") -> Floats:
        """Mix products [points, ..., slices, width] into [..., depth, width]; pairs in this thread's room of a name."""
        if self.points == 1:
            flat: Floats = products[0]
            return flat
        *outer, slices, width = products.shape[1:]
        found = arena.mine(name, *outer, slices, 2, width)
        even, odd = found[..., 0, :], found[..., 1, :]
        np.add(products[1], products[2], out=even)
        even += products[0]
        np.subtract(products[1], products[2], out=odd)
        odd -= products[3]
        return found.reshape(*outer, 2 * slices, width)


FLAT = Depth(1, 1)
WINDOWS = Depth(1, 3)
PAIRS = Depth(4, 3)
ENOUGH = 64
"""Tiles or places from which pairs pay."""


def depth_for(inner: int, channels: int, places: int) -> Depth:
    """Choose the way for filters of `inner` numbers over `channels`, multiplied with a number of places of a map."""
    if inner == channels:
        return FLAT
    return PAIRS if places >= ENOUGH else WINDOWS
