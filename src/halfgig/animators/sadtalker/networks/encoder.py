"""A portrait's appearance volume, once per portrait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.context import inside
from halfgig.animators.sadtalker.networks.conv import conv
from halfgig.animators.sadtalker.networks.rows import added_into, halved_into, positive_into

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

SIZE = 256
"""Pixels of a portrait's side."""
VOLUME = 64, 64, 16, 32
"""Rows, columns, depth and channels of the appearance volume."""


def appearance(context: LayerContext, image: Floats) -> Floats:
    """Return the appearance volume [64, 64, 16, 32] of a picture [256, 256, 3] in 0..1."""
    flat = _flat(context, image)
    columns = context.weights["encoder.second"]
    volume = (inside(flat).reshape(-1, columns.shape[0]) @ columns + context.weights["encoder.second.bias"]).reshape(
        VOLUME
    )
    padded = context.map("volume", *VOLUME)
    inner = context.map("inner", *VOLUME)
    for i in range(6):
        _block(context, f"encoder.res{i}", volume, padded, inner)
    return volume


def compressed(context: LayerContext, volume: Floats) -> Floats:
    """Return what the dense motion network sees of a volume: [64, 64, 16, 4]."""
    small = (
        volume.reshape(-1, volume.shape[3]) @ context.weights["motion.compress"]
        + context.weights["motion.compress.bias"]
    )
    return np.asarray(np.maximum(small, 0).reshape(*volume.shape[:3], -1), np.float32)


def _flat(context: LayerContext, image: Floats) -> Floats:
    first = context.map("first", SIZE, SIZE, 1, 64)
    full = inside(first)
    weight, bias = context.weights["encoder.first"], context.weights["encoder.first.bias"]
    for rows, y in colour_conv(image, weight, bias):
        np.maximum(y, 0, out=full[rows, :, 0])
    half = context.map("half", SIZE // 2, SIZE // 2, 1, 128)
    conv(context, first, "encoder.down0", halved_into(inside(half)))
    quarter = context.map("quarter", SIZE // 4, SIZE // 4, 1, 256)
    conv(context, half, "encoder.down1", halved_into(inside(quarter)))
    return quarter


def _block(context: LayerContext, name: str, volume: Floats, padded: Floats, inner: Floats) -> None:
    """Add a residual block to the volume."""
    bent = inside(padded)
    np.multiply(volume, context.weights[f"{name}.factor"], out=bent)
    bent += context.weights[f"{name}.added"]
    np.maximum(bent, 0, out=bent)
    conv(context, padded, f"{name}.conv1", positive_into(inside(inner)))
    conv(context, inner, f"{name}.conv2", added_into(volume))


def colour_conv(image: Floats, weight: Floats, bias: Floats, step: int = 16) -> list[tuple[slice, Floats]]:
    """Convolve a picture [rows, columns, 3] with a weight [27, out]; gives rows [n, columns, out] at a time."""
    rows, columns, _ = image.shape
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1)).transpose(0, 1, 3, 4, 2)
    return [
        (slice(y, y + step), (windows[y : y + step].reshape(-1, 27) @ weight + bias).reshape(-1, columns, len(bias)))
        for y in range(0, rows, step)
    ]
