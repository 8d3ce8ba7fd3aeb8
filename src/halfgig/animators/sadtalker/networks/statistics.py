"""Mean and spread of every channel of a map, for instance normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

EPSILON = 1e-5
ROWS = 4


@dataclass(frozen=True, slots=True)
class Statistics:
    """What normalises a map."""

    mean: Floats
    """[channels]"""
    factor: Floats
    """[channels], one over the standard deviation."""


def statistics(bench: LayerContext, x: Floats) -> Statistics:
    """Measure a map [rows, columns, 1, channels], sums of a few rows in float32, all others in float64.

    Repeating every number changes neither mean nor spread, so an enlarged map is measured before it is enlarged.
    """
    count = x.size // x.shape[3]
    strips = spans(len(x), ROWS)

    def total(rows: Span) -> NDArray[np.float64]:
        part = x[rows.slice].reshape(-1, x.shape[3])
        by_row = part.reshape(-1, x.shape[1], x.shape[3]).sum(axis=1)
        return np.asarray(by_row.sum(axis=0, dtype=np.float64))

    mean = np.sum(bench.team.all(total, strips), axis=0) / count
    near = mean.astype(np.float32)

    def spread(rows: Span) -> NDArray[np.float64]:
        part = x[rows.slice].reshape(-1, x.shape[3])
        apart = np.subtract(part, near, out=bench.rooms.mine("apart", *part.shape))
        return np.asarray(np.einsum("nc,nc->c", apart, apart), np.float64)

    variance = np.sum(bench.team.all(spread, strips), axis=0) / count
    return Statistics(near, (1 / np.sqrt(variance + EPSILON)).astype(np.float32))
