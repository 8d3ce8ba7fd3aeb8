"""From the warped volume to a picture: a decoder whose normalisations are steered by what it starts from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.context import inside
from halfgig.animators.sadtalker.networks.conv import Filters, conv, convolve, convolve_mixed, lowered, spread_all
from halfgig.animators.sadtalker.networks.doubled import doubled_conv
from halfgig.animators.sadtalker.networks.rows import (
    SLOPE,
    added_into,
    below,
    bent,
    plain_into,
    positive_into,
    statistics,
)
from halfgig.animators.sadtalker.networks.warp import Window
from halfgig.animators.sadtalker.networks.winograd import FOUR
from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, slice, Floats], None]

SIZE = 64
SHARED = 128
"""Channels of what gamma and beta are made from."""
BAND = 32
"""Rows of an enlarged map made at a time, and what comes over from the band before."""
SLACK = 10
LEAK = 0.01
"""What the layer before the decoder keeps of negative numbers."""


def decoded(context: LayerContext, warped: Floats, visible: Floats) -> Floats:
    """Return a picture [256, 256, 3] in 0..1.

    `warped` is the volume [66, 66, 1, 512] with a border, `visible` [64, 64].
    """
    features = _features(context, warped, visible)
    context.arena.keep_only("features")
    x = context.arena.shared("x", SIZE, SIZE, 1, 512)
    conv(context, features, "decoder.fc", plain_into(x))
    _middle(context, features, x)
    held = "x"
    for i, width in enumerate((256, 64)):
        context.arena.keep_only("features", held)
        x = _enlarging_block(context, f"decoder.up{i}", features, x, width)
        held = f"decoder.up{i}.result"
    context.arena.keep_only(held)
    return _picture(context, x)


def _features(context: LayerContext, warped: Floats, visible: Floats) -> Floats:
    third = context.arena.shared("third", SIZE, SIZE, 1, 256)

    def take(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        third[rows, columns, :, channels] = bent(y, LEAK)

    conv(context, warped, "decoder.third", take)
    features = context.map("features", SIZE, SIZE, 1, 256)
    mixed = third.reshape(-1, 256) @ context.weights["decoder.fourth"] + context.weights["decoder.fourth.bias"]
    np.multiply(mixed.reshape(SIZE, SIZE, 1, 256), visible[:, :, None, None], out=inside(features))
    return features


def _middle(context: LayerContext, features: Floats, x: Floats) -> None:
    """Add six residual blocks to x [64, 64, 1, 512]; all their normalisations are steered by the same mixed tiles."""
    mixed = spread_all(
        context, features, Filters(context, "decoder.middle0.norm0.shared", features.shape[3]), "mixed features"
    )
    for i in range(6):
        _block(context, f"decoder.middle{i}", mixed, x)


def _block(context: LayerContext, name: str, mixed: Floats, x: Floats) -> None:
    """Add a residual block to x [64, 64, 1, 512]."""
    inner = context.arena.shared("inner", *x.shape)
    steered = context.map("steered", *x.shape)
    shared = context.map("shared", SIZE, SIZE, 1, 128)
    for i, (numbers, take) in enumerate(((x, plain_into(inner)), (inner, added_into(x)))):
        filters = Filters(context, f"{name}.norm{i}.shared", mixed.shape[-1])
        convolve_mixed(context, mixed, filters, positive_into(inside(shared)))
        both = Filters(context, f"{name}.norm{i}.both", SHARED).in_parts(2)
        convolve(context, shared, both, steering(Source(context, numbers), inside(steered)))
        conv(context, steered, f"{name}.conv{i}", take)


class Source:
    """A map that will be normalised and enlarged by repeating; its statistics are known already."""

    def __init__(self, context: LayerContext, x: Floats, times: int = 1) -> None:
        self._x, self._of_x, self._rooms = x, statistics(context, x), context.arena
        self.times = times
        self.size = times * len(x)
        self.channels = x.shape[3]

    def normalised(self, rows: slice, columns: slice, channels: slice) -> Floats:
        """Return what some rows, columns and channels of the enlarged map need, not enlarged yet."""
        part = self._x[self._fewer(rows), self._fewer(columns), :, channels]
        few = np.subtract(part, self._of_x.mean[channels], out=self._rooms.mine("few", *part.shape))
        few *= self._of_x.factor[channels]
        return few

    def _fewer(self, places: slice) -> slice:
        return slice(places.start // self.times, places.stop // self.times)

    def scale(self, factors: Floats, rows: slice, columns: slice, channels: slice) -> None:
        """Multiply factors by the enlarged, normalised map."""
        few = self.normalised(rows, columns, channels)
        for row in range(self.times):
            for column in range(self.times):
                factors[row :: self.times, column :: self.times] *= few


def steering(source: Source, out: Floats, first: int = 0) -> Take:
    """Take gamma and beta, the parts of a block, and write the source steered and bent, from its row `first` on."""

    def take(rows: slice, columns: slice, block: slice, y: Floats) -> None:
        gamma, beta = y
        channels = slice(block.start // 2, block.stop // 2)
        source.scale(gamma, lowered(rows, first), columns, channels)
        gamma += beta
        np.multiply(gamma, np.float32(SLOPE), out=beta)
        np.maximum(gamma, beta, out=out[rows, columns, :, channels])

    return take


def _enlarging_block(context: LayerContext, name: str, features: Floats, x: Floats, width: int) -> Floats:
    """Return a block's result at twice x's size: [2 rows, 2 columns, 1, width]."""
    outer = Source(context, x, 2)
    result = context.arena.shared(f"{name}.result", outer.size, outer.size, 1, width)
    inner = context.arena.shared("inner", outer.size, outer.size, 1, width)
    _shortcut(context, f"{name}.shortcut", features, outer, result)
    _steered_conv(context, (f"{name}.norm0", f"{name}.conv0"), features, outer, plain_into(inner))
    _steered_conv(context, (f"{name}.norm1", f"{name}.conv1"), features, Source(context, inner), added_into(result))
    return result


def _steered_conv(context: LayerContext, names: tuple[str, str], features: Floats, source: Source, take: Take) -> None:
    """Steer a map by the features and convolve it, in bands: each layer is a row of tiles behind the one before."""
    size, channels = source.size, source.channels
    both = Filters(context, f"{names[0]}.both", SHARED).in_parts(2).keep("kept both")
    last = Filters(context, names[1], channels).keep("kept last")
    shared = Window(context.arena, "shared", BAND + SLACK, size, SHARED)
    steered = Window(context.arena, "steered", BAND + SLACK, size, channels)
    ready = done = 0
    for start in range(0, size, BAND):
        stop = start + BAND
        enlarged(context, f"{names[0]}.shared", features, shared.rows(start), start, size)
        now, then = (stop - FOUR.size, stop - 2 * FOUR.size) if stop < size else (size, size)
        convolve(context, shared.part(ready, now), both, steering(source, steered.rows(ready), ready))
        convolve(context, steered.part(done, then), last, below(take, done))
        shared.forget(now, stop)
        steered.forget(then, now)
        ready, done = now, then


def _shortcut(context: LayerContext, name: str, features: Floats, source: Source, result: Floats) -> None:
    """Write the way around a block: the source, scaled, convolved 1 x 1, and what beta has become."""
    size, across = source.size, context.weights[f"{name}.across"]
    both = Filters(context, f"{name}.both", SHARED).keep("kept both")
    shared = Window(context.arena, "shared", BAND + SLACK, size, SHARED)
    ready = 0
    for start in range(0, size, BAND):
        stop = start + BAND
        enlarged(context, f"{name}.shared", features, shared.rows(start), start, size)
        now = stop - FOUR.size if stop < size else size
        scaled = context.arena.shared("steered", now - ready, size, 1, source.channels)
        here = result[ready:now]
        convolve(context, shared.part(ready, now), both, _scaling(source, scaled, here, ready))
        context.pool.all(partial(_add_product, context, scaled, across, here), spans(now - ready, 8))
        shared.forget(now, stop)
        ready = now


def _scaling(source: Source, scaled: Floats, rest: Floats, first: int) -> Take:
    """Take gamma and write the source scaled by it; take what follows gamma and write it as it is."""

    def take(rows: slice, columns: slice, channels: slice, y: Floats) -> None:
        if channels.start >= source.channels:
            rest[rows, columns, :, lowered(channels, -source.channels)] = y
            return
        source.scale(y, lowered(rows, first), columns, channels)
        scaled[rows, columns, :, channels] = y

    return take


def _add_product(context: LayerContext, numbers: Floats, weight: Floats, result: Floats, rows: Span) -> None:
    part = result[rows.slice, :, 0]
    part += np.matmul(numbers[rows.slice, :, 0], weight, out=context.arena.mine("added", *part.shape))


def enlarged(context: LayerContext, name: str, features: Floats, out: Floats, start: int, size: int) -> None:
    """Convolve a band of the features as if they were enlarged to `size`, and write it without negative numbers."""
    times = size // SIZE
    part = features[start // times : (start + BAND) // times + 2]
    doubled_conv(context, part, name, positive_into(out), times)


def _picture(context: LayerContext, x: Floats) -> Floats:
    """Return the picture of x [256, 256, 1, 64]."""
    size = len(x)
    weight = context.weights["decoder.image"].reshape(9, 64, 3).transpose(1, 0, 2).reshape(64, 27)
    products = np.zeros((size + 2, size + 2, 27), np.float32)

    def work(rows: Span) -> None:
        part = x[rows.slice, :, 0].copy()
        np.matmul(bent(part, SLOPE), weight, out=products[1:-1, 1:-1][rows.slice])

    context.pool.all(work, spans(size, 16))
    total = np.zeros((size, size, 3), np.float32)
    for tap in range(9):
        down, right = divmod(tap, 3)
        total += products[down : down + size, right : right + size, 3 * tap : 3 * tap + 3]
    total += context.weights["decoder.image.bias"]
    return np.asarray(1 / (1 + np.exp(-total)), np.float32)
