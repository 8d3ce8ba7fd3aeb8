"""Convolution along a map's depth in one of three ways: none, over windows of three slices, or over Winograd pairs.

Pairs of slices need two thirds of the products. Windows need no transform of the filters, which is faster where a map
is small and its filters are large.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import Arena

    Floats = NDArray[np.float32]

PAIR_TAPS = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]], np.float32)

PAIR_OUTPUTS = np.array([[1, 1, 1, 0], [0, 1, -1, -1]], np.float32)


@dataclass(frozen=True, slots=True)
class Depth:
    """One way to convolve along the depth."""

    points: int
    """Products per transformed slice."""
    taps: int
    """Depth slices under a filter."""

    def shape(self, deep: int, channels: int) -> tuple[int, int, int]:
        """Return the points, transformed slices and inner width of a map whose depth is padded."""
        if self.taps == 1:
            return 1, deep, channels
        return (4, (deep - 2) // 2, channels) if self.points == 4 else (1, deep - 2, 3 * channels)

    def forward(self, rows: Floats) -> Floats:
        """Return the transform of filters along all axes, given the 2D transform `rows`."""
        return np.kron(rows, PAIR_TAPS) if self.points == 4 else rows

    def inverse(self, rows: Floats) -> Floats:
        """Return the transform of products along all axes, given the 2D transform `rows`."""
        return np.kron(rows, PAIR_OUTPUTS) if self.points == 4 else rows

    def transform(self, x: Floats, out: Floats) -> None:
        """Transform slices of [..., depth, channels] into [points, ..., slices, inner]."""
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

    def inverse_transform(self, products: Floats, arena: Arena, name: str = "pairs") -> Floats:
        """Transform products [points, ..., slices, width] into outputs [..., depth, width].

        For pairs the result is in this thread's block `name`, for the others a view of `products`.
        """
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
MIN_TILES_FOR_PAIRS = 64
"""Tiles from which on pairs are faster than windows."""


def depth_for(inner: int, channels: int, tiles: int) -> Depth:
    """Choose how to convolve along the depth.

    `inner` is the number of weights per tap and output channel, which equals `channels` unless the filter has taps of
    depth; `tiles` is the number of tiles the filters are multiplied with.
    """
    if inner == channels:
        return FLAT
    return PAIRS if tiles >= MIN_TILES_FOR_PAIRS else WINDOWS
