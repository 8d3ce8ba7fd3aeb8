"""3 x 3 convolutions: Winograd tiles for large maps, one matrix product (im2col) for batches of small maps."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.depth import depth_for
from halfgig.animators.sadtalker.networks.rows import offset_rows
from halfgig.animators.sadtalker.networks.winograd import FOUR, Form, inverse_transform, transform_tiles
from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext
    from halfgig.animators.sadtalker.networks.rows import Sink

    Floats = NDArray[np.float32]


TILES = 256
"""Most tiles in a strip of a flat map."""
WHOLE_MAP_NUMBERS = 4_800_000
"""Most transformed numbers of a map that is processed as one strip: 19 MB, the decoder's widest small map."""
STRIP_NUMBERS = 2_400_000
"""Most transformed numbers of a strip otherwise; each thread has one strip."""


def conv(context: LayerContext, padded: Floats, name: str, sink: Sink, form: Form = FOUR) -> None:
    """Convolve a padded map [rows + 2, columns + 2, depth, channels] and pass the result, bias included, to `sink`.

    For weights with three taps of depth, the depth must be padded too. `sink` is called from several threads with
    ranges of rows, columns and channels, and the values there [rows, columns, depth, channels], which it may change.
    """
    tiles = padded.shape[0] * padded.shape[1] // form.size**2
    filters = Filters(context, name, padded.shape[3], form, tiles)
    if len(_strips(padded, filters)) > 1:
        filters.keep("kept")
    convolve(context, padded, filters, sink)


def convolve(context: LayerContext, padded: Floats, filters: Filters, sink: Sink) -> None:
    """Convolve a padded map as `conv` does, with filters that are already open."""
    form, strips = filters.form, _strips(padded, filters)

    def strip_of(strip: Span) -> Floats:
        return padded[form.size * strip.start : form.size * strip.stop + 2]

    def finish(block: int, tiles: Floats, strip: Span) -> None:
        finish_block(context, tiles, filters, block, offset_rows(sink, form.size * strip.start))

    def work(strip: Span) -> None:
        part = strip_of(strip)
        tiles = context.arena.mine("tiles", *tiles_shape(part, filters))
        transform_tiles(form, filters.depth, part, tiles, context.arena)
        for block in range(filters.count):
            finish(block, tiles, strip)

    if context.pool.threads == 1 or len(strips) >= context.pool.threads:
        context.pool.all(work, strips)
        return
    for strip in strips:
        tiles = transform_all(context, strip_of(strip), filters)
        context.pool.all(partial(finish, tiles=tiles, strip=strip), range(filters.count))


def convolve_tiles(context: LayerContext, tiles: Floats, filters: Filters, sink: Sink) -> None:
    """Convolve a map whose tiles were transformed by `transform_all`."""
    context.pool.all(lambda block: finish_block(context, tiles, filters, block, sink), range(filters.count))


def finish_block(context: LayerContext, tiles: Floats, filters: Filters, block: int, sink: Sink) -> None:
    """Multiply transformed tiles by one block's filters and pass the block's output channels to `sink`."""
    products = products_of(context, tiles, filters, block)
    for rows, y in inverse_transform(context, filters.form.size, filters.inverse, products, filters.parts):
        sink(rows, slice(0, y.shape[-3]), filters.channels(block), y)


def shifted(rows: slice, by: int) -> slice:
    """Return a range with `by` added to both ends."""
    return slice(rows.start + by, rows.stop + by)


def tiles_shape(padded: Floats, filters: Filters) -> tuple[int, ...]:
    """Return the shape of a padded map's transformed tiles.

    It is [points, points, depth points, tile rows, tile columns, slices, inner].
    """
    form = filters.form
    tall, wide = ((n - 2) // form.size for n in padded.shape[:2])
    points, slices, inner = filters.depth.shape(*padded.shape[2:])
    return form.points, form.points, points, tall, wide, slices, inner


def _strips(padded: Floats, filters: Filters) -> list[Span]:
    shape = tiles_shape(padded, filters)
    tall, wide = shape[3:5]
    n_tiles = (STRIP_NUMBERS if filters.kept else WHOLE_MAP_NUMBERS) * tall * wide // math.prod(shape)
    return spans(tall, max(1, (min(TILES, n_tiles) if filters.depth.taps == 1 else n_tiles) // wide))


def transform_all(context: LayerContext, padded: Floats, filters: Filters, name: str = "tiles") -> Floats:
    """Transform all tiles of a padded map on all threads, into the shared block `name`."""
    tiles = context.arena.shared(name, *tiles_shape(padded, filters))
    tall, size = tiles.shape[3], filters.form.size

    def transform(rows: Span) -> None:
        part = padded[size * rows.start : size * rows.stop + 2]
        transform_tiles(filters.form, filters.depth, part, tiles[:, :, :, rows.slice], context.arena)

    context.pool.all(transform, spans(tall, max(1, -(-tall // (2 * context.pool.threads)))))
    return tiles


class Filters:
    """A layer's filters in transformed form, one block of output channels at a time."""

    def __init__(self, context: LayerContext, name: str, channels: int, form: Form = FOUR, tiles: int = TILES) -> None:
        """Open a layer's filters for maps of `channels` channels; `tiles` is the number of tiles in a map."""
        self._context, self._names = context, context.filters(name)
        self._bias = context.weights[f"{name}.bias"]
        rows, self.width = context.weights.shape(self._names[0])
        self.form, self.depth = form, depth_for(rows // 9, channels, tiles)
        self.inverse = self.depth.inverse(form.inverse)
        self._forward = self.depth.forward(form.forward)
        self._shape = len(self._forward), rows // self._forward.shape[1], self.width
        self.count = len(self._names)
        self.parts = 1
        self._kept: Floats | None = None

    @property
    def kept(self) -> bool:
        """Whether all filters are transformed and in memory."""
        return self._kept is not None

    def in_parts(self, parts: int) -> Filters:
        """Split each block's channels into `parts` contiguous arrays in the output; returns self."""
        self.parts = parts
        return self

    def keep(self, name: str) -> Filters:
        """Transform all filters at once into the shared block `name`, for maps of several strips; returns self."""
        kept = self._context.arena.shared(name, self.count, *self._shape)
        self._context.pool.all(lambda block: self._transformed(block, kept[block]), range(self.count))
        self._kept = kept
        return self

    def __call__(self, block: int) -> Floats:
        """Return a block's transformed filters [points * points * depth points, inner, width]."""
        if self._kept is not None:
            kept: Floats = self._kept[block]
            return kept
        return self._transformed(block, self._context.arena.mine("taps", *self._shape))

    def _transformed(self, block: int, out: Floats) -> Floats:
        taps = self._context.widened(self._names[block]).reshape(self._forward.shape[1], -1)
        self._context.multiply(self._forward[None], taps[None], out.reshape(1, len(out), -1))
        return out

    def channels(self, block: int) -> slice:
        """Return the range of output channels in a block."""
        return slice(block * self.width, (block + 1) * self.width)

    def add_bias(self, block: int, products: Floats) -> None:
        """Add a block's bias to the products of the point 1, which enters every output with factor one."""
        products[1, 1, self.depth.points // 4] += self._bias[self.channels(block)]


def products_of(context: LayerContext, tiles: Floats, filters: Filters, block: int) -> Floats:
    """Multiply transformed tiles by a block's filters, bias included: the tiles' shape, with the block's width last."""
    taps = filters(block)
    products = context.arena.mine("products", *tiles.shape[:-1], filters.width)
    context.multiply(
        tiles.reshape(len(taps), -1, tiles.shape[-1]), taps, products.reshape(len(taps), -1, filters.width)
    )
    filters.add_bias(block, products)
    return products


def conv_batch(x: Floats, weight: Floats, bias: Floats, stride: tuple[int, int] = (1, 1), border: int = 1) -> Floats:
    """Convolve small maps [n, rows, columns, in], zero-padded by `border`, with a 3 x 3 weight [9 * in, out]."""
    around = (border, border)
    padded = np.pad(x, ((0, 0), around, around, (0, 0))) if border else x
    every = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    patches = every[:, :: stride[0], :: stride[1]].transpose(0, 1, 2, 4, 5, 3)  # [n, rows, columns, 3, 3, in]
    y: Floats = patches.reshape(-1, len(weight)) @ weight
    y += bias
    return y.reshape(*patches.shape[:3], -1)


def double_rows(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """Apply a transposed convolution that doubles the rows of maps [n, rows, columns, in]; weight [in, 2 * out]."""
    n, rows, columns, channels = x.shape
    y = (x.reshape(-1, channels) @ weight).reshape(n, rows, columns, 2, -1)
    return y.swapaxes(2, 3).reshape(n, 2 * rows, columns, -1) + bias
