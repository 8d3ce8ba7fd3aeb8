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

from halfgig.animators.sadtalker.networks.depth import PAIR_TAPS, Depth, depth_for
from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, slice, Floats], None]

LARGE = 16
"""Rows from which a map is worked on in strips of rows instead of blocks of channels."""
STRIP_NUMBERS = 300_000
"""Numbers of a map in a strip of rows."""


def doubled_conv(context: LayerContext, padded: Floats, name: str, take: Take, times: int = 2) -> None:
    """Convolve `padded` [rows + 2, columns + 2, depth, channels] as if it were enlarged `times` 2 or 4.

    Rows of the enlarged result are handed over, bias included, from several threads.
    """
    names = context.filters(name)
    bias, (rows, width) = context.weights[f"{name}.bias"], context.weights.shape(names[0])
    tall, wide, channels = padded.shape[0] - 2, padded.shape[1] - 2, padded.shape[3]
    depth = depth_for(rows // 9, channels, tall * wide)
    n_most = max(1, STRIP_NUMBERS // ((wide + 1) * padded.shape[2] * max(width, channels)))
    strips = spans(tall, n_most if tall >= LARGE else tall)
    together = names if len(strips) > 1 else [""]
    jobs = [(strip, block) for strip in strips for block in range(0, len(names), len(together))]

    def finish(job: tuple[Span, int]) -> None:
        strip, first = job
        images = mixed_images(context, padded[strip.start : strip.stop + 2], depth)
        for block in range(first, first + len(together)):
            mine = slice(block * width, (block + 1) * width)
            products = nine(context, images, mixed_nine(context, names[block], depth), depth)
            result = combined(context, products, times)
            result += bias[mine]
            take(slice(times * strip.start, times * strip.stop), slice(0, times * wide), mine, result)

    context.pool.all(finish, jobs)


def mixed_images(context: LayerContext, padded: Floats, depth: Depth) -> list[list[Floats]]:
    """Return the map and its differences over rows, columns and both, mixed along the depth.

    Each is [depth points, rows, columns, slices, inner]; differences have a row or a column more.
    """
    upright = context.arena.mine("differences", padded.shape[0] - 1, *padded.shape[1:])
    np.subtract(padded[:-1], padded[1:], out=upright)
    points, slices, inner = depth.shape(*padded.shape[2:])
    images: list[list[Floats]] = [[], []]
    for row, rows in enumerate((padded[1:-1], upright)):
        sided = context.arena.mine("sided", len(rows), rows.shape[1] - 1, *rows.shape[2:])
        np.subtract(rows[:, :-1], rows[:, 1:], out=sided)
        for column, numbers in enumerate((rows[:, 1:-1], sided)):
            image = context.arena.mine(f"image {row} {column}", points, *numbers.shape[:2], slices, inner)
            depth.spread(numbers, image)
            images[row].append(image)
    return images


def mixed_nine(context: LayerContext, name: str, depth: Depth) -> Floats:
    """Return a block's nine filters [3, 3, depth points, inner, width]."""
    weights = context.widened(name)
    if depth.points == 1:
        return weights.reshape(3, 3, 1, -1, weights.shape[1])
    mixed = context.arena.mine("taps", 9, depth.points, weights.shape[0] // 27 * weights.shape[1])
    np.matmul(PAIR_TAPS, weights.reshape(9, 3, -1), out=mixed)
    return mixed.reshape(3, 3, depth.points, -1, weights.shape[1])


def nine(context: LayerContext, images: list[list[Floats]], weights: Floats, depth: Depth) -> list[list[Floats]]:
    """Return the products by kind of row and kind of column, with S, w0 and w2.

    Each is [rows, columns, depth, width], and one row or column more but with S.
    """
    width = weights.shape[4]
    found: list[list[Floats]] = [[], [], []]
    for row in range(3):
        for column in range(3):
            image = images[row > 0][column > 0]
            products = context.arena.mine(f"products {row} {column}", *image.shape[:-1], width)
            flat = len(image), -1
            context.multiply(
                image.reshape(*flat, image.shape[-1]), weights[row, column], products.reshape(*flat, width)
            )
            found[row].append(depth.gather(products, context.arena, f"pairs {row} {column}"))
    return found


def combined(context: LayerContext, products: list[list[Floats]], times: int) -> Floats:
    """Add the products up to the enlarged rows [times n, times wide, depth, width], in this thread's block."""
    upright = [across(context, kind, f"across{row}", times) for row, kind in enumerate(products)]
    n, wide = products[0][0].shape[0], upright[0].shape[1]
    result = context.arena.mine("gathered", n, times, wide, *upright[0].shape[2:])
    np.add(upright[0], upright[1][:-1], out=result[:, 0])
    for middle in range(1, times - 1):
        result[:, middle] = upright[0]
    np.subtract(upright[0], upright[2][1:], out=result[:, -1])
    return result.reshape(n * times, wide, *result.shape[3:])


def across(context: LayerContext, kinds: list[Floats], name: str, times: int) -> Floats:
    """Add three kinds of columns up to enlarged ones [n, times wide, depth, width]."""
    both, before, after = kinds
    n, wide = both.shape[:2]
    result = context.arena.mine(name, n, wide, times, *both.shape[2:])
    np.add(both, before[:, :-1], out=result[:, :, 0])
    for middle in range(1, times - 1):
        result[:, :, middle] = both
    np.subtract(both, after[:, 1:], out=result[:, :, -1])
    return result.reshape(n, wide * times, *both.shape[2:])
