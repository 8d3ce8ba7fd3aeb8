"""Convolve a map that was enlarged by repeating, at its original size.

Where every number stands twice, a filter of three taps sees two numbers x, and with S the sum of its taps

    y[2i]     = S x[i] + w0 (x[i-1] - x[i])
    y[2i + 1] = S x[i] - w2 (x[i] - x[i+1])

so three products make two outputs instead of six, and nine make four instead of 36.  Where every number stands four
times the two in the middle are S x[i], and the same nine make sixteen instead of 144.  Weights are stored as the nine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.models.sadtalker.conv import multiply_deep
from halfgig.models.tiles import Span, spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.models.sadtalker.bench import Bench

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, slice, Floats], None]

STRIP_NUMBERS = 600_000
"""Products of one kind in a strip of rows."""


def doubled_conv(bench: Bench, padded: Floats, name: str, take: Take, times: int = 2) -> None:
    """Convolve `padded` [rows + 2, columns + 2, depth, channels] as if it were enlarged `times` 2 or 4.

    Rows of the enlarged result are handed over, bias included, from several threads.
    """
    names = bench.filters(name)
    bias, width = bench.weights[f"{name}.bias"], bench.weights.shape(names[0])[1]
    tall, wide, deep = padded.shape[0] - 2, padded.shape[1] - 2, padded.shape[2]
    n_most = max(1, STRIP_NUMBERS // ((wide + 1) * deep * max(width, padded.shape[3])))
    n_strips = max(-(-tall // n_most), -(-2 * bench.team.threads // len(names)) if bench.team.threads > 1 else 1)
    jobs = [(block, rows) for rows in spans(tall, -(-tall // n_strips)) for block in range(len(names))]

    def finish(job: tuple[int, Span]) -> None:
        block, rows = job
        channels = slice(block * width, (block + 1) * width)
        products = nine(bench, padded[rows.start : rows.stop + 2], bench.widened(names[block]))
        result = combined(bench, products, times)
        result += bias[channels]
        take(slice(times * rows.start, times * rows.stop), slice(0, times * wide), channels, result)

    bench.team.all(finish, jobs)


def nine(bench: Bench, padded: Floats, weights: Floats) -> list[list[Floats]]:
    """Give the products by kind of row and kind of column, with S, w0 and w2.

    Each is [rows, columns, depth, width], and one row or column more but with S.
    """
    upright = bench.rooms.mine("differences", padded.shape[0] - 1, *padded.shape[1:])
    np.subtract(padded[:-1], padded[1:], out=upright)
    inner, width, channels = len(weights) // 9, weights.shape[1], padded.shape[3]
    depth = padded.shape[2] - inner // channels + 1
    by_kind = weights.reshape(3, 3, inner, width)
    n, wide = padded.shape[0] - 2, padded.shape[1] - 2
    room = bench.rooms.mine("products", 3, 3, (n + 1) * (wide + 1) * depth * width)
    found: list[list[Floats]] = [[], [], []]
    for row, rows in enumerate((padded[1:-1], upright, upright)):
        for column in range(3):
            numbers = bench.rooms.mine("sided", len(rows), wide + (column > 0), *padded.shape[2:])
            if column == 0:
                numbers[:] = rows[:, 1:-1]
            else:
                np.subtract(rows[:, :-1], rows[:, 1:], out=numbers)
            size = numbers.shape[0] * numbers.shape[1]
            out = room[row, column][: size * depth * width].reshape(size, depth, width)
            weight = by_kind[row, column]
            if inner == channels:
                bench.multiply(numbers.reshape(1, -1, channels), weight[None], out.reshape(1, -1, width))
            else:
                multiply_deep(bench, numbers.reshape(size, -1, channels), weight, out)
            found[row].append(out.reshape(*numbers.shape[:2], depth, width))
    return found


def combined(bench: Bench, products: list[list[Floats]], times: int) -> Floats:
    """Add the products up to the enlarged rows [times n, times wide, depth, width], in this thread's block."""
    upright = [across(bench, kind, f"across{row}", times) for row, kind in enumerate(products)]
    n, wide = products[0][0].shape[0], upright[0].shape[1]
    result = bench.rooms.mine("gathered", n, times, wide, *upright[0].shape[2:])
    np.add(upright[0], upright[1][:-1], out=result[:, 0])
    for middle in range(1, times - 1):
        result[:, middle] = upright[0]
    np.subtract(upright[0], upright[2][1:], out=result[:, -1])
    return result.reshape(n * times, wide, *result.shape[3:])


def across(bench: Bench, kinds: list[Floats], name: str, times: int) -> Floats:
    """Add three kinds of columns up to enlarged ones [n, times wide, depth, width]."""
    both, before, after = kinds
    n, wide = both.shape[:2]
    result = bench.rooms.mine(name, n, wide, times, *both.shape[2:])
    np.add(both, before[:, :-1], out=result[:, :, 0])
    for middle in range(1, times - 1):
        result[:, :, middle] = both
    np.subtract(both, after[:, 1:], out=result[:, :, -1])
    return result.reshape(n, wide * times, *both.shape[2:])
