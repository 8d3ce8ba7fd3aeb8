"""Convolve maps 3 x 3 (x 3) by Winograd: mix tiles, multiply, mix back, a block of output channels to a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.models.sadtalker.winograd import FOUR, Form, gather, spread
from halfgig.models.tiles import Span, spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from halfgig.models.sadtalker.bench import Bench
    from halfgig.models.scratch import Blocks

    Floats = NDArray[np.float32]
    Take = Callable[[slice, slice, Floats], None]

FEW = 48
"""Tiles below which windows over the depth are copied to be multiplied at once."""
STRIP_NUMBERS = 5_000_000
"""Mixed numbers of a strip of tiles: 20 MB."""


def conv(bench: Bench, padded: Floats, name: str, take: Take, form: Form = FOUR) -> None:
    """Convolve a padded map [rows + 2, columns + 2, depth, channels] and hand the result over, bias included.

    Weights with three taps of depth take a padded depth too.  `take` is called from several threads.
    """
    tall, wide = ((n - 2) // form.size for n in padded.shape[:2])
    per_row = form.points**2 * wide * padded.shape[2] * padded.shape[3]
    strips = spans(tall, max(1, STRIP_NUMBERS // per_row))
    filters = Filters(bench, name, padded.shape[3], form, keep=len(strips) > 1)
    for strip in strips:
        first = form.size * strip.start
        part = padded[first : form.size * strip.stop + 2]
        mixed = spread_all(bench, part, form)

        def finish(job: tuple[int, Span], mixed: Floats = mixed, first: int = first) -> None:
            block, part = job
            start = first + form.size * part.start
            for rows, y in products_of(bench, mixed[:, :, part.slice], filters, block):
                take(slice(rows.start + start, rows.stop + start), filters.channels(block), y)

        bench.team.all(finish, filters.jobs(mixed.shape[2], bench.team.threads))


def spread_all(bench: Bench, padded: Floats, form: Form, name: str = "mixed") -> Floats:
    """Mix all tiles of a padded map: [points, points, tall, wide, depth, channels], in a shared block."""
    tall, wide = ((n - 2) // form.size for n in padded.shape[:2])
    mixed = bench.blocks.shared(name, form.points, form.points, tall, wide, *padded.shape[2:])

    def mix(rows: slice) -> None:
        part = padded[form.size * rows.start : form.size * rows.stop + 2]
        spread(form, part, mixed[:, :, rows], bench.blocks)

    each = -(-tall // (2 * bench.team.threads)) if bench.team.threads > 1 else tall
    bench.team.all(mix, [slice(a, min(a + each, tall)) for a in range(0, tall, each)])
    return mixed


class Filters:
    """Give a layer's mixed taps, block by block of output channels; kept where they are needed again."""

    def __init__(self, bench: Bench, name: str, channels: int, form: Form, *, keep: bool) -> None:
        self._bench, self._form, self._names = bench, form, bench.filters(name)
        self.bias = bench.weights[f"{name}.bias"]
        rows, self.width = bench.weights.shape(self._names[0])
        self.inner = rows // 9
        self.taps = self.inner // channels
        self.count = len(self._names)
        self._kept: Floats | None = None
        if keep:
            shape = self.count, form.points**2, self.inner, self.width
            self._kept = bench.blocks.shared("kept", *shape)
            bench.team.all(lambda block: self._mixed(block, self._kept), range(self.count))

    def __call__(self, block: int) -> Floats:
        """Give a block's mixed taps [points * points, inner, width]."""
        return self._mixed(block, None) if self._kept is None else self._kept[block]

    def _mixed(self, block: int, into: Floats | None) -> Floats:
        taps = self._bench.widened(self._names[block]).reshape(9, -1)
        shape = self._form.points**2, self.inner, self.width
        out = self._bench.blocks.mine("taps", *shape) if into is None else into[block]
        self._form.mixed_taps(taps, out.reshape(len(out), -1))
        return out

    def jobs(self, tall: int, threads: int) -> list[tuple[int, Span]]:
        """Share a layer out: its blocks, and where they are few, parts of its `tall` rows of tiles."""
        parts = 1 if threads == 1 else -(-2 * threads // self.count)
        return [(block, part) for block in range(self.count) for part in spans(tall, max(1, -(-tall // parts)))]

    def channels(self, block: int) -> slice:
        """Give which output channels a block makes."""
        return slice(block * self.width, (block + 1) * self.width)

    @property
    def form(self) -> Form:
        """Give the form the taps were mixed for."""
        return self._form


def products_of(bench: Bench, mixed: Floats, filters: Filters, block: int) -> Iterator[tuple[slice, Floats]]:
    """Multiply mixed tiles with a block's taps and give the finished rows [n, columns, depth, width]."""
    taps, form = filters(block), filters.form
    tall, wide, deep, channels = mixed.shape[2:]
    depth = deep - filters.taps + 1
    products = bench.blocks.mine("products", form.points**2, tall * wide, depth, filters.width)
    for k, out in enumerate(products):
        tiles = mixed[k // form.points, k % form.points].reshape(tall * wide, deep, channels)
        multiply(tiles, taps[k], out, bench.blocks)
    shape = form.points, form.points, tall, wide, depth, filters.width
    return gather(form, products.reshape(shape), filters.bias[filters.channels(block)], bench.blocks)


def multiply(numbers: Floats, weight: Floats, out: Floats, blocks: Blocks) -> None:
    """Multiply [n, deep, channels] with [taps * channels, width] over windows of the depth: [n, depth, width]."""
    n, deep, channels = numbers.shape
    taps = len(weight) // channels
    if taps == 1:
        np.matmul(numbers.reshape(n * deep, channels), weight, out=out.reshape(n * deep, -1))
        return
    depth = deep - taps + 1
    a, b, c = numbers.strides
    windows = np.lib.stride_tricks.as_strided(numbers, (depth, n, taps * channels), (b, a, c), writeable=False)
    if n >= FEW:
        np.matmul(windows, weight, out=out.swapaxes(0, 1))
        return
    copied = blocks.mine("windows", n, depth, taps * channels)
    copied[:] = windows.swapaxes(0, 1)
    np.matmul(copied.reshape(n * depth, -1), weight, out=out.reshape(n * depth, -1))
