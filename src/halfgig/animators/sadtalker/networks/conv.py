"""Convolutions: tiled with Winograd's products for large maps, by one product for many small ones."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.depth import depth_for
from halfgig.animators.sadtalker.networks.rows import below
from halfgig.animators.sadtalker.networks.winograd import FOUR, Form, gather, spread
from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, slice, Floats], None]

TILES = 256
"""Tiles of a flat strip."""
MIXED_NUMBERS = 4_800_000
"""The most mixed numbers of a map that is worked on whole: 19 MB, just the decoder's widest small map."""
STRIP_NUMBERS = 2_400_000
"""The most of a strip; each thread has one."""


def conv(context: LayerContext, padded: Floats, name: str, take: Take, form: Form = FOUR) -> None:
    """Convolve a padded map [rows + 2, columns + 2, depth, channels] and hand the result over, bias included.

    Weights with three taps of depth take a padded depth too.  `take` is given which rows, columns and channels, and the
    numbers [rows, columns, depth, channels]; it is called from several threads and may change them.
    """
    tiles = padded.shape[0] * padded.shape[1] // form.size**2
    filters = Filters(context, name, padded.shape[3], form, tiles)
    if len(_strips(padded, filters)) > 1:
        filters.keep("kept")
    convolve(context, padded, filters, take)


def convolve(context: LayerContext, padded: Floats, filters: Filters, take: Take) -> None:
    """Convolve a padded map as `conv` does, with filters that are there."""
    form, strips = filters.form, _strips(padded, filters)

    def strip_of(strip: Span) -> Floats:
        return padded[form.size * strip.start : form.size * strip.stop + 2]

    def finish(block: int, mixed: Floats, strip: Span) -> None:
        finish_block(context, mixed, filters, block, below(take, form.size * strip.start))

    def work(strip: Span) -> None:
        part = strip_of(strip)
        mixed = context.arena.mine("mixed", *mixed_shape(part, filters))
        spread(form, filters.depth, part, mixed, context.arena)
        for block in range(filters.count):
            finish(block, mixed, strip)

    if context.pool.threads == 1 or len(strips) >= context.pool.threads:
        context.pool.all(work, strips)
        return
    for strip in strips:
        mixed = spread_all(context, strip_of(strip), filters)
        context.pool.all(partial(finish, mixed=mixed, strip=strip), range(filters.count))


def convolve_mixed(context: LayerContext, mixed: Floats, filters: Filters, take: Take) -> None:
    """Convolve a map whose tiles are mixed already."""
    context.pool.all(lambda block: finish_block(context, mixed, filters, block, take), range(filters.count))


def finish_block(context: LayerContext, mixed: Floats, filters: Filters, block: int, take: Take) -> None:
    """Make a block of output channels of mixed tiles."""
    products = products_of(context, mixed, filters, block)
    for rows, y in gather(context, filters.form.size, filters.unmixing, products, filters.parts):
        take(rows, slice(0, y.shape[-3]), filters.channels(block), y)


def lowered(rows: slice, by: int) -> slice:
    """Return where rows are in a map that begins `by` rows higher."""
    return slice(rows.start + by, rows.stop + by)


def mixed_shape(padded: Floats, filters: Filters) -> tuple[int, ...]:
    """Return the axes of a padded map's mixed tiles: [points, points, depth points, tall, wide, slices, inner]."""
    form = filters.form
    tall, wide = ((n - 2) // form.size for n in padded.shape[:2])
    points, slices, inner = filters.depth.shape(*padded.shape[2:])
    return form.points, form.points, points, tall, wide, slices, inner


def _strips(padded: Floats, filters: Filters) -> list[Span]:
    shape = mixed_shape(padded, filters)
    tall, wide = shape[3:5]
    n_tiles = (STRIP_NUMBERS if filters.kept else MIXED_NUMBERS) * tall * wide // math.prod(shape)
    return spans(tall, max(1, (min(TILES, n_tiles) if filters.depth.taps == 1 else n_tiles) // wide))


def spread_all(context: LayerContext, padded: Floats, filters: Filters, name: str = "mixed") -> Floats:
    """Mix all tiles of a padded map on all threads, in a shared room."""
    mixed = context.arena.shared(name, *mixed_shape(padded, filters))
    tall, size = mixed.shape[3], filters.form.size

    def mix(rows: Span) -> None:
        part = padded[size * rows.start : size * rows.stop + 2]
        spread(filters.form, filters.depth, part, mixed[:, :, :, rows.slice], context.arena)

    context.pool.all(mix, spans(tall, max(1, -(-tall // (2 * context.pool.threads)))))
    return mixed


class Filters:
    """A layer's mixed taps, block by block of output channels."""

    def __init__(self, context: LayerContext, name: str, channels: int, form: Form = FOUR, tiles: int = TILES) -> None:
        """Open a layer's filters for a number of tiles of a map."""
        self._bench, self._names = context, context.filters(name)
        self._bias = context.weights[f"{name}.bias"]
        rows, self.width = context.weights.shape(self._names[0])
        self.form, self.depth = form, depth_for(rows // 9, channels, tiles)
        self.unmixing = self.depth.unmixing(form.unmixing)
        self._mixing = self.depth.mixing(form.mixing)
        self._shape = len(self._mixing), rows // self._mixing.shape[1], self.width
        self.count = len(self._names)
        self.parts = 1
        self._kept: Floats | None = None

    @property
    def kept(self) -> bool:
        """Whether all taps are mixed already."""
        return self._kept is not None

    def in_parts(self, parts: int) -> Filters:
        """Hand every block's channels over in parts that stand apart."""
        self.parts = parts
        return self

    def keep(self, name: str) -> Filters:
        """Mix all taps at once and keep them under a name, for maps of several strips."""
        kept = self._bench.arena.shared(name, self.count, *self._shape)
        self._bench.pool.all(lambda block: self._mixed(block, kept[block]), range(self.count))
        self._kept = kept
        return self

    def __call__(self, block: int) -> Floats:
        """Return a block's mixed taps [points * points * depth points, inner, width]."""
        if self._kept is not None:
            kept: Floats = self._kept[block]
            return kept
        return self._mixed(block, self._bench.arena.mine("taps", *self._shape))

    def _mixed(self, block: int, out: Floats) -> Floats:
        taps = self._bench.widened(self._names[block]).reshape(self._mixing.shape[1], -1)
        self._bench.multiply(self._mixing[None], taps[None], out.reshape(1, len(out), -1))
        return out

    def channels(self, block: int) -> slice:
        """Return which output channels a block makes."""
        return slice(block * self.width, (block + 1) * self.width)

    def add_bias(self, block: int, products: Floats) -> None:
        """Add a block's bias to the products; the second along each axis is a part of one of every output."""
        products[1, 1, self.depth.points // 4] += self._bias[self.channels(block)]


def products_of(context: LayerContext, mixed: Floats, filters: Filters, block: int) -> Floats:
    """Multiply mixed tiles with a block's taps: the same axes, the last one the block's width."""
    taps = filters(block)
    products = context.arena.mine("products", *mixed.shape[:-1], filters.width)
    context.multiply(
        mixed.reshape(len(taps), -1, mixed.shape[-1]), taps, products.reshape(len(taps), -1, filters.width)
    )
    filters.add_bias(block, products)
    return products


def convolved(x: Floats, weight: Floats, bias: Floats, stride: tuple[int, int] = (1, 1), border: int = 1) -> Floats:
    """Convolve maps [n, rows, columns, in] with taps [9 * in, out], zeros around them as far as `border`."""
    around = (border, border)
    padded = np.pad(x, ((0, 0), around, around, (0, 0))) if border else x
    every = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    seen = every[:, :: stride[0], :: stride[1]].transpose(0, 1, 2, 4, 5, 3)  # [n, rows, columns, 3, 3, in]
    y: Floats = seen.reshape(-1, len(weight)) @ weight
    y += bias
    return y.reshape(*seen.shape[:3], -1)


def doubled(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """Make two rows of each row of maps [n, rows, columns, in], by weights [in, 2 * out]."""
    n, rows, columns, channels = x.shape
    y = (x.reshape(-1, channels) @ weight).reshape(n, rows, columns, 2, -1)
    return y.swapaxes(2, 3).reshape(n, 2 * rows, columns, -1) + bias
