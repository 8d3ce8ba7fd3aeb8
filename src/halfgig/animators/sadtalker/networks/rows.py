"""Where a layer's output rows go: sinks that store, activate or pool them; and statistics for normalisation.

Layers compute their output in bands and pass each to a `Sink`, so that no full-size intermediate map exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Sink = Callable[[slice, slice, slice, Floats], None]
    from halfgig.animators.sadtalker.networks.context import LayerContext

SLOPE = 0.2
"""Slope of the decoder's leaky ReLU for negative numbers."""


def store_into(target: Floats) -> Sink:
    """Return a sink that writes values to `target` unchanged."""

    def write(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        target[rows, columns, :, channels] = y

    return write


def relu_into(target: Floats) -> Sink:
    """Return a sink that writes values to `target` after a ReLU."""

    def write(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        np.maximum(y, 0, out=target[rows, columns, :, channels])

    return write


def relu_pool_into(target: Floats) -> Sink:
    """Return a sink that writes values to `target`, half as large, after a ReLU and 2 x 2 average pooling."""

    def write(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        np.maximum(y, 0, out=y)
        pairs = y[0::2]
        pairs += y[1::2]
        out = target[halved(rows), halved(columns), :, channels]
        np.add(pairs[:, 0::2], pairs[:, 1::2], out=out)
        out *= 0.25

    return write


def offset_rows(sink: Sink, first: int) -> Sink:
    """Return a sink that passes row r on as row r + `first`."""

    def shifted(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        sink(slice(rows.start + first, rows.stop + first), columns, channels, y)

    return shifted


def halved(extent: slice) -> slice:
    """Return a range of rows or columns in a map of half the size."""
    return slice(extent.start // 2, extent.stop // 2)


def add_into(target: Floats) -> Sink:
    """Return a sink that adds values to `target`."""

    def write(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        target[rows, columns, :, channels] += y

    return write


def leaky_relu(y: Floats, slope: float) -> Floats:
    """Multiply negative numbers by `slope`, in place."""
    scaled = np.multiply(y, np.float32(slope))
    return np.maximum(y, scaled, out=y)


EPSILON = 1e-5
ROWS = 4


@dataclass(frozen=True, slots=True)
class Statistics:
    """Mean and reciprocal standard deviation of each channel of a map, for instance normalisation."""

    mean: Floats
    """[channels]"""
    factor: Floats
    """[channels], the reciprocal of the standard deviation."""


def statistics(context: LayerContext, x: Floats) -> Statistics:
    """Return the statistics of a map [rows, columns, 1, channels], summed in float32 over a few rows, then in float64.

    Repeating every number changes neither mean nor variance, so a map is measured before it is upsampled.
    """
    count = x.size // x.shape[3]
    strips = spans(len(x), ROWS)

    def total(rows: Span) -> NDArray[np.float64]:
        part = x[rows.slice].reshape(-1, x.shape[3])
        by_row = part.reshape(-1, x.shape[1], x.shape[3]).sum(axis=1)
        return np.asarray(by_row.sum(axis=0, dtype=np.float64))

    mean = np.sum(context.pool.all(total, strips), axis=0) / count
    mean32 = mean.astype(np.float32)

    def squares(rows: Span) -> NDArray[np.float64]:
        part = x[rows.slice].reshape(-1, x.shape[3])
        centred = np.subtract(part, mean32, out=context.arena.mine("scratch", *part.shape))
        return np.asarray(np.einsum("nc,nc->c", centred, centred), np.float64)

    variance = np.sum(context.pool.all(squares, strips), axis=0) / count
    return Statistics(mean32, (1 / np.sqrt(variance + EPSILON)).astype(np.float32))
