"""The third stage: features and the source's spectrum to sound, layer by layer in tiles of time.

Every normalisation needs its tensor's mean and variance over the whole chunk, so a layer is finished over all tiles
before the next begins.  Four tensors as long as the sound are all that lives; whatever one layer needs in between is as
long as a tile.

Snake on a normalised x is c (u + 1 - cos u) with u = 2a (p x + q) and c = 1/(2a).  The layer computes z = u - cos u;
c is multiplied into the convolution's weights, the constant into its bias, and z = -1 stands for the zeros of padding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.models.kokoro.inverse import sound
from halfgig.models.kokoro.layers import leaky, normalising
from halfgig.models.pairs import filter_of
from halfgig.models.tiles import Moments, Span, padded, spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from halfgig.models.kokoro.layers import Bench

    Floats = NDArray[np.float32]
    Write = Callable[[Span, Floats], Moments | None]

SMALL_ALPHA = 0.01
"""Below it u + 1 - cos u loses to rounding what the division by 2a enlarges; the sine is used."""
DILATIONS = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Stage:
    """Describe one of the two upsampling stages."""

    index: int
    """0 or 1."""
    channels: int
    """Channels after upsampling."""
    stride: int
    """Steps out for one step in."""
    noise_stride: int
    """Spectra for one step out."""

    def tiles(self, bench: Bench, length: int) -> list[Span]:
        """Cover a time axis of the stage's rate with tiles."""
        return spans(length, max(1, bench.tile_numbers // self.channels))


STAGES = (Stage(0, 256, 10, 6), Stage(1, 128, 6, 1))


@dataclass(slots=True)
class Tensor:
    """Hold a tensor as long as the sound, and its moments."""

    values: Floats
    """[channels, time]"""
    moments: Moments
    """Over the whole time."""


def vocoder(bench: Bench, features: Floats, har: Floats, style: Floats) -> Iterator[Floats]:
    """Yield the waveform of features [512, 2T] and har [22, 120T + 1] in pieces: 600T samples in all."""
    x, n_samples = features, 300 * features.shape[1]
    for stage in STAGES:
        x = stage_sum(bench, stage, x, har, style)
    yield from sound(bench, x, n_samples)


def stage_sum(bench: Bench, stage: Stage, x: Floats, har: Floats, style: Floats) -> Floats:
    """Run one stage: three times what the original's gives; the third is in the weights of what follows."""
    length = x.shape[1] * stage.stride + stage.index
    work = bench.scratch.array(stage.channels, length)
    beside = excited(bench, stage, har, style, (bench.scratch.array(stage.channels, length), work))
    bench.kernels.blocks.clear()  # the weight that raises the rate takes their place
    start = upsampled(bench, stage, x, beside)
    total = bench.scratch.array(stage.channels, length)
    block = Block(bench, stage, style, total, work)
    first, second, third = (f"generator.resblocks.{3 * stage.index + j}" for j in range(3))

    def add(span: Span, tile: Floats) -> None:
        total[:, span.slice] += tile

    block.run(first, start, block.write_state)
    block.state = bench.scratch.array(stage.channels, length)
    block.run(second, start, add)
    block.run(third, start, add)
    bench.kernels.blocks.clear()
    return total


def excited(bench: Bench, stage: Stage, har: Floats, style: Floats, room: tuple[Floats, Floats]) -> Floats:
    """Bring the spectrum to the stage's rate and through its residual block."""
    state, work = room
    name = f"generator.noise_convs.{stage.index}"
    weight, bias = bench.weights[f"{name}.weight"], bench.weights[f"{name}.bias"][:, None]
    step, pad = stage.noise_stride, stage.noise_stride // 2

    def one(span: Span) -> Moments:
        last = (span.stop - 1) * step + weight.shape[2]
        tile, inside, part = padded(har, Span(span.start * step - pad, last - pad))
        tile[:, inside] = har[:, part]
        y = bench.kernels.conv(tile, weight, stride=step) + bias
        state[:, span.slice] = y
        return Moments.of(y)

    moments = Moments.joined(bench.team.each(one, stage.tiles(bench, state.shape[1])))
    block = Block(bench, stage, style, state, work)
    block.run(f"generator.noise_res.{stage.index}", Tensor(state, moments), block.write_state)
    return state


def upsampled(bench: Bench, stage: Stage, x: Floats, beside: Floats) -> Tensor:
    """Add the upsampled x to what is there; the second stage has one more step, a reflection on the left."""
    name, s = f"generator.ups.{stage.index}", stage.stride
    weight, bias = bench.weights[f"{name}.weight"], bench.weights[f"{name}.bias"][:, None]
    pad = s // 2

    def steps(span: Span) -> Floats:
        first, last = (span.start + pad) // s - 1, (span.stop - 1 + pad) // s
        tile, inside, part = padded(x, Span(first, last + 1))
        tile[:, inside] = leaky(x[:, part], 0.1)
        skip = span.start + pad - s * first
        return bench.kernels.transposed(tile, weight, s)[:, skip : skip + span.stop - span.start]

    def one(span: Span) -> Moments:
        shifted = Span(span.start - stage.index, span.stop - stage.index)
        y = steps(Span(max(shifted.start, 0), shifted.stop))
        y = y if shifted.start >= 0 else np.concatenate([steps(Span(1, 2)), y], axis=1)
        y = y + bias
        y += beside[:, span.slice]
        beside[:, span.slice] = y
        return Moments.of(y)

    return Tensor(beside, Moments.joined(bench.team.each(one, stage.tiles(bench, beside.shape[1]))))


@dataclass(slots=True)
class Block:
    """Run residual blocks in two tensors of room."""

    bench: Bench
    stage: Stage
    style: Floats
    """[128]"""
    state: Floats
    """Where the block's state is kept, [channels, time]."""
    work: Floats
    """Where the first convolution's result is kept, [channels, time]."""

    def write_state(self, span: Span, tile: Floats) -> None:
        """Leave a tile of the block's result in its state."""
        self.state[:, span.slice] = tile

    def run(self, name: str, x: Tensor, last: Write) -> None:
        """Run an AdaINResBlock1 over x; `last` takes the tiles of its result."""
        coming = self.coming(name, 1, 0)
        for q in range(len(DILATIONS)):
            layer, coming = coming(), self.coming(name, 2, q)
            moments = self.first_half(layer, x)
            layer = coming()
            if q < 2:
                coming = self.coming(name, 1, q + 1)
            x = self.second_half(layer, Tensor(self.work, moments), x, self.keep if q < 2 else last)

    def coming(self, name: str, half: int, q: int) -> Callable[[], SnakeConv]:
        """Begin to widen a layer's weights while the one before it runs."""
        names = (f"{name}.convs{half}.{q}", f"{name}.adain{half}.{q}", f"{name}.alpha{half}.{q}")
        dilation = DILATIONS[q] if half == 1 else 1
        return self.bench.team.begin(lambda: SnakeConv(self.bench, names, self.style, dilation, half == 2))

    def keep(self, span: Span, tile: Floats) -> Moments:
        """Keep a tile of the state and measure it."""
        self.state[:, span.slice] = tile
        return Moments.of(tile)

    def first_half(self, layer: SnakeConv, x: Tensor) -> Moments:
        """Convolve with dilation into `work`; its bias would vanish in the normalisation that follows."""
        tile_of = layer.prepared(x)

        def one(span: Span) -> Moments:
            tile = tile_of(span)
            self.work[:, span.slice] = tile
            return Moments.of(tile)

        return Moments.joined(self.bench.team.each(one, self.tiles()))

    def second_half(self, layer: SnakeConv, t: Tensor, x: Tensor, write: Write) -> Tensor:
        """Convolve `t` and add it to x, tile by tile; give the new state."""
        tile_of = layer.prepared(t)

        def one(span: Span) -> Moments | None:
            tile = tile_of(span)
            tile += x.values[:, span.slice]
            return write(span, tile)

        found = [one for one in self.bench.team.each(one, self.tiles()) if one is not None]
        return Tensor(self.state, Moments.joined(found)) if found else x

    def tiles(self) -> list[Span]:
        """Give the tiles of the stage's time."""
        return self.stage.tiles(self.bench, self.work.shape[1])


class SnakeConv:
    """Normalise, snake and convolve: one layer, its weights widened for as long as it runs."""

    def __init__(self, bench: Bench, names: tuple[str, str, str], style: Floats, dilation: int, biased: bool) -> None:
        self._bench, self._dilation = bench, dilation
        conv, norm, alpha = names
        self._affine = bench.gain_shift(norm, style)
        self._alpha = bench.weights[alpha][:, None]
        self._by_sine = bool(np.abs(self._alpha).min() < SMALL_ALPHA)
        shape, place = bench.weights.shape(f"{conv}.weight"), bench.kernels.blocks.shared
        widened = place("widened", *shape)
        weight = bench.weights.widened(f"{conv}.weight", out=widened)
        bias = bench.weights[f"{conv}.bias"] if biased else np.zeros(len(weight), np.float32)
        if not self._by_sine:
            weight = np.multiply(weight, np.float32(0.5) / self._alpha, out=widened)
            bias = bias + weight.sum(axis=(1, 2)) if biased else bias
        arranged = place(f"arranged{biased:d}", 2 * weight.size)  # a block's two kinds of layers take turns
        self._kernel = weight.shape[2]
        self._filter = filter_of(weight, bias, bench.kernels.block, dilation, arranged)

    def prepared(self, x: Tensor) -> Callable[[Span], Floats]:
        """Give a function from a span to the layer's result there."""
        slope, offset = normalising(*self._affine, x.moments)
        halo = self._dilation * (self._kernel - 1) // 2
        if not self._by_sine:
            slope, offset = 2 * self._alpha * slope, 2 * self._alpha * offset

        def tile_of(span: Span) -> Floats:
            blocks = self._bench.kernels.blocks
            tile, inside, part = padded(x.values, span.widened(halo, halo), 0.0 if self._by_sine else -1.0, blocks)
            view = tile[:, inside]
            np.multiply(x.values[:, part], slope, out=view)
            view += offset
            by_sine(view, self._alpha) if self._by_sine else by_cosine(view, blocks.mine("second", *view.shape))
            return self._filter.run(self._bench.kernels, tile, self._dilation)

        return tile_of


def by_cosine(u: Floats, room: Floats) -> None:
    """Replace u by u - cos u; `room` has its shape and is overwritten."""
    u -= np.cos(u, out=room)


def by_sine(v: Floats, alpha: Floats) -> None:
    """Replace v by v + sin(av)^2 / a; an a of zero leaves it as it is, its limit."""
    a = np.where(alpha == 0, np.float32(1e-9), alpha)
    v += np.square(np.sin(a * v)) / a
