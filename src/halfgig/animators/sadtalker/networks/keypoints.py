"""The key-point detector (of face-vid2vid): fifteen 3D key points, computed once per portrait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.context import inside
from halfgig.animators.sadtalker.networks.conv import conv
from halfgig.animators.sadtalker.networks.encoder import rgb_conv
from halfgig.animators.sadtalker.networks.rows import relu_into, relu_pool_into, store_into
from halfgig.animators.sadtalker.networks.upsampled import upsampled_conv
from halfgig.animators.sadtalker.networks.winograd import FOUR, TWO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

DEPTH = 16
TEMPERATURE = np.float32(0.1)
SMALLEST_OF_FOUR = 16
"""Rows from which tiles of 4 x 4 are faster; in smaller maps transforming the filters takes most of the time."""


def key_points(context: LayerContext, image: Floats) -> Floats:
    """Return the key points [15, 3] of a picture [256, 256, 3] in 0..1: x, y and z, each in -1..1."""
    flat = _small(context, image)
    volume = context.map("deep0", 2, 2, DEPTH, context.width("keypoints.deepen") // DEPTH)
    _deepen(context, flat, inside(volume))
    for i in range(5):
        size = 4 << i
        larger = context.map(f"deep{i + 1}", size, size, DEPTH, context.width(f"keypoints.up{i}"))
        upsampled_conv(context, volume, f"keypoints.up{i}", relu_into(inside(larger)))
        volume = larger
    heat = np.empty((64, 64, DEPTH, context.width("keypoints.heat")), np.float32)
    conv(context, volume, "keypoints.heat", store_into(heat))
    return expected_positions(heat)


def _small(context: LayerContext, image: Floats) -> Floats:
    """Return the feature map [2, 2, 1024] of a picture [256, 256, 3]."""
    blurred = blurred_quarter(image, context.weights["keypoints.blur"])
    bands = rgb_conv(blurred, context.weights["keypoints.down0"], context.weights["keypoints.down0.bias"])
    padded = context.map("flat0", 32, 32, 1, context.width("keypoints.down0"))
    for at, y in bands:
        relu_pool_into(inside(padded))(at, slice(0, 64), slice(None), y[:, :, None])
    for i in range(1, 5):
        size = 32 >> i
        target = context.map(f"flat{i}", size, size, 1, context.width(f"keypoints.down{i}"))
        form = FOUR if 2 * size >= SMALLEST_OF_FOUR else TWO
        conv(context, padded, f"keypoints.down{i}", relu_pool_into(inside(target)), form)
        padded = target
    return inside(padded)[:, :, 0]


def blurred_quarter(image: Floats, blur: Floats) -> Floats:
    """Blur a picture [4 n, 4 n, 3] with a kernel [3, 13 * 13] and keep every fourth pixel."""
    padded = np.pad(image, ((6, 6), (6, 6), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (13, 13), axis=(0, 1))[::4, ::4]
    return np.asarray(np.einsum("yxcij,cij->yxc", windows, blur.reshape(3, 13, 13), optimize=False), np.float32)


def _deepen(context: LayerContext, flat: Floats, volume: Floats) -> None:
    """Expand a flat map [2, 2, 1024] into a volume [2, 2, 16, 1024], one depth slice and its matrix at a time."""
    numbers = flat.reshape(4, -1)
    bias = context.weights["keypoints.deepen.bias"].reshape(DEPTH, -1)
    for z, name in enumerate(context.filters("keypoints.deepen")):
        volume[:, :, z] = (numbers @ context.widened(name) + bias[z]).reshape(2, 2, -1)


def expected_positions(heat: Floats) -> Floats:
    """Return the mean position [points, 3] (x, y, z in -1..1) under each heat map of [rows, columns, depth, points]."""
    rows, columns, depth, points = heat.shape
    probabilities = heat / TEMPERATURE
    probabilities -= probabilities.max(axis=(0, 1, 2))
    np.exp(probabilities, out=probabilities)
    probabilities /= probabilities.reshape(-1, points).sum(axis=0, dtype=np.float64).astype(np.float32)
    x = axis(columns) @ probabilities.sum(axis=(0, 2))
    y = axis(rows) @ probabilities.sum(axis=(1, 2))
    z = axis(depth) @ probabilities.sum(axis=(0, 1))
    return np.stack([x, y, z], axis=1)


def axis(n: int) -> Floats:
    """Return `n` equidistant coordinates from -1 to 1."""
    return (2 * (np.arange(n, dtype=np.float32) / np.float32(n - 1)) - 1).astype(np.float32)
