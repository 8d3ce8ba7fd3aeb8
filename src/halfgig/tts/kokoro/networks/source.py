"""Excitation of the vocoder: nine harmonics of the pitch and noise, and their short-time spectrum.

The phase is summed and interpolated with the precision and order of the original, because later layers depend on its
last bits (docs/kokoro.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.tiles import Span, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.tts.kokoro.networks.layers import LayerContext

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

RATE = 24_000
HOP = 300
"""Samples per pitch value."""
HARMONICS = 9
VOICED_HZ = 10.0
SOURCE_TILE = 2400
"""Samples per tile; arrays of this size stay below the threshold at which the heap maps each one separately."""
FFT = 20
FFT_HOP = 5
BINS = FFT // 2 + 1
SPECTRUM_TILE = 1200
"""Spectra per tile; a quarter of a second."""


def window() -> Doubles:
    """Return the periodic Hann window of the short-time transforms."""
    result: Doubles = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)
    return result


def source(context: LayerContext, f0: Floats, seed: int | None) -> Floats:
    """Return the excitation for a pitch [P] in Hz: [300 P] samples, without noise if there is no seed."""
    noise = None if seed is None else np.random.default_rng(seed)
    phases = frame_phases(f0)
    weight, bias = context.weights["source.weight"], context.weights["source.bias"]
    result = context.buffers.array(HOP * len(f0))
    for span in spans(len(result), SOURCE_TILE):
        voiced = f0[np.arange(span.start, span.stop) // HOP] > VOICED_HZ
        waves = np.float32(0.1) * np.sin(sample_phases(phases, span)) * voiced
        if noise is not None:
            loud = np.where(voiced, np.float32(0.003), np.float32(0.1 / 3))
            waves += loud * noise.standard_normal((span.stop - span.start, HARMONICS), np.float32).T
        result[span.slice] = np.tanh(weight @ waves + bias[:, None])[0]
    return result


def frame_phases(f0: Floats) -> Floats:
    """Accumulate the phase of each harmonic over the frames, in radians: [harmonics, P]."""
    harmonics = np.arange(1, HARMONICS + 1, dtype=np.float32)[:, None]
    turns = f0 * harmonics / np.float32(RATE)
    turns -= np.floor(turns)
    total = np.cumsum(turns, axis=1, dtype=np.float64).astype(np.float32)
    result: Floats = total * np.float32(2) * np.float32(np.pi) * np.float32(HOP)
    return result


def sample_phases(phases: Floats, span: Span) -> Floats:
    """Interpolate the phases to the samples of a span: [harmonics, span].

    Products in float64, rounded once, equal the fused multiply-add of the original.
    """
    middle = np.arange(span.start, span.stop) + 0.5
    place = np.maximum(np.float32(0), (np.float64(np.float32(1 / HOP)) * middle - 0.5).astype(np.float32))
    before = place.astype(np.int64)
    after = np.minimum(before + 1, phases.shape[1] - 1)
    share = place - before.astype(np.float32)
    rest = (share * phases[:, after]).astype(np.float64)
    result: Floats = ((1 - share).astype(np.float64) * phases[:, before] + rest).astype(np.float32)
    return result


def spectrum(context: LayerContext, samples: Floats) -> Floats:
    """Transform sound [5 m] to magnitudes and angles: [22, m + 1]."""
    ends = FFT // 2
    around = np.concatenate([samples[ends:0:-1], samples, samples[-2 : -ends - 2 : -1]])
    frames = np.lib.stride_tricks.sliding_window_view(around, FFT)[::FFT_HOP]
    turns = 2 * np.pi * np.outer(np.arange(FFT), np.arange(BINS)) / FFT
    cosine, sine = window()[:, None] * np.cos(turns), -window()[:, None] * np.sin(turns)
    result = context.buffers.array(2 * BINS, len(frames))
    for span in spans(len(frames), SPECTRUM_TILE):
        tile = frames[span.slice].astype(np.float64)
        re, im = (tile @ cosine).T, (tile @ sine).T  # [bins, span]
        im[[0, -1]] = 0.0  # real bins have an angle of 0 or +pi; a -pi from rounding would change every sample
        result[:BINS, span.slice] = np.hypot(re, im)
        result[BINS:, span.slice] = np.arctan2(im, re)
    return result
