"""The appearance encoder: a feature volume of the portrait, computed once per portrait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.context import inside
from halfgig.animators.sadtalker.networks.conv import conv
from halfgig.animators.sadtalker.networks.rows import add_into, relu_into, relu_pool_into

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

SIZE = 256
"""Pixels per side of the face crop that is encoded and rendered."""
VOXELS = 64, 64, 16
"""Rows, columns and depth of the appearance volume; the published weights have 32 channels."""


def appearance(context: LayerContext, image: Floats) -> Floats:
    """Return the appearance volume [64, 64, 16, 32] of an RGB picture [256, 256, 3] in 0..1."""
    flat = _flat(context, image)
    columns = context.weights["encoder.second"]
    volume = (inside(flat).reshape(-1, columns.shape[0]) @ columns + context.weights["encoder.second.bias"]).reshape(
        *VOXELS, -1
    )
    padded = context.map("volume", *volume.shape)
    inner = context.map("inner", *volume.shape)
    for i in range(6):
        _block(context, f"encoder.res{i}", volume, padded, inner)
    return volume


def compressed(context: LayerContext, volume: Floats) -> Floats:
    """Return the volume [..., 32] reduced to four channels [..., 4], the input of the dense motion network."""
    reduced = (
        volume.reshape(-1, volume.shape[3]) @ context.weights["motion.compress"]
        + context.weights["motion.compress.bias"]
    )
    return np.asarray(np.maximum(reduced, 0).reshape(*volume.shape[:3], -1), np.float32)


def _flat(context: LayerContext, image: Floats) -> Floats:
    first = context.map("first", SIZE, SIZE, 1, context.width("encoder.first"))
    full = inside(first)
    weight, bias = context.weights["encoder.first"], context.weights["encoder.first.bias"]
    for rows, y in rgb_conv(image, weight, bias):
        np.maximum(y, 0, out=full[rows, :, 0])
    half = context.map("half", SIZE // 2, SIZE // 2, 1, context.width("encoder.down0"))
    conv(context, first, "encoder.down0", relu_pool_into(inside(half)))
    quarter = context.map("quarter", SIZE // 4, SIZE // 4, 1, context.width("encoder.down1"))
    conv(context, half, "encoder.down1", relu_pool_into(inside(quarter)))
    return quarter


def _block(context: LayerContext, name: str, volume: Floats, padded: Floats, inner: Floats) -> None:
    """Add a residual block's output to the volume, in place."""
    activated = inside(padded)
    np.multiply(volume, context.weights[f"{name}.factor"], out=activated)
    activated += context.weights[f"{name}.added"]
    np.maximum(activated, 0, out=activated)
    conv(context, padded, f"{name}.conv1", relu_into(inside(inner)))
    conv(context, inner, f"{name}.conv2", add_into(volume))


def rgb_conv(image: Floats, weight: Floats, bias: Floats, step: int = 16) -> list[tuple[slice, Floats]]:
    """Convolve a picture [rows, columns, 3] with a 3 x 3 weight [27, out]; return bands [step, columns, out]."""
    rows, columns, _ = image.shape
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1)).transpose(0, 1, 3, 4, 2)
    return [
        (slice(y, y + step), (windows[y : y + step].reshape(-1, 27) @ weight + bias).reshape(-1, columns, len(bias)))
        for y in range(0, rows, step)
    ]
