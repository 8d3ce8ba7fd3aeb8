"""From the warped volume to a picture: a decoder whose normalisations are steered by what it starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.models.sadtalker.bench import inside
from halfgig.models.sadtalker.conv import conv
from halfgig.models.sadtalker.doubled import doubled_conv
from halfgig.models.sadtalker.rows import SLOPE, added_into, bent, plain_into, positive_into
from halfgig.models.sadtalker.statistics import Statistics, statistics
from halfgig.models.tiles import Span, spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.models.sadtalker.bench import Bench

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, Floats], None]

SIZE = 64
LEAK = 0.01
"""What the layer before the decoder keeps of negative numbers."""
HALF = 64
"""Gamma's channels in a block of weights, and beta's."""


def decoded(bench: Bench, warped: Floats, visible: Floats) -> Floats:
    """Give a picture [256, 256, 3] in 0..1.

    `warped` is the volume [66, 66, 1, 512] with a border, `visible` [64, 64].
    """
    features = _features(bench, warped, visible)
    x = bench.blocks.shared("x", SIZE, SIZE, 1, 512)
    conv(bench, features, "decoder.fc", plain_into(x))
    for i in range(6):
        _block(bench, f"decoder.middle{i}", features, x)
    for i, width in enumerate((256, 64)):
        x = _enlarging_block(bench, f"decoder.up{i}", features, x, width)
    return _picture(bench, x)


def _features(bench: Bench, warped: Floats, visible: Floats) -> Floats:
    third = bench.blocks.shared("third", SIZE, SIZE, 1, 256)

    def take(rows: slice, channels: slice, y: Floats) -> None:
        third[rows, :, :, channels] = bent(y, LEAK)

    conv(bench, warped, "decoder.third", take)
    features = bench.map("features", SIZE, SIZE, 1, 256)
    mixed = third.reshape(-1, 256) @ bench.weights["decoder.fourth"] + bench.weights["decoder.fourth.bias"]
    np.multiply(mixed.reshape(SIZE, SIZE, 1, 256), visible[:, :, None, None], out=inside(features))
    return features


def _block(bench: Bench, name: str, features: Floats, x: Floats) -> None:
    """Add a residual block to x [64, 64, 1, 512]."""
    inner = bench.blocks.shared("inner", *x.shape)
    steered = bench.map("steered", *x.shape)
    shared = bench.map("shared", SIZE, SIZE, 1, 128)
    for i, (numbers, take) in enumerate(((x, plain_into(inner)), (inner, added_into(x)))):
        conv(bench, features, f"{name}.norm{i}.shared", positive_into(inside(shared)))
        take_steering = steering(numbers, statistics(bench, numbers), inside(steered))
        conv(bench, shared, f"{name}.norm{i}.both", take_steering)
        conv(bench, steered, f"{name}.conv{i}", take)


def steering(x: Floats, of_x: Statistics, out: Floats, times: int = 1) -> Take:
    """Take gamma and beta, half a block each, and write x, normalised, steered and bent; x is enlarged `times`."""

    def take(rows: slice, block: slice, y: Floats) -> None:
        start = block.start // 2
        channels = slice(start, start + HALF)
        normal = normalised(x, of_x, rows, channels, times)
        normal *= y[..., :HALF]
        normal += y[..., HALF:]
        out[rows, :, :, channels] = bent(normal, SLOPE)

    return take


def normalised(x: Floats, of_x: Statistics, rows: slice, channels: slice, times: int) -> Floats:
    """Give some rows and channels of x enlarged `times`, normalised: [rows, columns, 1, channels]."""
    few = x[rows.start // times : -(-rows.stop // times), :, :, channels] - of_x.mean[channels]
    few *= of_x.factor[channels]
    if times == 1:
        return few
    return few.repeat(times, axis=0)[rows.start % times :][: rows.stop - rows.start].repeat(times, axis=1)


def _enlarging_block(bench: Bench, name: str, features: Floats, x: Floats, width: int) -> Floats:
    """Give a block's result at twice x's size: [2 rows, 2 columns, 1, width]."""
    size, channels = 2 * x.shape[0], x.shape[3]
    times = size // SIZE
    of_x = statistics(bench, x)
    shared = bench.map("shared", size, size, 1, 128)
    result = bench.blocks.shared(f"{name}.result", size, size, 1, width)
    steered = bench.map("steered", size, size, 1, channels)
    doubled_conv(bench, features, f"{name}.shortcut.shared", positive_into(inside(shared)), times)
    conv(bench, shared, f"{name}.shortcut.beta", plain_into(result))
    conv(bench, shared, f"{name}.shortcut.gamma", _scaling(x, of_x, inside(steered)))
    across(bench, inside(steered), f"{name}.shortcut.across", result)
    doubled_conv(bench, features, f"{name}.norm0.shared", positive_into(inside(shared)), times)
    conv(bench, shared, f"{name}.norm0.both", steering(x, of_x, inside(steered), 2))
    inner = bench.blocks.shared("inner", size, size, 1, width)
    conv(bench, steered, f"{name}.conv0", plain_into(inner))
    doubled_conv(bench, features, f"{name}.norm1.shared", positive_into(inside(shared)), times)
    steered = bench.map("steered", size, size, 1, width)
    conv(bench, shared, f"{name}.norm1.both", steering(inner, statistics(bench, inner), inside(steered)))
    conv(bench, steered, f"{name}.conv1", added_into(result))
    return result


def _scaling(x: Floats, of_x: Statistics, out: Floats) -> Take:
    """Take gamma and write x, enlarged, normalised and scaled."""

    def take(rows: slice, channels: slice, y: Floats) -> None:
        y *= normalised(x, of_x, rows, channels, 2)
        out[rows, :, :, channels] = y

    return take


def across(bench: Bench, numbers: Floats, name: str, result: Floats) -> None:
    """Add a 1 x 1 convolution of a map to a result."""
    weight = bench.weights[name]

    def work(rows: Span) -> None:
        result[rows.slice, :, 0] += numbers[rows.slice, :, 0] @ weight

    bench.team.all(work, spans(len(numbers), 8))


def _picture(bench: Bench, x: Floats) -> Floats:
    """Give the picture of x [256, 256, 1, 64]."""
    size = len(x)
    weight = bench.weights["decoder.image"].reshape(9, 64, 3).transpose(1, 0, 2).reshape(64, 27)
    products = np.zeros((size + 2, size + 2, 27), np.float32)

    def work(rows: Span) -> None:
        part = x[rows.slice, :, 0].copy()
        np.matmul(bent(part, SLOPE), weight, out=products[1:-1, 1:-1][rows.slice])

    bench.team.all(work, spans(size, 16))
    total = np.zeros((size, size, 3), np.float32)
    for tap in range(9):
        down, right = divmod(tap, 3)
        total += products[down : down + size, right : right + size, 3 * tap : 3 * tap + 3]
    total += bench.weights["decoder.image.bias"]
    return np.asarray(1 / (1 + np.exp(-total)), np.float32)
