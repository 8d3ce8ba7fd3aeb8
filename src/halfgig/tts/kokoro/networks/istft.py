"""Inverse short-time Fourier transform at the end of the vocoder: log magnitudes and phases to samples, in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.tiles import Span, padded_rows, spans
from halfgig.tts.kokoro.networks.layers import leaky_into
from halfgig.tts.kokoro.networks.source import BINS, FFT, FFT_HOP, window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from halfgig.tts.kokoro.networks.layers import LayerContext

    Floats = NDArray[np.float32]

PIECE = 2400
"""Spectra per piece of sound; half a second."""
OVERLAP = FFT // FFT_HOP - 1
"""Number of earlier spectra that overlap the first samples of a spectrum."""
ENVELOPE = 1.5
"""Sum of the squared windows away from the ends."""


def sound(context: LayerContext, x: Floats, n_samples: int) -> Iterator[Floats]:
    """Yield the samples for x [frames, 128] in pieces; only the spectra of one piece are in memory."""
    rows, ends = basis(), end_gains()
    spectra = last_layer(context, x)

    def piece(hops: Span) -> Floats:
        frames = Span(max(hops.start - OVERLAP, 0), min(hops.stop, len(x)))
        samples = overlapped(spectra(frames), rows, hops.start - frames.start, hops.stop - hops.start)
        first = hops.start * FFT_HOP - FFT // 2
        kept = samples[max(0, -first) : max(0, n_samples - first)]
        return scaled_ends(kept, max(first, 0), n_samples, ends)

    yield from context.pool.each(piece, spans(n_samples // FFT_HOP + OVERLAP, PIECE))


def last_layer(context: LayerContext, x: Floats) -> Callable[[Span], Floats]:
    """Return a function that computes the spectra [22, span] of a span of x [frames, 128] by the last convolution."""
    weight, bias = context.weights["generator.conv_post.weight"], context.weights["generator.conv_post.bias"][:, None]
    taps, into, channels = weight.shape
    flat, mine = np.ascontiguousarray(weight.transpose(1, 0, 2)).reshape(1, into, -1), context.kernels.blocks.mine

    def spectra(span: Span) -> Floats:
        count = span.stop - span.start
        tile = mine("first", count + taps - 1, into)
        inside, part = padded_rows(x, span.start - taps // 2, tile)
        leaky_into(x[part], 0.01, inside)
        products = mine("second", 1, len(tile), taps * channels)
        by_tap = context.kernels.multiply(tile[None], flat, products).reshape(-1, taps, channels)
        y = by_tap[:count, 0].T + bias
        for tap in range(1, taps):
            y += by_tap[tap : tap + count, tap].T
        return y

    return spectra


def basis() -> Floats:
    """Return the matrix of the inverse transform, including window and interior envelope: [20, 22]."""
    turns = 2 * np.pi * np.outer(np.arange(FFT), np.arange(BINS)) / FFT
    twice = np.where(np.arange(BINS) % (BINS - 1) == 0, 1, 2)
    cosine, sine = twice * np.cos(turns), -twice * np.sin(turns)
    sine[:, [0, -1]] = 0
    matrix = np.concatenate([cosine, sine], axis=1) * window()[:, None] / FFT / ENVELOPE
    return matrix.astype(np.float32)


def end_gains() -> tuple[Floats, Floats]:
    """Return the gains of the first and last five samples, which are covered by fewer windows."""
    squared = window() ** 2
    head = ENVELOPE / (ENVELOPE - squared[-FFT_HOP:])
    tail = ENVELOPE / (ENVELOPE - squared[:FFT_HOP])
    return head.astype(np.float32), tail.astype(np.float32)


def overlapped(spectra: Floats, rows: Floats, skip: int, hops: int) -> Floats:
    """Transform spectra [22, frames] back and overlap-add them: the samples of `hops` hops after the first `skip`."""
    magnitude, angle = np.exp(spectra[:BINS]), np.sin(spectra[BINS:])
    both = np.concatenate([magnitude * np.cos(angle), magnitude * np.sin(angle)])
    pieces = (rows @ both).T.reshape(-1, OVERLAP + 1, FFT_HOP)  # [frames, quarter of a window, samples]
    total = np.zeros((max(len(pieces) + OVERLAP, skip + hops), FFT_HOP), np.float32)
    for quarter in range(OVERLAP + 1):
        total[quarter : quarter + len(pieces)] += pieces[:, quarter]
    return total[skip : skip + hops].reshape(-1)


def scaled_ends(samples: Floats, first: int, n_samples: int, ends: tuple[Floats, Floats]) -> Floats:
    """Scale the samples at both ends of the sound; `first` is the index of the first sample."""
    for gains, at in zip(ends, (0, n_samples - FFT_HOP), strict=True):
        start, stop = max(at, first), min(at + FFT_HOP, first + len(samples))
        if start < stop:
            samples[start - first : stop - first] *= gains[start - at : stop - at]
    return samples
