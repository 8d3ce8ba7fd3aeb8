"""A layer of the residual blocks of the vocoder: normalise, Snake, convolve.

Snake on a normalised x is c (u + 1 - cos u) with u = 2a (p x + q) and c = 1/(2a).  The layer computes z = u - cos u;
c is folded into the convolution weights, the constant into the bias, and zero padding becomes z = -1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.short_conv import ShortFilter
from halfgig.nn.tiles import padded_rows, spans
from halfgig.tts.kokoro.networks.layers import normalising

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.nn.tiles import Moments, Span
    from halfgig.tts.kokoro.networks.layers import LayerContext

    Floats = NDArray[np.float32]

SMALL_ALPHA = 0.01
"""Below this alpha, rounding errors of u + 1 - cos u are amplified by the division by 2a, and the sine is used."""


class SnakeConv:
    """One layer with its taps transformed for the fast convolution."""

    def __init__(
        self, context: LayerContext, names: tuple[str, str, str], style: Floats, dilation: int, biased: bool
    ) -> None:
        """Prepare the weights; `names` are those of a convolution, a normalisation and an alpha."""
        self._context = context
        conv, norm, alpha = names
        self._affine = context.gain_shift(norm, style)
        self._alpha = context.weights[alpha]
        self._by_sine = bool(np.abs(self._alpha).min() < SMALL_ALPHA)
        widened = context.kernels.blocks.shared("widened", *context.weights.shape(f"{conv}.weight"))
        weight = context.weights.widened(f"{conv}.weight", out=widened)
        bias = context.weights[f"{conv}.bias"] if biased else None
        if not self._by_sine:
            weight = np.multiply(weight, (np.float32(0.5) / self._alpha)[:, None], out=widened)
            bias = None if bias is None else bias + weight.sum(axis=(0, 1))
        # The two kinds of layers in a block alternate.
        self._filter = ShortFilter(context.kernels, weight, bias, dilation, f"taps {biased:d}")

    def spans(self, length: int) -> list[Span]:
        """Return the tiles of a time axis."""
        return spans(length, self._context.tile_steps(len(self._alpha)), self._filter.step)

    def prepared(self, x: Floats, moments: Moments) -> Tiles:
        """Return the convolution of a tensor [time, channels] with these moments."""
        slope, offset = (one[:, 0] for one in normalising(*self._affine, moments))
        if self._by_sine:
            return Tiles(self._context, self._filter, x, (slope, offset), self._alpha)
        return Tiles(self._context, self._filter, x, (2 * self._alpha * slope, 2 * self._alpha * offset), None)


class Tiles:
    """Convolution of one tensor with a layer, in tiles."""

    def __init__(
        self, context: LayerContext, short: ShortFilter, x: Floats, affine: tuple[Floats, Floats], alpha: Floats | None
    ) -> None:
        """`affine` is applied to x [time, channels] before Snake; `alpha` is given if Snake uses the sine."""
        self._blocks = context.kernels.blocks
        self._filter, self._x, self._affine, self._alpha = short, x, affine, alpha

    def run(self, span: Span, out: Floats, residual: Floats | None = None) -> None:
        """Convolve a span into `out` [steps, channels], adding `residual`."""
        halo, channels = self._filter.halo, self._x.shape[1]
        tile = self._blocks.mine("first", self._filter.rows(len(out)), channels)
        inside, part = padded_rows(self._x, span.start - halo, tile, 0.0 if self._alpha is not None else -1.0)
        np.multiply(self._x[part], self._affine[0], out=inside)
        inside += self._affine[1]
        if self._alpha is None:
            by_cosine(inside, self._blocks.mine("second", *inside.shape))
        else:
            by_sine(inside, self._alpha)
        self._filter.run(tile, out, residual)


def by_cosine(u: Floats, buffer: Floats) -> None:
    """Replace u by u - cos u; `buffer` has the same shape and is overwritten."""
    u -= np.cos(u, out=buffer)


def by_sine(v: Floats, alpha: Floats) -> None:
    """Replace v by v + sin(av)^2 / a; for a = 0 v is unchanged, which is the limit."""
    a = np.where(alpha == 0, np.float32(1e-9), alpha)
    v += np.square(np.sin(a * v)) / a
