"""Mel spectrogram as Wav2Lip's encoder expects it, computed from at most a second of sound at a time.

The bands are Slaney's (Auditory Toolbox, 1998): a scale that is linear below 1 kHz, triangles of equal area.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

RATE = 16_000
"""Samples a second."""
FRAME = 640
"""Samples of a video frame: 25 a second."""
HOP = 200
"""Samples from one column to the next."""
SPAN = 800
"""Samples that a column is made of."""
BANDS = 80
LOWEST_HZ, HIGHEST_HZ = 55, 7600
EMPHASIS = 0.97
"""How much of a sample is taken from the next one."""
QUIETEST = 1e-5
"""-100 dB; nothing is heard below it."""
REACH = 4
"""Columns end up in -4..4."""
AT_ONCE = 80
"""Columns transformed together: a second, 0.5 MB."""


def frames_in(n_samples: int) -> int:
    """Return how many video frames a sound of `count` samples has: whole ones, and at least one."""
    return max(1, n_samples // FRAME)


def columns_in(n_frames: int) -> int:
    """Return how many columns the spectrogram of `count` video frames has."""
    return 1 + n_frames * FRAME // HOP


def samples_of(pcm: Iterable[bytes]) -> Iterator[Floats]:
    """Read blocks of s16le as numbers in -1..1; each block holds whole samples."""
    for block in pcm:
        yield np.frombuffer(block, "<i2").astype(np.float32) / np.float32(32768)


def mel_columns(sound: Iterable[Floats], n_frames: int) -> Iterator[Floats]:
    """Yield the columns [n, 80] of a sound of 16,000 samples a second, cut or filled with silence to `n_frames`."""
    held = np.zeros(SPAN // 2)  # librosa 0.9 pads with zeros; older ones mirrored the sound
    for block in _emphasised(_fitted(sound, n_frames * FRAME)):
        held = np.concatenate([held, block])
        n = (len(held) - SPAN) // HOP + 1
        if n > 0:
            yield _columns(held, n)
            held = held[n * HOP :]
    held = np.concatenate([held, np.zeros(SPAN // 2)])
    yield _columns(held, (len(held) - SPAN) // HOP + 1)


def _fitted(sound: Iterable[Floats], n_samples: int) -> Iterator[Floats]:
    """Return the next samples, in blocks of a second at most."""
    left = n_samples
    for block in sound:
        for start in range(0, min(len(block), left), RATE):
            part = block[start : min(start + RATE, left)]
            yield part
        left -= min(len(block), left)
        if not left:
            return
    for start in range(0, left, RATE):
        yield np.zeros(min(RATE, left - start), np.float32)


def _emphasised(sound: Iterable[Floats]) -> Iterator[Doubles]:
    before = 0.0
    for block in sound:
        yield block - EMPHASIS * np.concatenate([[before], block[:-1]])
        before = float(block[-1])


def _columns(samples: Doubles, n: int) -> Floats:
    """Transform a number of columns, each beginning a hop after the one before."""
    assert n <= AT_ONCE + SPAN // HOP
    spans = np.lib.stride_tricks.sliding_window_view(samples, SPAN)[: n * HOP : HOP]
    loudness = np.abs(np.fft.rfft(spans * _hann())) @ filters().T  # [n, 80]
    decibels = 20 * np.log10(np.maximum(QUIETEST, loudness)) - 20
    return np.clip(2 * REACH * (decibels + 100) / 100 - REACH, -REACH, REACH).astype(np.float32)


def _hann() -> Doubles:
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SPAN) / SPAN))


@functools.cache
def filters() -> Doubles:
    """Return what each band [80] hears of each frequency [401]."""
    lowest, highest = _mels(np.array([LOWEST_HZ, HIGHEST_HZ], np.float64))
    edges = _hertz(np.linspace(lowest, highest, BANDS + 2))
    lower, middle, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    frequencies = np.fft.rfftfreq(SPAN, 1 / RATE)
    rising, falling = (frequencies - lower) / (middle - lower), (upper - frequencies) / (upper - middle)
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * 2 / (upper - lower))


LINEAR_HZ = 200 / 3
"""A mel below 1 kHz."""
BEND_HZ, BEND = 1000.0, 15.0
STEP = np.log(6.4) / 27
"""A mel above, as a logarithm."""


def _mels(hertz: Doubles) -> Doubles:
    return np.where(hertz < BEND_HZ, hertz / LINEAR_HZ, BEND + np.log(np.maximum(hertz, BEND_HZ) / BEND_HZ) / STEP)


def _hertz(mels: Doubles) -> Doubles:
    return np.where(mels < BEND, mels * LINEAR_HZ, BEND_HZ * np.exp(STEP * (mels - BEND)))
