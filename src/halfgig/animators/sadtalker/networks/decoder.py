"""The decoder: from the warped volume to a picture, through SPADE residual blocks.

SPADE (Park et al., 2019, https://arxiv.org/abs/1903.07291) normalises a map, then scales it by 1 + gamma and shifts it
by beta, which are convolutions of the features the decoder starts from.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.context import inside
from halfgig.animators.sadtalker.networks.conv import Filters, conv, convolve, convolve_tiles, shifted, transform_all
from halfgig.animators.sadtalker.networks.rows import (
    SLOPE,
    add_into,
    leaky_relu,
    offset_rows,
    relu_into,
    statistics,
    store_into,
)
from halfgig.animators.sadtalker.networks.upsampled import upsampled_conv
from halfgig.animators.sadtalker.networks.warp import RowWindow
from halfgig.animators.sadtalker.networks.winograd import FOUR
from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext
    from halfgig.animators.sadtalker.networks.rows import Sink

    Floats = NDArray[np.float32]

SIZE = 64
BAND = 32
"""Rows of an upsampled map computed at a time; windows have `SLACK` more, for rows of the band before."""
SLACK = 10
LEAK = 0.01
"""Slope of the leaky ReLU before the decoder."""


def decode(context: LayerContext, warped: Floats, occlusion: Floats) -> Floats:
    """Return an RGB picture [256, 256, 3] in 0..1.

    `warped` is the padded warped volume [66, 66, 1, 512], `occlusion` is [64, 64].
    """
    features = _features(context, warped, occlusion)
    context.arena.keep_only("features")
    x = context.arena.shared("x", SIZE, SIZE, 1, context.width("decoder.fc"))
    conv(context, features, "decoder.fc", store_into(x))
    _middle(context, features, x)
    held = "x"
    for i in range(2):
        context.arena.keep_only("features", held)
        x = _upsampling_block(context, f"decoder.up{i}", features, x)
        held = f"decoder.up{i}.result"
    context.arena.keep_only(held)
    return _picture(context, x)


def _features(context: LayerContext, warped: Floats, occlusion: Floats) -> Floats:
    """Return the features [66, 66, 1, 256] that every SPADE layer uses, with occluded areas attenuated."""
    third = context.arena.shared("third", SIZE, SIZE, 1, context.width("decoder.third"))

    def write(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        third[rows, columns, :, channels] = leaky_relu(y, LEAK)

    conv(context, warped, "decoder.third", write)
    features = context.map("features", SIZE, SIZE, 1, context.width("decoder.fourth"))
    numbers = third.reshape(-1, third.shape[3])
    fourth = numbers @ context.weights["decoder.fourth"] + context.weights["decoder.fourth.bias"]
    np.multiply(fourth.reshape(SIZE, SIZE, 1, -1), occlusion[:, :, None, None], out=inside(features))
    return features


def _middle(context: LayerContext, features: Floats, x: Floats) -> None:
    """Run six residual blocks on x [64, 64, 1, 512], in place; the features are transformed once for all of them."""
    tiles = transform_all(
        context, features, Filters(context, "decoder.middle0.norm0.shared", features.shape[3]), "feature tiles"
    )
    for i in range(6):
        _block(context, f"decoder.middle{i}", tiles, x)


def _block(context: LayerContext, name: str, tiles: Floats, x: Floats) -> None:
    """Run a residual block on x [64, 64, 1, 512], in place; `tiles` are the transformed features."""
    inner = context.arena.shared("inner", *x.shape)
    modulated = context.map("modulated", *x.shape)
    shared = context.map("shared", SIZE, SIZE, 1, context.width(f"{name}.norm0.shared"))
    for i, (numbers, sink) in enumerate(((x, store_into(inner)), (inner, add_into(x)))):
        filters = Filters(context, f"{name}.norm{i}.shared", tiles.shape[-1])
        convolve_tiles(context, tiles, filters, relu_into(inside(shared)))
        both = Filters(context, f"{name}.norm{i}.both", shared.shape[3]).in_parts(2)
        convolve(context, shared, both, modulate_into(inside(modulated), NormalisedMap(context, numbers)))
        conv(context, modulated, f"{name}.conv{i}", sink)


class NormalisedMap:
    """A map that is normalised and upsampled by repetition on access, so that neither is ever stored whole."""

    def __init__(self, context: LayerContext, x: Floats, times: int = 1) -> None:
        """Measure the map [rows, columns, 1, channels]; `times` is the upsampling factor."""
        self._x, self._statistics, self._arena = x, statistics(context, x), context.arena
        self.times = times
        self.size = times * len(x)
        self.channels = x.shape[3]

    def normalised(self, rows: slice, columns: slice, channels: slice) -> Floats:
        """Return the normalised values for a range of the upsampled map, at the original size."""
        part = self._x[self._original(rows), self._original(columns), :, channels]
        values = np.subtract(part, self._statistics.mean[channels], out=self._arena.mine("few", *part.shape))
        values *= self._statistics.factor[channels]
        return values

    def _original(self, extent: slice) -> slice:
        return slice(extent.start // self.times, extent.stop // self.times)

    def scale(self, factors: Floats, rows: slice, columns: slice, channels: slice) -> None:
        """Multiply `factors`, in place, by a range of the upsampled, normalised map."""
        values = self.normalised(rows, columns, channels)
        for row in range(self.times):
            for column in range(self.times):
                factors[row :: self.times, column :: self.times] *= values


def modulate_into(target: Floats, source: NormalisedMap, first: int = 0) -> Sink:
    """Return a sink for 1 + gamma and beta that writes the modulated source after a leaky ReLU.

    `target` starts at the source's row `first`.
    """

    def write(rows: slice, columns: slice, block: slice, y: Floats) -> None:
        gamma, beta = y
        channels = slice(block.start // 2, block.stop // 2)
        source.scale(gamma, shifted(rows, first), columns, channels)
        gamma += beta
        np.multiply(gamma, np.float32(SLOPE), out=beta)
        np.maximum(gamma, beta, out=target[rows, columns, :, channels])

    return write


def _upsampling_block(context: LayerContext, name: str, features: Floats, x: Floats) -> Floats:
    """Run a residual block on x upsampled by two; return [2 rows, 2 columns, 1, width]."""
    outer, width = NormalisedMap(context, x, 2), context.width(f"{name}.conv1")
    result = context.arena.shared(f"{name}.result", outer.size, outer.size, 1, width)
    inner = context.arena.shared("inner", outer.size, outer.size, 1, width)
    _shortcut(context, f"{name}.shortcut", features, outer, result)
    _modulated_conv(context, (f"{name}.norm0", f"{name}.conv0"), features, outer, store_into(inner))
    _modulated_conv(
        context, (f"{name}.norm1", f"{name}.conv1"), features, NormalisedMap(context, inner), add_into(result)
    )
    return result


def _modulated_conv(
    context: LayerContext, names: tuple[str, str], features: Floats, source: NormalisedMap, sink: Sink
) -> None:
    """Modulate a map by the features and convolve it, in bands; each layer lags one row of tiles behind its input.

    `names` are the prefixes of the normalisation's and the convolution's weights.
    """
    size, channels, shared_width = source.size, source.channels, context.width(f"{names[0]}.shared")
    both = Filters(context, f"{names[0]}.both", shared_width).in_parts(2).keep("kept both")
    last = Filters(context, names[1], channels).keep("kept last")
    shared = RowWindow(context.arena, "shared", BAND + SLACK, size, shared_width)
    modulated = RowWindow(context.arena, "modulated", BAND + SLACK, size, channels)
    shared_done = modulated_done = 0
    for start in range(0, size, BAND):
        stop = start + BAND
        _shared_band(context, f"{names[0]}.shared", features, shared.rows(start), start, size)
        ready, final = (stop - FOUR.size, stop - 2 * FOUR.size) if stop < size else (size, size)
        modulate = modulate_into(modulated.rows(shared_done), source, shared_done)
        convolve(context, shared.part(shared_done, ready), both, modulate)
        convolve(context, modulated.part(modulated_done, final), last, offset_rows(sink, modulated_done))
        shared.forget(ready, stop)
        modulated.forget(final, ready)
        shared_done, modulated_done = ready, final


def _shortcut(context: LayerContext, name: str, features: Floats, source: NormalisedMap, result: Floats) -> None:
    """Write a block's shortcut to `result`: the source scaled by 1 + gamma and convolved 1 x 1, plus merged beta."""
    size, across, shared_width = source.size, context.weights[f"{name}.across"], context.width(f"{name}.shared")
    both = Filters(context, f"{name}.both", shared_width).keep("kept both")
    shared = RowWindow(context.arena, "shared", BAND + SLACK, size, shared_width)
    done = 0
    for start in range(0, size, BAND):
        stop = start + BAND
        _shared_band(context, f"{name}.shared", features, shared.rows(start), start, size)
        ready = stop - FOUR.size if stop < size else size
        scaled = context.arena.shared("modulated", ready - done, size, 1, source.channels)
        band = result[done:ready]
        convolve(context, shared.part(done, ready), both, _scale_into(scaled, band, source, done))
        context.pool.all(partial(_add_product, context, scaled, across, band), spans(ready - done, 8))
        shared.forget(ready, stop)
        done = ready


def _scale_into(scaled: Floats, beta: Floats, source: NormalisedMap, first: int) -> Sink:
    """Return a sink that writes the source scaled by 1 + gamma to `scaled`, and the channels after gamma to `beta`.

    Both start at the source's row `first`.
    """

    def write(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        if channels.start >= source.channels:
            beta[rows, columns, :, shifted(channels, -source.channels)] = y
            return
        source.scale(y, shifted(rows, first), columns, channels)
        scaled[rows, columns, :, channels] = y

    return write


def _add_product(context: LayerContext, numbers: Floats, weight: Floats, result: Floats, rows: Span) -> None:
    part = result[rows.slice, :, 0]
    part += np.matmul(numbers[rows.slice, :, 0], weight, out=context.arena.mine("added", *part.shape))


def _shared_band(context: LayerContext, name: str, features: Floats, out: Floats, start: int, size: int) -> None:
    """Convolve a band of the features as if they were upsampled to `size` rows; write it to `out` after a ReLU."""
    times = size // SIZE
    part = features[start // times : (start + BAND) // times + 2]
    upsampled_conv(context, part, name, relu_into(out), times)


def _picture(context: LayerContext, x: Floats) -> Floats:
    """Return the picture [256, 256, 3] of the last map x [256, 256, 1, 64]: leaky ReLU, 3 x 3 convolution, sigmoid."""
    size, channels = len(x), x.shape[3]
    weight = context.weights["decoder.image"].reshape(9, channels, 3).transpose(1, 0, 2).reshape(channels, 27)
    products = np.zeros((size + 2, size + 2, 27), np.float32)

    def work(rows: Span) -> None:
        part = x[rows.slice, :, 0].copy()
        np.matmul(leaky_relu(part, SLOPE), weight, out=products[1:-1, 1:-1][rows.slice])

    context.pool.all(work, spans(size, 16))
    total = np.zeros((size, size, 3), np.float32)
    for tap in range(9):
        down, right = divmod(tap, 3)
        total += products[down : down + size, right : right + size, 3 * tap : 3 * tap + 3]
    total += context.weights["decoder.image.bias"]
    return np.asarray(1 / (1 + np.exp(-total)), np.float32)
