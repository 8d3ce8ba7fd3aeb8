"""Convolve maps 3 x 3 (x 3) by Winograd: mix tiles, multiply, mix back, a block of output channels at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from halfgig.models.sadtalker.winograd import FOUR, Form, gather, spread
from halfgig.models.tiles import Span, spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.models.sadtalker.bench import Bench

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, slice, Floats], None]

FEW = 48
"""Tiles below which windows over the depth are copied to be multiplied at once."""
TILES = 256
"""Tiles of a flat strip."""
MIXED_NUMBERS = 3_000_000
"""The most mixed numbers of a strip: 12 MB."""


def conv(bench: Bench, padded: Floats, name: str, take: Take, form: Form = FOUR) -> None:
    """Convolve a padded map [rows + 2, columns + 2, depth, channels] and hand the result over, bias included.

    Weights with three taps of depth take a padded depth too.  `take` is given which rows, columns and channels, and the
    numbers [rows, columns, depth, channels]; it is called from several threads and may change them.
    """
    several = len(_strips(padded, form)) > 1
    convolve(bench, padded, Filters(bench, name, padded.shape[3], form, keep="kept" if several else ""), take)


def convolve(bench: Bench, padded: Floats, filters: Filters, take: Take) -> None:
    """Convolve a padded map as `conv` does, with filters that are there."""
    form, strips = filters.form, _strips(padded, filters.form)

    def strip_of(strip: Span) -> Floats:
        return padded[form.size * strip.start : form.size * strip.stop + 2]

    def finish(block: int, mixed: Floats, strip: Span) -> None:
        products = products_of(bench, mixed, filters, block)
        for rows, columns, y in gather(form, products, filters.bias_of(block), bench.rooms):
            take(lowered(rows, form.size * strip.start), columns, filters.channels(block), y)

    def work(strip: Span) -> None:
        part = strip_of(strip)
        mixed = bench.rooms.mine("mixed", *mixed_shape(part, form))
        spread(form, part, mixed, bench.rooms)
        for block in range(filters.count):
            finish(block, mixed, strip)

    if bench.team.threads == 1 or len(strips) >= 2 * bench.team.threads:
        bench.team.all(work, strips)
        return
    for strip in strips:
        mixed = spread_all(bench, strip_of(strip), form)
        bench.team.all(partial(finish, mixed=mixed, strip=strip), range(filters.count))


def lowered(rows: slice, by: int) -> slice:
    """Give where rows are in a map that begins `by` rows higher."""
    return slice(rows.start + by, rows.stop + by)


def mixed_shape(padded: Floats, form: Form) -> tuple[int, ...]:
    """Give the axes of a padded map's mixed tiles: [points, points, tall, wide, depth, channels]."""
    tall, wide = ((n - 2) // form.size for n in padded.shape[:2])
    return form.points, form.points, tall, wide, padded.shape[2], padded.shape[3]


def _strips(padded: Floats, form: Form) -> list[Span]:
    tall, wide, deep, channels = mixed_shape(padded, form)[2:]
    n_tiles = MIXED_NUMBERS // (form.points**2 * deep * channels)
    return spans(tall, max(1, (min(TILES, n_tiles) if deep == 1 else n_tiles) // wide))


def spread_all(bench: Bench, padded: Floats, form: Form) -> Floats:
    """Mix all tiles of a padded map on all threads, in a shared room."""
    mixed = bench.rooms.shared("mixed", *mixed_shape(padded, form))
    tall = mixed.shape[2]

    def mix(rows: Span) -> None:
        part = padded[form.size * rows.start : form.size * rows.stop + 2]
        spread(form, part, mixed[:, :, rows.slice], bench.rooms)

    bench.team.all(mix, spans(tall, max(1, -(-tall // (2 * bench.team.threads)))))
    return mixed


class Filters:
    """Give a layer's mixed taps, block by block of output channels; kept where they are needed again."""

    def __init__(self, bench: Bench, name: str, channels: int, form: Form = FOUR, keep: str = "") -> None:
        """Open a layer's filters; with a name to keep them under, mix all of them at once."""
        self._bench, self._names = bench, bench.filters(name)
        self.form = form
        self._bias = bench.weights[f"{name}.bias"]
        rows, self.width = bench.weights.shape(self._names[0])
        self.inner = rows // 9
        self.taps = self.inner // channels
        self.count = len(self._names)
        self._kept: Floats | None = None
        if keep:
            self._kept = bench.rooms.shared(keep, self.count, form.points**2, self.inner, self.width)
            bench.team.all(lambda block: self._mixed(block, self._kept), range(self.count))

    def __call__(self, block: int) -> Floats:
        """Give a block's mixed taps [points * points, inner, width]."""
        return self._mixed(block, None) if self._kept is None else self._kept[block]

    def _mixed(self, block: int, into: Floats | None) -> Floats:
        taps = self._bench.widened(self._names[block]).reshape(9, -1)
        shape = self.form.points**2, self.inner, self.width
        out = self._bench.rooms.mine("taps", *shape) if into is None else into[block]
        self.form.mixed_taps(taps, out.reshape(len(out), -1))
        return out

    def channels(self, block: int) -> slice:
        """Give which output channels a block makes."""
        return slice(block * self.width, (block + 1) * self.width)

    def bias_of(self, block: int) -> Floats:
        """Give a block's biases."""
        return self._bias[self.channels(block)]


def products_of(bench: Bench, mixed: Floats, filters: Filters, block: int) -> Floats:
    """Multiply mixed tiles with a block's taps: [points, points, tall, wide, depth, width]."""
    taps = filters(block)
    *points, tall, wide, deep, channels = mixed.shape
    depth = deep - filters.taps + 1
    products = bench.rooms.mine("products", len(taps), tall * wide, depth, filters.width)
    if filters.taps == 1:
        flat = mixed.reshape(len(taps), -1, channels)
        bench.multiply(flat, taps, products.reshape(len(taps), -1, filters.width))
    else:
        tiles = mixed.reshape(len(taps), tall * wide, deep, channels)
        for k, out in enumerate(products):
            multiply_deep(bench, tiles[k], taps[k], out)
    return products.reshape(*points, tall, wide, depth, filters.width)


def multiply_deep(bench: Bench, numbers: Floats, weight: Floats, out: Floats) -> None:
    """Multiply [n, deep, channels] with [taps * channels, width] over windows of the depth: [n, depth, width].

    NumPy multiplies windows where they lie; ONNX Runtime, quicker otherwise, would need them copied.
    """
    n, deep, channels = numbers.shape
    taps = len(weight) // channels
    depth = deep - taps + 1
    a, b, c = numbers.strides
    windows = np.lib.stride_tricks.as_strided(numbers, (depth, n, taps * channels), (b, a, c), writeable=False)
    if n >= FEW:
        np.matmul(windows, weight, out=out.swapaxes(0, 1))
        return
    copied = bench.rooms.mine("windows", 1, n * depth, taps * channels)
    copied.reshape(n, depth, -1)[:] = windows.swapaxes(0, 1)
    bench.multiply(copied, weight[None], out.reshape(1, n * depth, -1))
