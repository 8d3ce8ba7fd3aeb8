"""A portrait's fifteen key points, once per portrait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.context import inside
from halfgig.animators.sadtalker.networks.conv import conv
from halfgig.animators.sadtalker.networks.doubled import doubled_conv
from halfgig.animators.sadtalker.networks.encoder import colour_conv
from halfgig.animators.sadtalker.networks.rows import halved_into, plain_into, positive_into
from halfgig.animators.sadtalker.networks.winograd import FOUR, TWO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

DEPTH = 16
TEMPERATURE = np.float32(0.1)
SMALLEST_OF_FOUR = 16
"""Rows from which tiles of four pay; below, mixing taps is the work."""


def key_points(context: LayerContext, image: Floats) -> Floats:
    """Return the key points [15, 3] of a picture [256, 256, 3] in 0..1: x, y and z, each in -1..1."""
    flat = _small(context, image)
    volume = context.map("deep0", 2, 2, DEPTH, 1024)
    _deepen(context, flat, inside(volume))
    for i, width in enumerate((512, 256, 128, 64, 32)):
        size = 4 << i
        larger = context.map(f"deep{i + 1}", size, size, DEPTH, width)
        doubled_conv(context, volume, f"keypoints.up{i}", positive_into(inside(larger)))
        volume = larger
    heat = np.empty((64, 64, DEPTH, 15), np.float32)
    conv(context, volume, "keypoints.heat", plain_into(heat))
    return expected(heat)


def _small(context: LayerContext, image: Floats) -> Floats:
    """Return the picture's map [2, 2, 1024]."""
    blurred = blurred_quarter(image, context.weights["keypoints.blur"])
    rows = colour_conv(blurred, context.weights["keypoints.down0"], context.weights["keypoints.down0.bias"])
    padded = context.map("flat0", 32, 32, 1, 64)
    for at, y in rows:
        halved_into(inside(padded))(at, slice(0, 64), slice(None), y[:, :, None])
    for i in range(1, 5):
        size = 32 >> i
        target = context.map(f"flat{i}", size, size, 1, 64 << i)
        form = FOUR if 2 * size >= SMALLEST_OF_FOUR else TWO
        conv(context, padded, f"keypoints.down{i}", halved_into(inside(target)), form)
        padded = target
    return inside(padded)[:, :, 0]


def blurred_quarter(image: Floats, blur: Floats) -> Floats:
    """Blur a picture [4 n, 4 n, 3] with a kernel [3, 13 * 13] and keep every fourth pixel."""
    padded = np.pad(image, ((6, 6), (6, 6), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (13, 13), axis=(0, 1))[::4, ::4]
    return np.asarray(np.einsum("yxcij,cij->yxc", windows, blur.reshape(3, 13, 13), optimize=False), np.float32)


def _deepen(context: LayerContext, flat: Floats, volume: Floats) -> None:
    """Return each of four places a column of slices, by a slice's matrix at a time."""
    numbers = flat.reshape(4, -1)
    bias = context.weights["keypoints.deepen.bias"].reshape(DEPTH, -1)
    for z, name in enumerate(context.filters("keypoints.deepen")):
        volume[:, :, z] = (numbers @ context.widened(name) + bias[z]).reshape(2, 2, -1)


def expected(heat: Floats) -> Floats:
    """Return where each channel of [rows, columns, depth, points] is warm on average: [points, 3] as x, y, z."""
    rows, columns, depth, points = heat.shape
    share = heat / TEMPERATURE
    share -= share.max(axis=(0, 1, 2))
    np.exp(share, out=share)
    share /= share.reshape(-1, points).sum(axis=0, dtype=np.float64).astype(np.float32)
    x = axis(columns) @ share.sum(axis=(0, 2))
    y = axis(rows) @ share.sum(axis=(1, 2))
    z = axis(depth) @ share.sum(axis=(0, 1))
    return np.stack([x, y, z], axis=1)


def axis(n: int) -> Floats:
    """Return n places from -1 to 1."""
    return (2 * (np.arange(n, dtype=np.float32) / np.float32(n - 1)) - 1).astype(np.float32)
