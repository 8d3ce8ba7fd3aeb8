"""What becomes of finished rows of a layer: bent, halved, and written where the next layer reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, slice, Floats], None]

SLOPE = 0.2
"""What the decoder's bent lines keep of negative numbers."""


def plain_into(target: Floats) -> Take:
    """Write rows as they are."""

    def take(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        target[rows, columns, :, channels] = y

    return take


def positive_into(target: Floats) -> Take:
    """Write rows, negative numbers as zero."""

    def take(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        np.maximum(y, 0, out=target[rows, columns, :, channels])

    return take


def halved_into(target: Floats) -> Take:
    """Write rows, negative numbers as zero, averaged over two rows and two columns."""

    def take(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        np.maximum(y, 0, out=y)
        pairs = y[0::2]
        pairs += y[1::2]
        out = target[halved(rows), halved(columns), :, channels]
        np.add(pairs[:, 0::2], pairs[:, 1::2], out=out)
        out *= 0.25

    return take


def below(take: Take, first: int) -> Take:
    """Hand rows over to what takes them, as rows from `first` on."""

    def moved(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        take(slice(rows.start + first, rows.stop + first), columns, channels, y)

    return moved


def halved(places: slice) -> slice:
    """Return where places are in a map of half the size."""
    return slice(places.start // 2, places.stop // 2)


def added_into(target: Floats) -> Take:
    """Add rows to what is there."""

    def take(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        target[rows, columns, :, channels] += y

    return take


def bent(y: Floats, slope: float, room: Floats | None = None) -> Floats:
    """Bend numbers in place: negative ones times `slope`."""
    scaled = np.multiply(y, np.float32(slope), out=room)
    return np.maximum(y, scaled, out=y)
