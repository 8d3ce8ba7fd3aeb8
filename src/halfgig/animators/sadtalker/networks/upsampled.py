"""3 x 3 convolution of a map upsampled by repetition (nearest neighbour), computed at the map's original size.

If every value is repeated twice, a filter of three taps covers two values of x, and with S the sum of its taps

    y[2i]     = S x[i] + w0 (x[i-1] - x[i])
    y[2i + 1] = S x[i] - w2 (x[i] - x[i+1])

so two outputs take three products instead of six, and in 2D four outputs take nine instead of 36. If every value is
repeated four times, the two outputs in the middle are S x[i], and sixteen outputs take the same nine products instead
of 144. Weights are stored as these nine filters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.depth import PAIR_TAPS, Depth, depth_for
from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext
    from halfgig.animators.sadtalker.networks.rows import Sink

    Floats = NDArray[np.float32]


LARGE = 16
"""Rows from which on threads share a map by strips of rows instead of blocks of channels."""
STRIP_NUMBERS = 300_000
"""Most numbers of the map in a strip of rows."""


def upsampled_conv(context: LayerContext, padded: Floats, name: str, sink: Sink, times: int = 2) -> None:
    """Convolve a padded map [rows + 2, columns + 2, depth, channels] as if it were upsampled by `times`, 2 or 4.

    Rows of the upsampled result, bias included, are passed to `sink` from several threads.
    """
    names = context.filters(name)
    bias, (rows, width) = context.weights[f"{name}.bias"], context.weights.shape(names[0])
    tall, wide, channels = padded.shape[0] - 2, padded.shape[1] - 2, padded.shape[3]
    depth = depth_for(rows // 9, channels, tall * wide)
    max_rows = max(1, STRIP_NUMBERS // ((wide + 1) * padded.shape[2] * max(width, channels)))
    strips = spans(tall, max_rows if tall >= LARGE else tall)
    blocks_per_job = len(names) if len(strips) > 1 else 1
    jobs = [(strip, block) for strip in strips for block in range(0, len(names), blocks_per_job)]

    def finish(job: tuple[Span, int]) -> None:
        strip, first = job
        images = difference_images(context, padded[strip.start : strip.stop + 2], depth)
        for block in range(first, first + blocks_per_job):
            channels_of_block = slice(block * width, (block + 1) * width)
            products = nine_products(context, images, nine_filters(context, names[block], depth), depth)
            result = combined(context, products, times)
            result += bias[channels_of_block]
            sink(slice(times * strip.start, times * strip.stop), slice(0, times * wide), channels_of_block, result)

    context.pool.all(finish, jobs)


def difference_images(context: LayerContext, padded: Floats, depth: Depth) -> list[list[Floats]]:
    """Return the map and its differences between rows, columns and both, transformed along the depth.

    Each is [depth points, rows, columns, slices, inner]; differences have one more row or column. Indexed by whether
    rows, then columns, were subtracted.
    """
    row_differences = context.arena.mine("differences", padded.shape[0] - 1, *padded.shape[1:])
    np.subtract(padded[:-1], padded[1:], out=row_differences)
    points, slices, inner = depth.shape(*padded.shape[2:])
    images: list[list[Floats]] = [[], []]
    for row, rows in enumerate((padded[1:-1], row_differences)):
        column_differences = context.arena.mine("sided", len(rows), rows.shape[1] - 1, *rows.shape[2:])
        np.subtract(rows[:, :-1], rows[:, 1:], out=column_differences)
        for column, numbers in enumerate((rows[:, 1:-1], column_differences)):
            image = context.arena.mine(f"image {row} {column}", points, *numbers.shape[:2], slices, inner)
            depth.transform(numbers, image)
            images[row].append(image)
    return images


def nine_filters(context: LayerContext, name: str, depth: Depth) -> Floats:
    """Return a block's nine filters [3, 3, depth points, inner, width]."""
    weights = context.widened(name)
    if depth.points == 1:
        return weights.reshape(3, 3, 1, -1, weights.shape[1])
    transformed = context.arena.mine("taps", 9, depth.points, weights.shape[0] // 27 * weights.shape[1])
    np.matmul(PAIR_TAPS, weights.reshape(9, 3, -1), out=transformed)
    return transformed.reshape(3, 3, depth.points, -1, weights.shape[1])


def nine_products(
    context: LayerContext, images: list[list[Floats]], weights: Floats, depth: Depth
) -> list[list[Floats]]:
    """Return the nine products, indexed by the filter along rows and along columns: S, w0, w2.

    Each is [rows, columns, depth, width], with one more row or column for w0 and w2.
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
            found[row].append(depth.inverse_transform(products, context.arena, f"pairs {row} {column}"))
    return found


def combined(context: LayerContext, products: list[list[Floats]], times: int) -> Floats:
    """Sum the products to rows of the upsampled result [times n, times wide, depth, width], in this thread's block."""
    rows = [combined_columns(context, kind, f"across{row}", times) for row, kind in enumerate(products)]
    n, wide = products[0][0].shape[0], rows[0].shape[1]
    result = context.arena.mine("gathered", n, times, wide, *rows[0].shape[2:])
    np.add(rows[0], rows[1][:-1], out=result[:, 0])
    for middle in range(1, times - 1):
        result[:, middle] = rows[0]
    np.subtract(rows[0], rows[2][1:], out=result[:, -1])
    return result.reshape(n * times, wide, *result.shape[3:])


def combined_columns(context: LayerContext, products: list[Floats], name: str, times: int) -> Floats:
    """Sum the products with S, w0 and w2 along columns to [n, times wide, depth, width], in this thread's block."""
    both, before, after = products
    n, wide = both.shape[:2]
    result = context.arena.mine(name, n, wide, times, *both.shape[2:])
    np.add(both, before[:, :-1], out=result[:, :, 0])
    for middle in range(1, times - 1):
        result[:, :, middle] = both
    np.subtract(both, after[:, 1:], out=result[:, :, -1])
    return result.reshape(n, wide * times, *both.shape[2:])
