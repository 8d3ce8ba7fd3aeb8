"""Winograd convolution: 3 x 3 filters on tiles, with a half (F(2 x 2)) or a quarter (F(4 x 4)) of the products.

Along one axis, m outputs of a three-tap filter need m + 2 products of transformed inputs and transformed taps instead
of 3 m. `transform_tiles` transforms the inputs and `inverse_transform` the products; in 2D both are applied along both
axes. Maps are [rows, columns, depth, channels]; a flat map has a depth of one.
(Lavin and Gray, 2015, https://arxiv.org/abs/1509.09308.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.depth import PAIR_OUTPUTS, PAIR_TAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import Arena, LayerContext
    from halfgig.animators.sadtalker.networks.depth import Depth

    Floats = NDArray[np.float32]
    Parts = Sequence[Floats] | Floats

BLOCK_NUMBERS = 12_000
"""Tiles times depth times channels transformed at a time: with all temporaries this fits in an L2 cache of 2 MB."""

OUTPUT_NUMBERS = 150_000
"""Output numbers passed on at a time, so that the sink finds them in the cache."""


@dataclass(frozen=True, slots=True)
class Form:
    """The transforms of one tile size."""

    size: int
    """Outputs per tile along one axis, m."""
    taps: Floats
    """Transform of the taps, [size + 2, 3]."""
    outputs: Floats
    """Transform of the products, [size, size + 2]."""
    transform: Callable[[Parts, Parts, Floats, Floats], None]
    """Transforms `size + 2` inputs into as many outputs; the last two arguments are scratch of an input's size."""

    @property
    def points(self) -> int:
        """Products per tile along one axis, m + 2."""
        return self.size + 2

    @property
    def forward(self) -> Floats:
        """The 2D transform of filters, [points * points, 9]."""
        return np.kron(self.taps, self.taps)

    @property
    def inverse(self) -> Floats:
        """The 2D transform of products, [size * size, points * points]."""
        return np.kron(self.outputs, self.outputs)


def _transform_four(d: Parts, v: Parts, a: Floats, b: Floats) -> None:
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


def _transform_two(d: Parts, v: Parts, _a: Floats, _b: Floats) -> None:
    np.subtract(d[0], d[2], out=v[0])
    np.add(d[1], d[2], out=v[1])
    np.subtract(d[2], d[1], out=v[2])
    np.subtract(d[1], d[3], out=v[3])


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
    np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], np.float32),
    _transform_four,
)
"""Tiles of 4 x 4: 36 products instead of 144."""

TWO = Form(2, PAIR_TAPS, PAIR_OUTPUTS, _transform_two)
"""Tiles of 2 x 2: 16 products instead of 36; for small maps, where transforming the filters takes most of the time."""


def transform_tiles(form: Form, depth: Depth, padded: Floats, out: Floats, arena: Arena) -> None:
    """Transform the tiles of a padded map [m tall + 2, m wide + 2, depth, channels] into `out`.

    `out` is [points, points, depth points, tall, wide, slices, inner] and may be a view of a larger array.
    """
    m, inner = form.size, padded.shape[2] * padded.shape[3]
    for rows, columns in pieces(out.shape[3], out.shape[4], inner):
        part = padded[m * rows.start : m * rows.stop + 2, m * columns.start : m * columns.stop + 2]
        _transform_piece(form, depth, part, out[:, :, :, rows, columns], arena)


def _transform_piece(form: Form, depth: Depth, part: Floats, out: Floats, arena: Arena) -> None:
    """Transform a few tiles; columns are first grouped by their position in a tile, so that all runs are long."""
    p, m = form.points, form.size
    n, wide = out.shape[3:5]
    inner = part.shape[2:]
    grouped = arena.mine("scratch", len(part), m, wide + 1, *inner)
    for phase in range(m):
        columns_of_phase = part[:, phase::m]
        grouped[:, phase, : columns_of_phase.shape[1]] = columns_of_phase
    upright = arena.mine("upright", p, n, m, wide + 1, *inner)
    a, b = arena.mine("temporaries", 2, p, n, m, wide + 1, *inner)
    reach = m * (n - 1) + 1
    form.transform([grouped[i : i + reach : m] for i in range(p)], upright, a[0], b[0])
    columns = [upright[:, :, j % m, j // m : j // m + wide] for j in range(p)]
    size = p * n * wide * inner[0] * inner[1]
    a, b = (one.reshape(-1)[:size].reshape(p, n, wide, *inner) for one in (a, b))
    if depth.taps == 1:
        form.transform(columns, [out[:, j, 0] for j in range(p)], a, b)
        return
    flat = arena.mine("flat", p, p, n, wide, *inner)
    form.transform(columns, flat, a, b)
    for j in range(p):
        depth.transform(flat[j], out[:, j].swapaxes(0, 1))


def inverse_transform(
    context: LayerContext, size: int, inverse: Floats, products: Floats, parts: int
) -> Iterator[tuple[slice, Floats]]:
    """Transform products [points, points, depth points, tall, wide, slices, width] to output rows, a few at a time.

    Yields the range of rows and their values [n, columns, depth, width]; with several `parts` the width is split:
    [parts, n, columns, depth, width / parts]. The values are overwritten by the next step.

    `inverse` is the matrix of `Form` and `Depth` for tiles of `size`: one matrix product for all axes, which is faster
    than thirteen additions along each.
    """
    m, (tall, wide, slices, width) = size, products.shape[3:]
    outputs = context.arena.mine("scratch", len(inverse), tall, wide, slices, width)
    context.multiply(inverse[None], products.reshape(1, inverse.shape[1], -1), outputs.reshape(1, len(outputs), -1))
    together = len(inverse) // m**2
    in_parts = outputs.reshape(m, m, together, tall, wide, slices, parts, width // parts)
    by_row = in_parts.transpose(6, 3, 0, 4, 1, 5, 2, 7)
    step = max(1, OUTPUT_NUMBERS * tall // outputs.size)
    for row in range(0, tall, step):
        part = by_row[:, row : row + step]
        y = context.arena.mine("gathered", *part.shape)
        np.copyto(y, part)
        rows = slice(m * row, m * (row + part.shape[1]))
        whole = y.reshape(parts, -1, wide * m, slices * together, width // parts)
        yield rows, whole if parts > 1 else whole[0]


def pieces(tall: int, wide: int, inner: int) -> Iterator[tuple[slice, slice]]:
    """Yield ranges of tile rows and tile columns for pieces that fit in the cache."""
    n_wide = max(1, min(wide, BLOCK_NUMBERS // inner))
    n_wide = -(-wide // -(-wide // n_wide))
    n_tall = max(1, BLOCK_NUMBERS // (n_wide * inner))
    for row in range(0, tall, n_tall):
        for column in range(0, wide, n_wide):
            yield slice(row, min(row + n_tall, tall)), slice(column, min(column + n_wide, wide))
