"""Convolve a volume 7 x 7 x 7 by spectra of tiles: products of numbers instead of filters, a twelfth of the work.

Rows and columns are cut into tiles of 22 that give 16 outputs each; along the depth the seven taps are seven products
in one, shifted and added.  The transforms are matrices: at 22 numbers they are cheaper than calls of an FFT, and exact
to the last bit but two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

TAPS = 7
BORDER = TAPS // 2
GIVEN = 16
"""Outputs of a tile along an axis."""
TILE = GIVEN + TAPS - 1
WAVES = TILE // 2 + 1
"""Waves across a tile that tell all, its numbers being real."""
TOGETHER = 2
"""Waves a thread works on at a time: 20 MB."""


def seven_conv(context: LayerContext, padded: Floats, name: str) -> Floats:
    """Convolve a map [rows + 6, columns + 6, depth, channels] and give [rows, columns, depth, out], bias included."""
    tall, wide = ((n - 2 * BORDER) // GIVEN for n in padded.shape[:2])
    depth, channels = padded.shape[2:]
    taps = context.weights[name]
    out = taps.shape[1] // TAPS
    by_column = np.empty((tall, wide, GIVEN, 2 * WAVES, depth * out), np.float32)

    def work(waves: Span) -> None:
        spectra = spectra_across(context, padded, waves, wide)
        for number, wave in enumerate(range(waves.start, waves.stop)):
            filters = filters_of(context, taps, wave, channels)
            numbers = spectra_down(context, spectra[number], tall, channels)
            products = multiplied(context, numbers, filters, depth)
            rows_back(products, by_column[:, :, :, 2 * wave : 2 * wave + 2])

    context.pool.all(work, spans(WAVES, TOGETHER))
    found = np.matmul(columns_back(), by_column)  # [tall, wide, 16, 16, depth * out]
    found = found.transpose(0, 2, 1, 3, 4).reshape(tall * GIVEN, wide * GIVEN, depth, out)
    return np.asarray(found + context.weights[f"{name}.bias"], np.float32)


def turns(rows: int, columns: int) -> Doubles:
    """Return the angles 2 pi r c / 22."""
    return np.asarray(2 * np.pi / TILE * np.outer(np.arange(rows), np.arange(columns)))


def spectra_across(context: LayerContext, padded: Floats, waves: Span, wide: int) -> Floats:
    """Return some waves of all tiles' rows: [waves, wide, rows, 2, depth * channels], real and imaginary."""
    rows, columns = padded.shape[:2]
    angles = turns(WAVES, TILE)[waves.slice]
    both = np.stack([np.cos(angles), -np.sin(angles)], axis=1)  # [waves, 2, 22]
    matrix = np.zeros((len(angles), wide, 2, columns), np.float32)
    for tile in range(wide):
        matrix[:, tile, :, GIVEN * tile : GIVEN * tile + TILE] = both
    numbers = padded.reshape(rows, columns, -1)
    n = numbers.shape[2]
    spectra = context.arena.mine("across", len(angles), wide, rows, 2, n)
    room = context.arena.mine("row", len(angles) * wide * 2, n)
    for row in range(rows):
        np.matmul(matrix.reshape(-1, columns), numbers[row], out=room)
        spectra[:, :, row] = room.reshape(len(angles), wide, 2, n)
    return spectra


def spectra_down(context: LayerContext, spectra: Floats, tall: int, channels: int) -> Floats:
    """Return a wave's tiles by wave down, [22, tall * wide * depth, 2 * channels].

    `spectra` is [wide, rows, 2, depth * channels].
    """
    wide, _, _, n = spectra.shape
    angles = turns(TILE, TILE)
    cos, sin = np.cos(angles), np.sin(angles)
    matrix = np.stack([np.stack([cos, sin], axis=2), np.stack([-sin, cos], axis=2)], axis=1)  # [22, 2, 22, 2]
    matrix = matrix.reshape(2 * TILE, 2 * TILE).astype(np.float32)
    found = context.arena.mine("down", TILE, tall, wide, n // channels, 2, channels)
    room = context.arena.mine("column", 2 * TILE, n)
    for y in range(tall):
        for x in range(wide):
            np.matmul(matrix, spectra[x, GIVEN * y : GIVEN * y + TILE].reshape(2 * TILE, n), out=room)
            found[:, y, x] = room.reshape(TILE, 2, -1, channels).swapaxes(1, 2)
    return found.reshape(TILE, -1, 2 * channels)


def filters_of(context: LayerContext, taps: Floats, wave: int, channels: int) -> Floats:
    """Return a wave's filters by wave down: [22, 2 * channels, taps of depth * 2 * out], real and imaginary."""
    down, across = np.meshgrid(np.arange(TAPS), np.arange(TAPS), indexing="ij")
    angles = 2 * np.pi / TILE * (np.arange(TILE)[:, None] * down.reshape(1, -1) + wave * across.reshape(1, -1))
    flat = taps.reshape(TAPS * TAPS, -1)
    real, imaginary = context.arena.mine("parts", 2, TILE, flat.shape[1])
    np.matmul(np.cos(angles).astype(np.float32), flat, out=real)
    np.matmul(np.sin(angles).astype(np.float32), flat, out=imaginary)
    found = context.arena.mine("filters", TILE, 2, channels, TAPS, 2, flat.shape[1] // channels // TAPS)
    shape = TILE, channels, TAPS, -1
    found[:, 0, :, :, 0] = found[:, 1, :, :, 1] = real.reshape(shape)
    found[:, 0, :, :, 1] = imaginary.reshape(shape)
    np.negative(imaginary.reshape(shape), out=found[:, 1, :, :, 0])
    return found.reshape(TILE, 2 * channels, -1)


def multiplied(context: LayerContext, numbers: Floats, filters: Floats, depth: int) -> Floats:
    """Multiply and add over the depth: [22, tiles, depth, 2 * out]."""
    n, width = numbers.shape[1], filters.shape[2] // TAPS
    products = context.arena.mine("products", n, TAPS * width)
    by_tap = products.reshape(n // depth, depth, TAPS, width)
    found = context.arena.mine("sums", TILE, n // depth, depth, width)
    found[:] = 0
    for wave in range(TILE):
        np.matmul(numbers[wave], filters[wave], out=products)
        for tap in range(TAPS):
            by = tap - BORDER
            found[wave, :, max(0, -by) : depth - max(0, by)] += by_tap[:, max(0, by) : depth + min(0, by), tap]
    return found


def rows_back(products: Floats, out: Floats) -> None:
    """Change waves down [22, tiles, depth, 2 * out] back to rows: into [tall, wide, 16, 2, depth * out]."""
    tall, wide = out.shape[:2]
    angles = turns(GIVEN, TILE)
    cos, sin = np.cos(angles) / TILE, np.sin(angles) / TILE
    matrix = np.stack([np.stack([cos, -sin], axis=2), np.stack([sin, cos], axis=2)], axis=1)  # [16, 2, 22, 2]
    waves, tiles, depth, width = products.shape
    parted = products.reshape(waves, tiles, depth, 2, width // 2).transpose(1, 0, 3, 2, 4).reshape(tiles, 2 * waves, -1)
    rows = np.matmul(matrix.reshape(2 * GIVEN, 2 * TILE).astype(np.float32), parted)
    out[:] = rows.reshape(tall, wide, GIVEN, 2, -1)


def columns_back() -> Floats:
    """Return the matrix [16, 24] from waves across to columns."""
    angles = turns(GIVEN, WAVES)
    times = np.full(WAVES, 2.0)
    times[[0, -1]] = 1
    both = np.stack([np.cos(angles) * times, -np.sin(angles) * times], axis=2) / TILE
    return both.reshape(GIVEN, -1).astype(np.float32)
