"""Winograd's short convolutions: 3 x 3 filters on tiles of rows and columns, with a third to a quarter of the products.

Along one axis m outputs of a filter of three taps come from m + 2 inputs by m + 2 products instead of 3 m: inputs are
mixed (`spread`), multiplied by mixed taps, and mixed again (`gather`).  Along two axes the same is done twice.  Maps
lie channels last, [rows, columns, depth, channels]; a flat map has a depth of one.
(Lavin and Gray, 2015, https://arxiv.org/abs/1509.09308.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from halfgig.models.scratch import Blocks

    Floats = NDArray[np.float32]
    Parts = Sequence[Floats] | Floats

BLOCK_NUMBERS = 180_000
"""Numbers a transform works on at a time: with its results and helpers they stay in a second-level cache of 2 MB."""


@dataclass(frozen=True, slots=True)
class Form:
    """Hold one of the short convolutions."""

    size: int
    """Outputs of a tile along one axis."""
    taps: Floats
    """[size + 2, 3], what mixes the taps."""
    spread: Callable[[Parts, Parts, Floats, Floats], None]
    """Mix `size + 2` inputs into as many; the last two arguments are room as large as an input."""
    gather: Callable[[Parts, Parts, Floats, Floats], None]
    """Mix `size + 2` products into `size` outputs."""

    @property
    def points(self) -> int:
        """Give the products along one axis."""
        return self.size + 2

    def mixed_taps(self, taps: Floats, out: Floats) -> Floats:
        """Mix filters [9, numbers] into [points * points, numbers]."""
        return np.matmul(np.kron(self.taps, self.taps), taps, out=out)


def _spread_four(d: Parts, v: Parts, a: Floats, b: Floats) -> None:
    np.multiply(d[2], 4, out=a)
    np.subtract(d[4], a, out=a)
    np.multiply(d[1], 4, out=b)
    np.subtract(d[3], b, out=b)
    np.add(a, b, out=v[1])
    np.subtract(a, b, out=v[2])
    np.subtract(d[4], d[2], out=a)
    np.subtract(d[3], d[1], out=b)
    b *= 2
    np.add(a, b, out=v[3])
    np.subtract(a, b, out=v[4])
    b *= 2
    np.subtract(d[0], d[2], out=v[0])
    first, last = v[0], v[5]
    first *= 4
    first += a
    np.subtract(d[5], d[3], out=last)
    last -= b


def _gather_four(m: Parts, y: Parts, a: Floats, b: Floats) -> None:
    np.add(m[1], m[2], out=a)
    np.add(m[3], m[4], out=b)
    first, last = y[0], y[3]
    np.add(m[0], a, out=first)
    first += b
    b *= 4
    np.add(a, b, out=y[2])
    np.subtract(m[1], m[2], out=a)
    np.subtract(m[3], m[4], out=b)
    b *= 2
    np.add(a, b, out=y[1])
    b *= 4
    np.add(a, b, out=last)
    last += m[5]


def _spread_two(d: Parts, v: Parts, _a: Floats, _b: Floats) -> None:
    np.subtract(d[0], d[2], out=v[0])
    np.add(d[1], d[2], out=v[1])
    np.subtract(d[2], d[1], out=v[2])
    np.subtract(d[1], d[3], out=v[3])


def _gather_two(m: Parts, y: Parts, a: Floats, _b: Floats) -> None:
    np.add(m[1], m[2], out=a)
    np.add(m[0], a, out=y[0])
    np.subtract(m[1], m[2], out=a)
    np.subtract(a, m[3], out=y[1])


FOUR = Form(
    4,
    np.array(
        [
            [1 / 4, 0, 0],
            [-1 / 6, -1 / 6, -1 / 6],
            [-1 / 6, 1 / 6, -1 / 6],
            [1 / 24, 1 / 12, 1 / 6],
            [1 / 24, -1 / 12, 1 / 6],
            [0, 0, 1],
        ],
        np.float32,
    ),
    _spread_four,
    _gather_four,
)
"""Tiles of 4 x 4: 36 products instead of 144."""

TWO = Form(2, np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]], np.float32), _spread_two, _gather_two)
"""Tiles of 2 x 2: 16 products instead of 36, for small maps with many channels, where mixing taps is the work."""


def spread(form: Form, padded: Floats, out: Floats, blocks: Blocks) -> None:
    """Mix a map's tiles, [m tall + 2, m wide + 2, depth, channels], to [points, points, tall, wide, depth, channels].

    `out` may be part of a larger array.
    """
    p, m = form.points, form.size
    tall, wide = out.shape[2:4]
    n_columns = padded.shape[1]
    for rows, inner in pieces(tall, n_columns, out.shape[4:]):
        part = padded[m * rows.start :, :, inner[0], inner[1]]
        target = out[:, :, rows, :, inner[0], inner[1]]
        n, depth, channels = target.shape[2], *target.shape[4:]
        upright = blocks.mine("upright", p, n, n_columns, depth, channels)
        a, b = blocks.mine("spread", 2, p, n, n_columns, depth, channels)
        reach = m * (n - 1) + 1
        form.spread([part[i : i + reach : m] for i in range(p)], upright, a[0], b[0])
        reach = m * (wide - 1) + 1
        columns = [upright[:, :, j : j + reach : m] for j in range(p)]
        form.spread(columns, [target[:, j] for j in range(p)], a[:, :, :wide], b[:, :, :wide])


def gather(form: Form, products: Floats, bias: Floats, blocks: Blocks) -> Iterator[tuple[slice, Floats]]:
    """Mix products [points, points, tall, wide, depth, channels] to rows [n, m wide, depth, channels], some at a time.

    What is given lies in this thread's block and may be changed.
    """
    p, m = form.points, form.size
    tall, wide, depth, channels = products.shape[2:]
    step = max(1, BLOCK_NUMBERS // (p * p * wide * depth * channels))
    for start in range(0, tall, step):
        part = products[:, :, start : start + step]
        n = part.shape[2]
        upright = blocks.mine("upright", m, p, n, wide, depth, channels)
        a, b = blocks.mine("spread", 2, p, n, wide, depth, channels)
        form.gather(part, upright, a, b)
        y = blocks.mine("gathered", n, m, m * wide, depth, channels)
        by_row = y.transpose(1, 0, 2, 3, 4)
        form.gather(upright.swapaxes(0, 1), [by_row[:, :, j::m] for j in range(m)], a[:m], b[:m])
        y += bias
        yield slice(start * m, (start + n) * m), y.reshape(n * m, m * wide, depth, channels)


def pieces(tall: int, n_columns: int, inner: tuple[int, ...]) -> Iterator[tuple[slice, tuple[slice, slice]]]:
    """Cut a map into pieces that stay in the cache: rows of tiles, or a part of the depth or the channels of one."""
    depth, channels = inner
    n_row = n_columns * depth * channels
    n_rows = max(1, BLOCK_NUMBERS // n_row)
    n_deep = depth if n_row <= 2 * BLOCK_NUMBERS else max(1, BLOCK_NUMBERS // (n_columns * channels))
    n_channels = channels
    while n_columns * n_deep * n_channels > 2 * BLOCK_NUMBERS and n_channels > 64:
        n_channels = -(-n_channels // 2)
    for row in range(0, tall, n_rows):
        for z in range(0, depth, n_deep):
            for c in range(0, channels, n_channels):
                yield slice(row, min(row + n_rows, tall)), (slice(z, z + n_deep), slice(c, c + n_channels))
