"""Smooth rows over time: a parabola through thirteen of them at a time (Savitzky and Golay, 1964).

The ends are read off the first and the last parabola.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

WIDEST = 13
"""Rows under a parabola."""
DEGREE = 2


def width_for(n_rows: int) -> int:
    """Return how many rows are smoothed together: an odd number, all but the last where there are fewer than 13."""
    return WIDEST if n_rows >= WIDEST else 2 * ((n_rows - 1) // 2) + 1


def smoothed(blocks: Iterable[Floats], n_rows: int) -> Iterator[Floats]:
    """Yield `n_rows` rows that come in blocks, smoothed; six rows are always waited for."""
    width = width_for(n_rows)
    fit, half = parabola(width).astype(np.float32), width // 2
    held, told = None, 0  # `told`: windows of the held rows that were given already
    for block in blocks:
        held = block if held is None else np.concatenate([held, block])
        if len(held) < width + told:
            continue
        if not told:
            yield fit[:half] @ held[:width]
        yield np.lib.stride_tricks.sliding_window_view(held, width, axis=0)[told:] @ fit[half]
        held, told = held[-width:], 1
    assert held is not None
    assert told
    yield fit[half + 1 :] @ held


def parabola(width: int) -> Doubles:
    """Return the matrix [width, width] that puts `width` values on the parabola closest to them; fewer on a line."""
    at = np.arange(width) - width // 2
    basis = np.linalg.qr(np.vander(at.astype(np.float64), min(DEGREE + 1, width)))[0]
    return np.asarray(basis @ basis.T)
