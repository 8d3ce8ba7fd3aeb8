"""Vocoder, the third stage: features and the spectrum of the source to sound, layer by layer in tiles.

A normalisation needs the mean and variance of the whole chunk, so each layer processes all tiles before the next layer
begins. Only four tensors as long as the sound exist at a time; intermediate ones are as long as a tile. Tensors are
[time, channels], so that a tile with its halo is contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.interruption import stop_if_asked
from halfgig.nn.tiles import Moments, Span, padded_rows, spans
from halfgig.tts.kokoro.networks.istft import sound
from halfgig.tts.kokoro.networks.layers import finite, leaky_into
from halfgig.tts.kokoro.networks.snake import SnakeConv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from halfgig.tts.kokoro.networks.layers import LayerContext

    Floats = NDArray[np.float32]

DILATIONS = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the two upsampling stages."""

    index: int
    """0 or 1."""
    channels: int
    """Channels after upsampling."""
    stride: int
    """Output steps per input step."""
    noise_stride: int
    """Spectra per output step."""

    def tiles(self, context: LayerContext, length: int) -> list[Span]:
        """Cut a time axis at the rate of the stage into tiles."""
        return spans(length, context.tile_steps(self.channels))


def stages(context: LayerContext) -> list[Stage]:
    """Return the two stages: the published model's have 256 and 128 channels."""
    widths = [context.weights.shape(f"generator.noise_convs.{index}.weight")[-1] for index in (0, 1)]
    return [Stage(0, widths[0], 10, 6), Stage(1, widths[1], 6, 1)]


@dataclass(slots=True)
class Tensor:
    """A tensor as long as the sound, and its moments."""

    values: Floats
    """[time, channels]"""
    moments: Moments
    """Moments over all steps."""


def vocoder(context: LayerContext, features: Floats, har: Floats, style: Floats) -> Iterator[Floats]:
    """Yield the waveform of features [512, 2T] and har [22, 120T + 1] in pieces: 600T samples in all.

    Raises `NotFinite`, and `Interrupted` between two layers.
    """
    x, spectra = upright(context, features), upright(context, har)
    for stage in stages(context):
        x = stage_sum(context, stage, x, spectra, style)
    for piece in sound(context, x, 300 * features.shape[1]):
        yield finite("vocoder", piece)


def upright(context: LayerContext, x: Floats) -> Floats:
    """Copy [channels, time] to [time, channels]."""
    result = context.buffers.array(*x.shape[::-1])
    np.copyto(result, x.T)
    return result


def stage_sum(context: LayerContext, stage: Stage, x: Floats, har: Floats, style: Floats) -> Floats:
    """Run one stage. The result is three times the original's; the next layer's weights include the factor 1/3."""
    length = len(x) * stage.stride + stage.index
    work = context.buffers.array(length, stage.channels)
    total_in = excitation(context, stage, har, style, (context.buffers.array(length, stage.channels), work))
    start = upsampled(context, stage, x, total_in)
    block = Block(context, stage, style, context.buffers.array(length, stage.channels), work)
    first, second, third = (f"generator.resblocks.{3 * stage.index + j}" for j in range(3))
    total = block.run(first, start)
    block.state = context.buffers.array(length, stage.channels)
    block.run(second, start, total)
    block.run(third, start, total)
    context.kernels.blocks.clear()  # the weights of the next stage are a fifth of the size
    return total


def excitation(
    context: LayerContext, stage: Stage, har: Floats, style: Floats, work_tensors: tuple[Floats, Floats]
) -> Floats:
    """Convolve the spectrum to the rate of the stage and run its residual block."""
    state, work = work_tensors
    name = f"generator.noise_convs.{stage.index}"
    weight, bias = context.weights[f"{name}.weight"], context.weights[f"{name}.bias"]
    taps, into, channels = weight.shape
    step, pad, mine = stage.noise_stride, stage.noise_stride // 2, context.kernels.blocks.mine
    flat = weight.reshape(1, -1, channels)

    def one(span: Span) -> Moments:
        count = span.stop - span.start
        tile = mine("first", (count - 1) * step + taps, into)
        inside, part = padded_rows(har, span.start * step - pad, tile)
        inside[:] = har[part]
        windows = mine("second", count, taps * into)
        np.copyto(windows, np.lib.stride_tricks.as_strided(tile, windows.shape, (4 * step * into, 4)))
        y = state[span.slice]
        context.kernels.multiply(windows[None], flat, y[None])
        y += bias
        return Moments.of_rows(y, mine("second", *y.shape))

    moments = Moments.joined(context.pool.all(one, stage.tiles(context, len(state))))
    return Block(context, stage, style, state, work).run(f"generator.noise_res.{stage.index}", Tensor(state, moments))


def upsampled(context: LayerContext, stage: Stage, x: Floats, total_in: Floats) -> Tensor:
    """Upsample x and add it to `total_in`; the second stage has one more step, a reflection at the left.

    A step of x covers twice the stride: its first half is added to the second half of the step before.
    """
    name, s, mine = f"generator.ups.{stage.index}", stage.stride, context.kernels.blocks.mine
    weight, bias = context.dense(f"{name}.weight", "taps 1"), context.weights[f"{name}.bias"]
    flat, into, reach = weight.reshape(1, len(weight), -1), len(weight), s * stage.channels

    def steps(span: Span) -> Floats:
        first, last = (span.start + s // 2) // s, (span.stop - 1 + s // 2) // s + 1
        tile = mine("first", last - first + 1, into)
        inside, part = padded_rows(x, first - 1, tile)
        leaky_into(x[part], 0.1, inside)
        both = context.kernels.multiply(tile[None], flat, mine("second", 1, len(tile), 2 * reach))[0]
        y = np.add(both[1:, :reach], both[:-1, reach:], out=mine("third", last - first, reach))
        skip = span.start + s // 2 - s * first
        by_step: Floats = y.reshape(-1, stage.channels)
        return by_step[skip : skip + span.stop - span.start]

    def one(span: Span) -> Moments:
        y = total_in[span.slice]
        y += bias
        if span.start < stage.index:
            y[0] += steps(Span(1, 2))[0]
        later = max(stage.index - span.start, 0)
        y[later:] += steps(Span(span.start + later - stage.index, span.stop - stage.index))
        return Moments.of_rows(y, mine("first", *y.shape))

    return Tensor(total_in, Moments.joined(context.pool.all(one, stage.tiles(context, len(total_in)))))


@dataclass(slots=True)
class Block:
    """Runs residual blocks in two working tensors."""

    context: LayerContext
    stage: Stage
    style: Floats
    """[128]"""
    state: Floats
    """State of the block, [time, channels]."""
    work: Floats
    """Result of the first convolution, [time, channels]."""

    def run(self, name: str, x: Tensor, total: Floats | None = None) -> Floats:
        """Run an AdaINResBlock1 on x. Add the result to `total`, or return it in the state tensor."""
        next_layer = self.load_in_background(name, 1, 0)
        for q in range(len(DILATIONS)):
            layer = next_layer()
            stop_if_asked()  # here and below no layer is being loaded
            next_layer = self.load_in_background(name, 2, q)
            middle = Tensor(self.work, self.first_half(layer, x))
            layer = next_layer()
            stop_if_asked()
            if q < 2:
                next_layer = self.load_in_background(name, 1, q + 1)
                x = Tensor(self.state, self.second_half(layer, middle, x.values))
        if total is None:
            self.second_half(layer, middle, x.values)
            return self.state
        self.add_to_total(layer, middle, x.values, total)
        return total

    def load_in_background(self, name: str, half: int, q: int) -> Callable[[], SnakeConv]:
        """Start widening the weights of a layer while the previous one runs."""
        names = (f"{name}.convs{half}.{q}", f"{name}.adain{half}.{q}", f"{name}.alpha{half}.{q}")
        dilation = DILATIONS[q] if half == 1 else 1
        return self.context.pool.begin(lambda: SnakeConv(self.context, names, self.style, dilation, half == 2))

    def first_half(self, layer: SnakeConv, x: Tensor) -> Moments:
        """Convolve with dilation into `work`, without bias, which the next normalisation removes."""
        tiles = layer.prepared(x.values, x.moments)

        def one(span: Span) -> Moments:
            y = self.work[span.slice]
            tiles.run(span, y)
            return self.measured(y)

        return Moments.joined(self.context.pool.all(one, layer.spans(len(self.work))))

    def second_half(self, layer: SnakeConv, middle: Tensor, x: Floats) -> Moments:
        """Convolve and add to x, giving the new state."""
        tiles = layer.prepared(middle.values, middle.moments)

        def one(span: Span) -> Moments:
            y = self.state[span.slice]
            tiles.run(span, y, x[span.slice])
            return self.measured(y)

        return Moments.joined(self.context.pool.all(one, layer.spans(len(x))))

    def add_to_total(self, layer: SnakeConv, middle: Tensor, x: Floats, total: Floats) -> None:
        """Convolve and add the result and x to the total."""
        tiles = layer.prepared(middle.values, middle.moments)

        def one(span: Span) -> None:
            y = total[span.slice]
            y += x[span.slice]
            tiles.run(span, y, y)

        self.context.pool.all(one, layer.spans(len(x)))

    def measured(self, y: Floats) -> Moments:
        """Return the moments of a tile."""
        return Moments.of_rows(y, self.context.kernels.blocks.mine("second", *y.shape))
