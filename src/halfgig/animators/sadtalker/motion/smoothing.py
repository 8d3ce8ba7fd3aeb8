"""Savitzky-Golay smoothing over time: a parabola fitted to 13 rows at a time (Savitzky and Golay, 1964).

At both ends the rows are evaluated on the first and the last parabola.
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
"""Rows per fitted parabola."""
DEGREE = 2


def width_for(n_rows: int) -> int:
    """Return the window's width in rows: 13, or the largest odd number that fits in a shorter sequence."""
    return WIDEST if n_rows >= WIDEST else 2 * ((n_rows - 1) // 2) + 1


def smoothed(blocks: Iterable[Floats], n_rows: int) -> Iterator[Floats]:
    """Yield `n_rows` smoothed rows in blocks; the output lags six rows behind the input."""
    width = width_for(n_rows)
    fit, half = parabola(width).astype(np.float32), width // 2
    held, emitted = None, 0  # `emitted`: windows of the held rows that were yielded before
    for block in blocks:
        held = block if held is None else np.concatenate([held, block])
        if len(held) < width + emitted:
            continue
        if not emitted:
            yield fit[:half] @ held[:width]
        yield np.lib.stride_tricks.sliding_window_view(held, width, axis=0)[emitted:] @ fit[half]
        held, emitted = held[-width:], 1
    assert held is not None
    assert emitted
    yield fit[half + 1 :] @ held


def parabola(width: int) -> Doubles:
    """Return the matrix [width, width] that projects values onto the least-squares parabola (a line below 3)."""
    offsets = np.arange(width) - width // 2
    basis = np.linalg.qr(np.vander(offsets.astype(np.float64), min(DEGREE + 1, width)))[0]
    return np.asarray(basis @ basis.T)
