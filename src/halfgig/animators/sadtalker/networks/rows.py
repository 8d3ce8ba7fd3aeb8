"""Row-wise operations on feature maps, and mean and spread of each channel for instance normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, slice, Floats], None]
    from halfgig.animators.sadtalker.networks.context import LayerContext

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


EPSILON = 1e-5
ROWS = 4


@dataclass(frozen=True, slots=True)
class Statistics:
    """What normalises a map."""

    mean: Floats
    """[channels]"""
    factor: Floats
    """[channels], one over the standard deviation."""


def statistics(context: LayerContext, x: Floats) -> Statistics:
    """Measure a map [rows, columns, 1, channels], sums of a few rows in float32, all others in float64.

    Repeating every number changes neither mean nor spread, so an enlarged map is measured before it is enlarged.
    """
    count = x.size // x.shape[3]
    strips = spans(len(x), ROWS)

    def total(rows: Span) -> NDArray[np.float64]:
        part = x[rows.slice].reshape(-1, x.shape[3])
        by_row = part.reshape(-1, x.shape[1], x.shape[3]).sum(axis=1)
        return np.asarray(by_row.sum(axis=0, dtype=np.float64))

    mean = np.sum(context.pool.all(total, strips), axis=0) / count
    near = mean.astype(np.float32)

    def spread(rows: Span) -> NDArray[np.float64]:
        part = x[rows.slice].reshape(-1, x.shape[3])
        apart = np.subtract(part, near, out=context.arena.mine("apart", *part.shape))
        return np.asarray(np.einsum("nc,nc->c", apart, apart), np.float64)

    variance = np.sum(context.pool.all(spread, strips), axis=0) / count
    return Statistics(near, (1 / np.sqrt(variance + EPSILON)).astype(np.float32))
