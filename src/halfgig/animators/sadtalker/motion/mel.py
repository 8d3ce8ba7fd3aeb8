"""Mel spectrogram with the parameters of Wav2Lip's audio encoder, computed from at most a second of audio at a time.

The mel scale is Slaney's (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above, with filters of equal area.
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
"""Samples per second."""
FRAME = 640
"""Samples per video frame, at 25 frames per second."""
HOP = 200
"""Samples between the starts of adjacent columns."""
SPAN = 800
"""Samples in a column's analysis window."""
BANDS = 80
LOWEST_HZ, HIGHEST_HZ = 55, 7600
EMPHASIS = 0.97
"""Pre-emphasis: this share of each sample is subtracted from the next."""
FLOOR = 1e-5
"""Magnitude floor, -100 dB."""
MAX_ABS = 4
"""Output values are scaled to -4..4."""
COLUMNS_AT_ONCE = 80
"""Columns transformed at once: a second of audio, 0.5 MB."""


def frames_in(n_samples: int) -> int:
    """Return the number of whole video frames in `n_samples` samples, at least one."""
    return max(1, n_samples // FRAME)


def columns_in(n_frames: int) -> int:
    """Return the number of spectrogram columns for `n_frames` video frames."""
    return 1 + n_frames * FRAME // HOP


def samples_of(pcm: Iterable[bytes]) -> Iterator[Floats]:
    """Convert blocks of s16le PCM to float32 in -1..1; each block must consist of whole samples."""
    for block in pcm:
        yield np.frombuffer(block, "<i2").astype(np.float32) / np.float32(32768)


def mel_columns(sound: Iterable[Floats], n_frames: int) -> Iterator[Floats]:
    """Yield blocks of columns [n, 80] for 16 kHz audio, cut or padded with silence to `n_frames` video frames."""
    held = np.zeros(SPAN // 2)  # librosa 0.9 pads with zeros; earlier versions mirrored the audio
    for block in _emphasised(_fitted(sound, n_frames * FRAME)):
        held = np.concatenate([held, block])
        n = (len(held) - SPAN) // HOP + 1
        if n > 0:
            yield _columns(held, n)
            held = held[n * HOP :]
    held = np.concatenate([held, np.zeros(SPAN // 2)])
    yield _columns(held, (len(held) - SPAN) // HOP + 1)


def _fitted(sound: Iterable[Floats], n_samples: int) -> Iterator[Floats]:
    """Yield exactly `n_samples` samples, cut or padded with silence, in blocks of at most a second."""
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
    """Return the first `n` columns [n, 80] of `samples`."""
    assert n <= COLUMNS_AT_ONCE + SPAN // HOP
    spans = np.lib.stride_tricks.sliding_window_view(samples, SPAN)[: n * HOP : HOP]
    magnitude = np.abs(np.fft.rfft(spans * _hann())) @ filters().T  # [n, 80]
    decibels = 20 * np.log10(np.maximum(FLOOR, magnitude)) - 20
    return np.clip(2 * MAX_ABS * (decibels + 100) / 100 - MAX_ABS, -MAX_ABS, MAX_ABS).astype(np.float32)


def _hann() -> Doubles:
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SPAN) / SPAN))


@functools.cache
def filters() -> Doubles:
    """Return the triangular mel filter bank [80 bands, 401 frequencies]."""
    lowest, highest = _mels(np.array([LOWEST_HZ, HIGHEST_HZ], np.float64))
    edges = _hertz(np.linspace(lowest, highest, BANDS + 2))
    lower, middle, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    frequencies = np.fft.rfftfreq(SPAN, 1 / RATE)
    rising, falling = (frequencies - lower) / (middle - lower), (upper - frequencies) / (upper - middle)
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * 2 / (upper - lower))


LINEAR_HZ = 200 / 3
"""Hertz per mel below 1 kHz."""
KNEE_HZ, KNEE = 1000.0, 15.0
STEP = np.log(6.4) / 27
"""Natural logarithm of the frequency ratio per mel above 1 kHz."""


def _mels(hertz: Doubles) -> Doubles:
    return np.where(hertz < KNEE_HZ, hertz / LINEAR_HZ, KNEE + np.log(np.maximum(hertz, KNEE_HZ) / KNEE_HZ) / STEP)


def _hertz(mels: Doubles) -> Doubles:
    return np.where(mels < KNEE, mels * LINEAR_HZ, KNEE_HZ * np.exp(STEP * (mels - KNEE)))
