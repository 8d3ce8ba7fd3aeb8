"""7 x 7 x 7 convolution of a volume by Fourier transforms of tiles, at a twelfth of the products.

Rows and columns are cut into tiles of 22 inputs for 16 outputs. Along the depth, all seven taps are computed by one
matrix product, shifted and added. The transforms are matrix products: for 22 values they are faster than an FFT call
and differ from it in the last two bits.
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
OUTPUTS = 16
"""Outputs of a tile along one axis."""
TILE = OUTPUTS + TAPS - 1
FREQUENCIES = TILE // 2 + 1
"""Frequencies along a tile's row; the others are redundant, because the values are real."""
FREQUENCIES_AT_ONCE = 2
"""Frequencies a thread computes at a time: 20 MB."""


def seven_conv(context: LayerContext, padded: Floats, name: str) -> Floats:
    """Convolve a padded map [rows + 6, columns + 6, depth, channels]; return [rows, columns, depth, out] with bias."""
    tall, wide = ((n - 2 * BORDER) // OUTPUTS for n in padded.shape[:2])
    depth, channels = padded.shape[2:]
    taps = context.weights[name]
    out = taps.shape[1] // TAPS
    by_column = np.empty((tall, wide, OUTPUTS, 2 * FREQUENCIES, depth * out), np.float32)

    def work(frequencies: Span) -> None:
        spectra = row_spectra(context, padded, frequencies, wide)
        for number, frequency in enumerate(range(frequencies.start, frequencies.stop)):
            filters = filter_spectra(context, taps, frequency, channels)
            numbers = tile_spectra(context, spectra[number], tall, channels)
            products = multiplied(context, numbers, filters, depth)
            inverse_columns(products, by_column[:, :, :, 2 * frequency : 2 * frequency + 2])

    context.pool.all(work, spans(FREQUENCIES, FREQUENCIES_AT_ONCE))
    found = np.matmul(inverse_rows(), by_column)  # [tall, wide, 16, 16, depth * out]
    found = found.transpose(0, 2, 1, 3, 4).reshape(tall * OUTPUTS, wide * OUTPUTS, depth, out)
    return np.asarray(found + context.weights[f"{name}.bias"], np.float32)


def dft_angles(rows: int, columns: int) -> Doubles:
    """Return the angles 2 pi r c / 22 for row r and column c, [rows, columns]."""
    return np.asarray(2 * np.pi / TILE * np.outer(np.arange(rows), np.arange(columns)))


def row_spectra(context: LayerContext, padded: Floats, frequencies: Span, wide: int) -> Floats:
    """Return a range of frequencies along the rows of all tiles: [frequencies, wide, rows, 2, depth * channels].

    The axis of two is the real and the imaginary part.
    """
    rows, columns = padded.shape[:2]
    angles = dft_angles(FREQUENCIES, TILE)[frequencies.slice]
    both = np.stack([np.cos(angles), -np.sin(angles)], axis=1)  # [frequencies, 2, 22]
    matrix = np.zeros((len(angles), wide, 2, columns), np.float32)
    for tile in range(wide):
        matrix[:, tile, :, OUTPUTS * tile : OUTPUTS * tile + TILE] = both
    numbers = padded.reshape(rows, columns, -1)
    n = numbers.shape[2]
    spectra = context.arena.mine("across", len(angles), wide, rows, 2, n)
    buffer = context.arena.mine("row", len(angles) * wide * 2, n)
    for row in range(rows):
        np.matmul(matrix.reshape(-1, columns), numbers[row], out=buffer)
        spectra[:, :, row] = buffer.reshape(len(angles), wide, 2, n)
    return spectra


def tile_spectra(context: LayerContext, spectra: Floats, tall: int, channels: int) -> Floats:
    """Return the 2D spectra of all tiles for one row frequency, [22, tall * wide * depth, 2 * channels].

    `spectra` [wide, rows, 2, depth * channels] is that frequency's part of `row_spectra`.
    """
    wide, _, _, n = spectra.shape
    angles = dft_angles(TILE, TILE)
    cos, sin = np.cos(angles), np.sin(angles)
    matrix = np.stack([np.stack([cos, sin], axis=2), np.stack([-sin, cos], axis=2)], axis=1)  # [22, 2, 22, 2]
    matrix = matrix.reshape(2 * TILE, 2 * TILE).astype(np.float32)
    found = context.arena.mine("down", TILE, tall, wide, n // channels, 2, channels)
    buffer = context.arena.mine("column", 2 * TILE, n)
    for y in range(tall):
        for x in range(wide):
            np.matmul(matrix, spectra[x, OUTPUTS * y : OUTPUTS * y + TILE].reshape(2 * TILE, n), out=buffer)
            found[:, y, x] = buffer.reshape(TILE, 2, -1, channels).swapaxes(1, 2)
    return found.reshape(TILE, -1, 2 * channels)


def filter_spectra(context: LayerContext, taps: Floats, frequency: int, channels: int) -> Floats:
    """Return the filters' 2D spectra for one row frequency, [22, 2 * channels, taps of depth * 2 * out].

    They are real matrices for complex products: the real and imaginary parts of inputs and outputs are channels.
    """
    down, across = np.meshgrid(np.arange(TAPS), np.arange(TAPS), indexing="ij")
    angles = 2 * np.pi / TILE * (np.arange(TILE)[:, None] * down.reshape(1, -1) + frequency * across.reshape(1, -1))
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
    """Multiply tile spectra by filter spectra and sum over the taps of depth: [22, tiles, depth, 2 * out]."""
    n, width = numbers.shape[1], filters.shape[2] // TAPS
    products = context.arena.mine("products", n, TAPS * width)
    by_tap = products.reshape(n // depth, depth, TAPS, width)
    found = context.arena.mine("sums", TILE, n // depth, depth, width)
    found[:] = 0
    for frequency in range(TILE):
        np.matmul(numbers[frequency], filters[frequency], out=products)
        for tap in range(TAPS):
            by = tap - BORDER
            found[frequency, :, max(0, -by) : depth - max(0, by)] += by_tap[:, max(0, by) : depth + min(0, by), tap]
    return found


def inverse_columns(products: Floats, out: Floats) -> None:
    """Transform [22, tiles, depth, 2 * out] back along columns, into `out` [tall, wide, 16, 2, depth * out]."""
    tall, wide = out.shape[:2]
    angles = dft_angles(OUTPUTS, TILE)
    cos, sin = np.cos(angles) / TILE, np.sin(angles) / TILE
    matrix = np.stack([np.stack([cos, -sin], axis=2), np.stack([sin, cos], axis=2)], axis=1)  # [16, 2, 22, 2]
    frequencies, tiles, depth, width = products.shape
    by_tile = (
        products.reshape(frequencies, tiles, depth, 2, width // 2)
        .transpose(1, 0, 3, 2, 4)
        .reshape(tiles, 2 * frequencies, -1)
    )
    rows = np.matmul(matrix.reshape(2 * OUTPUTS, 2 * TILE).astype(np.float32), by_tile)
    out[:] = rows.reshape(tall, wide, OUTPUTS, 2, -1)


def inverse_rows() -> Floats:
    """Return the matrix [16, 24] that transforms 12 complex frequencies back along rows."""
    angles = dft_angles(OUTPUTS, FREQUENCIES)
    times = np.full(FREQUENCIES, 2.0)
    times[[0, -1]] = 1
    both = np.stack([np.cos(angles) * times, -np.sin(angles) * times], axis=2) / TILE
    return both.reshape(OUTPUTS, -1).astype(np.float32)
