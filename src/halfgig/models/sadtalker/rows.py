"""What becomes of finished rows of a layer: bent, halved, and written where the next layer reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, Floats], None]

SLOPE = 0.2
"""What the decoder's bent lines keep of negative numbers."""


def plain_into(target: Floats) -> Take:
    """Write rows as they are."""

    def take(rows: slice, channels: slice, y: Floats) -> None:
        target[rows, :, :, channels] = y

    return take


def positive_into(target: Floats) -> Take:
    """Write rows, negative numbers as zero."""

    def take(rows: slice, channels: slice, y: Floats) -> None:
        np.maximum(y, 0, out=target[rows, :, :, channels])

    return take


def halved_into(target: Floats) -> Take:
    """Write rows, negative numbers as zero, averaged over two rows and two columns."""

    def take(rows: slice, channels: slice, y: Floats) -> None:
        np.maximum(y, 0, out=y)
        pairs = y[0::2] + y[1::2]
        out = target[rows.start // 2 : rows.stop // 2, :, :, channels]
        np.add(pairs[:, 0::2], pairs[:, 1::2], out=out)
        out *= 0.25

    return take


def added_into(target: Floats) -> Take:
    """Add rows to what is there."""

    def take(rows: slice, channels: slice, y: Floats) -> None:
        target[rows, :, :, channels] += y

    return take


def bent(y: Floats, slope: float, room: Floats | None = None) -> Floats:
    """Bend numbers in place: negative ones times `slope`."""
    scaled = np.multiply(y, np.float32(slope), out=room)
    return np.maximum(y, scaled, out=y)
