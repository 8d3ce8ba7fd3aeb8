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

    from halfgig.models.sadtalker.depth import Depth
    from halfgig.models.sadtalker.rooms import Rooms

    Floats = NDArray[np.float32]
    Parts = Sequence[Floats] | Floats

BLOCK_NUMBERS = 12_000
"""Tiles times depth times channels a transform works on at a time: with all it needs for them, a hundred
times as many numbers, it stays in a second-level cache of 2 MB."""


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

    @property
    def mixing(self) -> Floats:
        """Give the matrix [points * points, 9] that mixes filters."""
        return np.kron(self.taps, self.taps)


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


def spread(form: Form, depth: Depth, padded: Floats, out: Floats, rooms: Rooms) -> None:
    """Mix a map's tiles [m tall + 2, m wide + 2, deep, channels] to [points, points, depth points, tall, wide, ...].

    The last axes are the depth's slices and inner width; `out` may be part of a larger array.
    """
    m, inner = form.size, padded.shape[2] * padded.shape[3]
    for rows, columns in pieces(out.shape[3], out.shape[4], inner):
        part = padded[m * rows.start : m * rows.stop + 2, m * columns.start : m * columns.stop + 2]
        _spread_piece(form, depth, part, out[:, :, :, rows, columns], rooms)


def _spread_piece(form: Form, depth: Depth, part: Floats, out: Floats, rooms: Rooms) -> None:
    """Mix a few tiles.  Columns are first laid apart by their place in a tile, so that all else is long runs."""
    p, m = form.points, form.size
    n, wide = out.shape[3:5]
    inner = part.shape[2:]
    apart = rooms.mine("apart", len(part), m, wide + 1, *inner)
    for phase in range(m):
        there = part[:, phase::m]
        apart[:, phase, : there.shape[1]] = there
    upright = rooms.mine("upright", p, n, m, wide + 1, *inner)
    a, b = rooms.mine("spread", 2, p, n, m, wide + 1, *inner)
    reach = m * (n - 1) + 1
    form.spread([apart[i : i + reach : m] for i in range(p)], upright, a[0], b[0])
    columns = [upright[:, :, j % m, j // m : j // m + wide] for j in range(p)]
    room = p * n * wide * inner[0] * inner[1]
    a, b = (one.reshape(-1)[:room].reshape(p, n, wide, *inner) for one in (a, b))
    if depth.taps == 1:
        form.spread(columns, [out[:, j, 0] for j in range(p)], a, b)
        return
    flat = rooms.mine("flat", p, p, n, wide, *inner)
    form.spread(columns, flat, a, b)
    for j in range(p):
        depth.spread(flat[j], out[:, j].swapaxes(0, 1))


def gather(
    form: Form, depth: Depth, products: Floats, bias: Floats, rooms: Rooms
) -> Iterator[tuple[slice, slice, Floats]]:
    """Mix products [points, points, depth points, tall, wide, slices, width] to [rows, columns, depth, width].

    Gives some rows and columns at a time, which they are and the numbers; those lie in this thread's room and may be
    changed.
    """
    m, inner = form.size, products.shape[2] * products.shape[5] * products.shape[6]
    for rows, columns in pieces(products.shape[3], products.shape[4], inner):
        part = depth.gather(np.moveaxis(products[:, :, :, rows, columns], 2, 0), rooms)
        yield (
            slice(m * rows.start, m * rows.stop),
            slice(m * columns.start, m * columns.stop),
            _gathered(form, part, bias, rooms),
        )


def _gathered(form: Form, part: Floats, bias: Floats, rooms: Rooms) -> Floats:
    p, m = form.points, form.size
    n, wide, *inner = part.shape[2:]
    upright = rooms.mine("upright", m, p, n, wide, *inner)
    a, b = rooms.mine("spread", 2, p, n, wide, *inner)
    form.gather(part, upright, a, b)
    apart = rooms.mine("apart", m, m, n, wide, *inner)  # [column in a tile, row in a tile, tiles...]
    form.gather(upright.swapaxes(0, 1), apart, a[:m], b[:m])
    y = rooms.mine("gathered", n, m, wide, m, *inner)
    np.add(apart.transpose(2, 1, 3, 0, 4, 5), bias, out=y)
    return y.reshape(n * m, wide * m, *inner)


def pieces(tall: int, wide: int, inner: int) -> Iterator[tuple[slice, slice]]:
    """Cut rows and columns of tiles into pieces that stay in the cache."""
    n_wide = max(1, min(wide, BLOCK_NUMBERS // inner))
    n_wide = -(-wide // -(-wide // n_wide))
    n_tall = max(1, BLOCK_NUMBERS // (n_wide * inner))
    for row in range(0, tall, n_tall):
        for column in range(0, wide, n_wide):
            yield slice(row, min(row + n_tall, tall)), slice(column, min(column + n_wide, wide))
