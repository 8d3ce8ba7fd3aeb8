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

from halfgig.animators.sadtalker.networks.depth import PAIR_OUTPUTS, PAIR_TAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.arena import Arena
    from halfgig.animators.sadtalker.networks.context import LayerContext
    from halfgig.animators.sadtalker.networks.depth import Depth

    Floats = NDArray[np.float32]
    Parts = Sequence[Floats] | Floats

BLOCK_NUMBERS = 12_000
"""Tiles times depth times channels a transform works on at a time: with all it needs for them, a hundred
times as many numbers, it stays in a second-level cache of 2 MB."""

GIVEN_NUMBERS = 150_000
"""Finished numbers handed over at a time, to be worked on in the cache."""


@dataclass(frozen=True, slots=True)
class Form:
    """One of the short convolutions."""

    size: int
    """Outputs of a tile along one axis."""
    taps: Floats
    """[size + 2, 3], what mixes the taps."""
    outputs: Floats
    """[size, size + 2], what mixes the products."""
    spread: Callable[[Parts, Parts, Floats, Floats], None]
    """Mix `size + 2` inputs into as many; the last two arguments are room as large as an input."""

    @property
    def points(self) -> int:
        """The products along one axis."""
        return self.size + 2

    @property
    def mixing(self) -> Floats:
        """The matrix [points * points, 9] that mixes filters."""
        return np.kron(self.taps, self.taps)

    @property
    def unmixing(self) -> Floats:
        """The matrix [size * size, points * points] that mixes products."""
        return np.kron(self.outputs, self.outputs)


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


def _spread_two(d: Parts, v: Parts, _a: Floats, _b: Floats) -> None:
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
    _spread_four,
)
"""Tiles of 4 x 4: 36 products instead of 144."""

TWO = Form(2, PAIR_TAPS, PAIR_OUTPUTS, _spread_two)
"""Tiles of 2 x 2: 16 products instead of 36, for small maps with many channels, where mixing taps is the work."""


def spread(form: Form, depth: Depth, padded: Floats, out: Floats, arena: Arena) -> None:
    """Mix a map's tiles [m tall + 2, m wide + 2, deep, channels] to [points, points, depth points, tall, wide, ...].

    The last axes are the depth's slices and inner width; `out` may be part of a larger array.
    """
    m, inner = form.size, padded.shape[2] * padded.shape[3]
    for rows, columns in pieces(out.shape[3], out.shape[4], inner):
        part = padded[m * rows.start : m * rows.stop + 2, m * columns.start : m * columns.stop + 2]
        _spread_piece(form, depth, part, out[:, :, :, rows, columns], arena)


def _spread_piece(form: Form, depth: Depth, part: Floats, out: Floats, arena: Arena) -> None:
    """Mix a few tiles.  Columns are first laid apart by their place in a tile, so that all else is long runs."""
    p, m = form.points, form.size
    n, wide = out.shape[3:5]
    inner = part.shape[2:]
    apart = arena.mine("apart", len(part), m, wide + 1, *inner)
    for phase in range(m):
        there = part[:, phase::m]
        apart[:, phase, : there.shape[1]] = there
    upright = arena.mine("upright", p, n, m, wide + 1, *inner)
    a, b = arena.mine("spread", 2, p, n, m, wide + 1, *inner)
    reach = m * (n - 1) + 1
    form.spread([apart[i : i + reach : m] for i in range(p)], upright, a[0], b[0])
    columns = [upright[:, :, j % m, j // m : j // m + wide] for j in range(p)]
    room = p * n * wide * inner[0] * inner[1]
    a, b = (one.reshape(-1)[:room].reshape(p, n, wide, *inner) for one in (a, b))
    if depth.taps == 1:
        form.spread(columns, [out[:, j, 0] for j in range(p)], a, b)
        return
    flat = arena.mine("flat", p, p, n, wide, *inner)
    form.spread(columns, flat, a, b)
    for j in range(p):
        depth.spread(flat[j], out[:, j].swapaxes(0, 1))


def gather(
    context: LayerContext, size: int, unmixing: Floats, products: Floats, parts: int
) -> Iterator[tuple[slice, Floats]]:
    """Mix products [points, points, depth points, tall, wide, slices, width] to rows [n, columns, depth, width].

    With several `parts` of the width these stand apart: [parts, n, columns, depth, width / parts].

    One product of matrices does it for all axes at once, quicker than thirteen additions twice; `unmixing` is what
    `Form` and `Depth` give for tiles of `size`.  Rows are given some at a time, in this thread's room.
    """
    m, (tall, wide, slices, width) = size, products.shape[3:]
    apart = context.arena.mine("apart", len(unmixing), tall, wide, slices, width)
    context.multiply(unmixing[None], products.reshape(1, unmixing.shape[1], -1), apart.reshape(1, len(apart), -1))
    together = len(unmixing) // m**2
    in_parts = apart.reshape(m, m, together, tall, wide, slices, parts, width // parts)
    by_row = in_parts.transpose(6, 3, 0, 4, 1, 5, 2, 7)
    step = max(1, GIVEN_NUMBERS * tall // apart.size)
    for row in range(0, tall, step):
        part = by_row[:, row : row + step]
        y = context.arena.mine("gathered", *part.shape)
        np.copyto(y, part)
        rows = slice(m * row, m * (row + part.shape[1]))
        whole = y.reshape(parts, -1, wide * m, slices * together, width // parts)
        yield rows, whole if parts > 1 else whole[0]


def pieces(tall: int, wide: int, inner: int) -> Iterator[tuple[slice, slice]]:
    """Cut rows and columns of tiles into pieces that stay in the cache."""
    n_wide = max(1, min(wide, BLOCK_NUMBERS // inner))
    n_wide = -(-wide // -(-wide // n_wide))
    n_tall = max(1, BLOCK_NUMBERS // (n_wide * inner))
    for row in range(0, tall, n_tall):
        for column in range(0, wide, n_wide):
            yield slice(row, min(row + n_tall, tall)), slice(column, min(column + n_wide, wide))
