"""Convolve many small maps 3 x 3 by one product; the nets that hear are too small for anything cleverer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def convolved(x: Floats, weight: Floats, bias: Floats, stride: tuple[int, int] = (1, 1), border: int = 1) -> Floats:
    """Convolve maps [n, rows, columns, in] with taps [9 * in, out], zeros around them as far as `border`."""
    around = (border, border)
    padded = np.pad(x, ((0, 0), around, around, (0, 0))) if border else x
    every = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    seen = every[:, :: stride[0], :: stride[1]].transpose(0, 1, 2, 4, 5, 3)  # [n, rows, columns, 3, 3, in]
    y: Floats = seen.reshape(-1, len(weight)) @ weight
    y += bias
    return y.reshape(*seen.shape[:3], -1)


def doubled(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """Make two rows of each row of maps [n, rows, columns, in], by weights [in, 2 * out]."""
    n, rows, columns, channels = x.shape
    y = (x.reshape(-1, channels) @ weight).reshape(n, rows, columns, 2, -1)
    return y.swapaxes(2, 3).reshape(n, 2 * rows, columns, -1) + bias
