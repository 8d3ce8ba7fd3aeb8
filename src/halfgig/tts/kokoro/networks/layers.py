"""Layers shared by Kokoro's stages: styled normalisation, residual blocks and LSTMs, computed in tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.errors import NotFinite
from halfgig.nn.tiles import Moments, Span, padded, spans
from halfgig.nn.weights import is_finite

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.nn.buffers import SpillBuffer
    from halfgig.nn.kernels import Direction, Kernels
    from halfgig.nn.tiles import ThreadPool
    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]

EPSILON = 1e-5
TILE_NUMBERS = 1 << 18
"""Numbers in a vocoder tile at 128 channels, 1 MB: large enough that matrix products run at full speed.

A thread needs 7 MB of blocks; half of this tile size needs 3.4 MB but 10 % more time.
"""
TILE_CHANNELS = 128
WIDE_TILE = 128
"""Steps in a tile of layers with many channels: 1090 x 128 numbers are 0.6 MB, and ONNX Runtime needs six times that.

Measured for a chunk of 12 s: at most 63 MB, 68 MB with 256 steps, 72 MB with 512 (the vocoder needs 55); 1 % more time.
"""
LSTM_TILE = 1024
"""Steps in a tile of an LSTM's input products: 1024 x 1024 numbers are 4.2 MB."""
HALF = np.float32(2**-0.5)


@dataclass(frozen=True, slots=True)
class LayerContext:
    """Weights, kernels, threads and buffers used by every layer."""

    weights: Weights
    """Weights of the model."""
    kernels: Kernels
    """ONNX graphs for products, convolutions and LSTMs."""
    pool: ThreadPool
    """Threads that process tiles."""
    buffers: SpillBuffer
    """Allocator for tensors as long as the sound."""
    tile_numbers: int = TILE_NUMBERS
    """Numbers in a vocoder tile at 128 channels."""
    wide_tile: int = WIDE_TILE
    """Steps in a tile of the stages before the vocoder."""

    def gain_shift(self, name: str, style: Floats) -> tuple[Floats, Floats]:
        """Project a style [128] to the gain and shift of a normalisation, each [channels]."""
        both = self.weights[f"{name}.fc.weight"] @ style + self.weights[f"{name}.fc.bias"]
        half = len(both) // 2
        return 1 + both[:half], both[half:]

    def adain(self, name: str, style: Floats, moments: Moments) -> tuple[Floats, Floats]:
        """Return slope and offset, each [channels, 1], that normalise a tensor with these moments."""
        return normalising(*self.gain_shift(name, style), moments)

    def tile_steps(self, channels: int) -> int:
        """Return the steps in a vocoder tile: the larger the weights, the smaller the tile, for a constant peak."""
        return max(1, self.tile_numbers * TILE_CHANNELS // channels**2)

    def dense(self, name: str, block: str = "dense") -> Floats:
        """Return a large weight in float32, widened by all threads into a block that the next call overwrites."""
        return self.weights.widened(name, self.pool, self.kernels.blocks.shared(block, *self.weights.shape(name)))

    def wide_spans(self, length: int) -> list[Span]:
        """Cut a time axis before the vocoder into at least two tiles.

        The cuts do not depend on the number of threads, because the last bits of the pitch affect all later phases.
        """
        return spans(length, min(self.wide_tile, -(-length // 2)))

    def wide_conv(self, tile: Floats, weight: Floats, block: str = "convolved") -> Floats:
        """Convolve a tile [in, time] with a weight [out, taps, in], without padding: [out, steps].

        One matrix product, into a block of this thread that the next call overwrites.
        """
        (out, taps, into), mine = weight.shape, self.kernels.blocks.mine
        steps = tile.shape[1] - taps + 1
        windows = mine("windows", 1, taps * into, steps)
        for tap in range(taps):
            windows[0, tap * into : (tap + 1) * into] = tile[:, tap : tap + steps]
        result = mine(block, out, steps)
        self.kernels.multiply(weight.reshape(1, out, -1), windows, result[None])
        return result

    def bilstm(self, name: str, x: Floats) -> Floats:
        """Run an LSTM both ways over x [time, in]: [time, 512], forward features first."""
        hidden = self.weights.shape(f"{name}.r")[1]
        result = self.buffers.array(len(x), 2 * hidden)

        def one_way(direction: Direction) -> None:
            end = "" if direction == "forward" else "_reverse"
            weights = {leaf: self.weights[f"{name}.{leaf}{end}"][None] for leaf in ("w", "r", "b")}
            state = [np.zeros((1, 1, hidden), np.float32)] * 2
            tiles = spans(len(x), LSTM_TILE)
            columns = slice(0, hidden) if direction == "forward" else slice(hidden, 2 * hidden)
            for span in tiles if direction == "forward" else reversed(tiles):
                result[span.slice, columns] = self.kernels.lstm(x[span.slice], weights, state, direction)

        ways: list[Direction] = ["forward", "reverse"]
        self.pool.all(one_way, ways)
        return result


def finite(stage: str, values: Floats) -> Floats:
    """Return values unchanged.  Raises `NotFinite`, naming the stage, if they have NaN or infinity.

    Needed before each LSTM: ONNX Runtime's clamps its gates, and NaN comes out as a number.
    """
    if not is_finite(values):
        raise NotFinite(
            f"Kokoro's {stage} computed NaN or infinity: its weights or the voice are damaged; "
            "check them with: halfgig models verify kokoro"
        )
    return values


def normal(x: Floats, epsilon: float = EPSILON) -> Floats:
    """Normalise the last axis."""
    x = x - x.mean(axis=-1, keepdims=True)
    result: Floats = x / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + np.float32(epsilon))
    return result


def normalising(gain: Floats, shift: Floats, moments: Moments) -> tuple[Floats, Floats]:
    """Return slope and offset, each [channels, 1], from the gain and shift of a normalisation."""
    slope = gain / np.sqrt(moments.squares / moments.count + EPSILON)
    offset = shift - slope * moments.mean
    return slope[:, None].astype(np.float32), offset[:, None].astype(np.float32)


def moments_of(context: LayerContext, source: Floats) -> Moments:
    """Compute the moments of a tensor [channels, time] in tiles."""
    tiles = context.wide_spans(source.shape[1])
    return Moments.joined(context.pool.all(lambda span: Moments.of(source[:, span.slice]), tiles))


def leaky(tile: Floats, slope: float) -> Floats:
    """Return leaky ReLU of a tile."""
    result: Floats = np.maximum(tile, tile * np.float32(slope))
    return result


def leaky_into(source: Floats, slope: float, out: Floats) -> None:
    """Write leaky ReLU of a source into `out`."""
    np.maximum(source, np.multiply(source, np.float32(slope), out=out), out=out)


def leaky_tile(context: LayerContext, source: Floats, span: Span, slope: Floats, offset: Floats) -> Floats:
    """Return a normalised span after leaky ReLU; zero outside the source, as convolutions pad."""
    blocks = context.kernels.blocks
    tile, inside, part = padded(source, span, 0.0, blocks)
    view = tile[:, inside]
    np.multiply(source[:, part], slope, out=view)
    view += offset
    np.maximum(view, np.multiply(view, np.float32(0.2), out=blocks.mine("second", *view.shape)), out=view)
    return tile


def pooled_tile(context: LayerContext, name: str, source: Floats, span: Span, norm: tuple[Floats, Floats]) -> Floats:
    """Return a span of the normalised source upsampled to twice the rate.

    y[2i] = w1 x[i] + b, y[2i+1] = w2 x[i] + w0 x[i+1] + b; zero outside, as convolutions pad.
    """
    w = context.weights[f"{name}.weight"]  # [channels, 1, 3]
    w0, w1, w2, b = w[:, :, 0], w[:, :, 1], w[:, :, 2], context.weights[f"{name}.bias"][:, None]
    first, last, mine = span.start // 2, -(-span.stop // 2), context.kernels.blocks.mine
    x = leaky_tile(context, source, Span(first, last + 1), *norm)
    both, product = mine("both", len(x), last - first, 2), mine("second", len(x), last - first)
    even, odd = both[..., 0], both[..., 1]
    np.add(np.multiply(x[:, :-1], w1, out=product), b, out=even)
    np.add(np.multiply(x[:, :-1], w2, out=product), b, out=odd)
    odd += np.multiply(x[:, 1:], w0, out=product)
    tile = mine("first", len(x), span.stop - span.start)
    tile[:] = both.reshape(len(x), -1)[:, span.start - 2 * first : span.stop - 2 * first]
    tile[:, : max(0, -span.start)] = 0
    tile[:, max(0, 2 * source.shape[1] - span.start) :] = 0
    return tile


def res_block(context: LayerContext, name: str, x: Floats, style: Floats, out: Floats) -> Floats:
    """Run an AdainResBlk1d on x [in, time] into out [channels, time], or [channels, 2 time] if it upsamples.

    `out` may be the first rows of x: the shortcut of a tile is read before the tile is written.
    """
    upsample = f"{name}.pool.weight" in context.weights
    length = out.shape[1]
    norm1 = context.adain(f"{name}.norm1", style, moments_of(context, x))

    def first(span: Span) -> Floats:
        halo = span.widened(1, 1)
        return (
            pooled_tile(context, f"{name}.pool", x, halo, norm1) if upsample else leaky_tile(context, x, halo, *norm1)
        )

    middle = context.buffers.array(len(out), length)
    moments = wide_pass(context, f"{name}.conv1", first, middle)
    norm2 = context.adain(f"{name}.norm2", style, moments)
    shortcut = shortcut_of(context, name, x, upsample)
    bias = context.weights[f"{name}.conv2.bias"][:, None]
    weight = context.dense(f"{name}.conv2.weight")

    def second(span: Span) -> None:
        r = context.wide_conv(leaky_tile(context, middle, span.widened(1, 1), *norm2), weight)
        r += bias
        r += shortcut(span)
        out[:, span.slice] = r

    context.pool.all(second, context.wide_spans(length))
    return out


def wide_pass(context: LayerContext, name: str, tile_of: Callable[[Span], Floats], out: Floats) -> Moments:
    """Convolve in tiles into `out` and return its moments; without bias, which the next normalisation removes."""
    weight = context.dense(f"{name}.weight")

    def one(span: Span) -> Moments:
        r = context.wide_conv(tile_of(span), weight)
        out[:, span.slice] = r
        return Moments.of(r)

    return Moments.joined(context.pool.all(one, context.wide_spans(out.shape[1])))


def shortcut_of(context: LayerContext, name: str, x: Floats, upsample: bool) -> Callable[[Span], Floats]:
    """Return a function that computes the shortcut of a block for a span, times 2^-1/2."""
    conv, mine = f"{name}.conv1x1.weight", context.kernels.blocks.mine
    weight = context.dense(conv, "shortcut") if conv in context.weights else None

    def shortcut(span: Span) -> Floats:
        part = Span(span.start // 2, -(-span.stop // 2)) if upsample else span
        tile = mine("first", len(x), part.stop - part.start)
        np.copyto(tile, x[:, part.slice])
        result = (
            np.multiply(tile, HALF, out=tile) if weight is None else context.wide_conv(tile, weight, "shortcut out")
        )
        if not upsample:
            return result
        return np.repeat(result, 2, axis=1)[:, span.start - 2 * part.start : span.stop - 2 * part.start]

    return shortcut
