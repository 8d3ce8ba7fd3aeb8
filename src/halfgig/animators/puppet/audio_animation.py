"""Mouth shapes from sound alone: how open from how loud, which shape from where in the spectrum the sound is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from halfgig.animators.puppet.controls import Mouth
from halfgig.animators.puppet.cue import LEAD_S, Cue
from halfgig.media.chunks import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.media.chunks import Chunk

WINDOW = 1024
"""Samples a spectrum is taken over: 43 ms."""

OPEN_HZ = (600.0, 3200.0)
VOICE_HZ = (150.0, 4000.0)
HISS_HZ = (4500.0, 11000.0)
"""What an open mouth lets out (a closed one still hums below), where vowels are, and where s and sh are."""

CONTRAST = 1.6
RANGE_DB = 20.0
"""Below the usual level by this much, the mouth is closed."""

FLOOR_DB = -52.0
QUIETEST_DB = -61.0
FLOOR_UNDER_PEAK_DB = 30.0
"""Under the first, in dB of full scale, nothing is speech; in a quiet recording, under so much less than its peak, but
never under the second: room noise stays still in both."""

HISS_RANGE_DB = 14.0
"""A hiss is weaker than vowels; below the usual level by this much, it is not heard."""

FALL_DB_A_SECOND = 2.0
"""How fast the usual level follows a speaker who becomes quieter."""

ATTACK = 0.75
RELEASE = 0.5
"""How much of the way to its new shape the mouth goes in a frame of 40 ms, opening and closing."""


class _Spectra:
    """Take a spectrum around moments that only move forward; pull chunks as they are needed."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._pcm = bytearray()
        self._first = 0
        self.samples = 0
        self.ended = False

    def at(self, moment_s: float) -> NDArray[np.float32]:
        """Give the power spectrum around a moment, [WINDOW / 2 + 1], 1 for a full-scale sine."""
        import numpy as np

        start = int(moment_s * SAMPLE_RATE) - WINDOW // 2
        while not self.ended and self.samples < start + WINDOW:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.ended = True
            else:
                self._pcm += chunk.pcm
                self.samples += len(chunk.pcm) // 2
        drop = max(0, start - self._first)
        del self._pcm[: 2 * drop]
        self._first += drop
        part = np.frombuffer(bytes(self._pcm[: 2 * WINDOW]), dtype="<i2").astype(np.float32) / 32768
        part = np.pad(part, (0, WINDOW - len(part))) * np.hanning(WINDOW)
        return np.asarray(np.abs(np.fft.rfft(part)) ** 2 / (WINDOW / 4) ** 2, dtype=np.float32)


class _Sound(NamedTuple):
    """Describe the sound around a moment."""

    level: float
    """What an open mouth lets out, in dB of full scale."""
    middle_hz: float
    """Where the voice's spectrum has its middle."""
    hiss_level: float
    """In dB of full scale."""
    hiss_share: float
    """How much of the sound is hiss, 0..1."""


def _decibels(power: float) -> float:
    return 10 * math.log10(power + 1e-12)


def _shape(spectrum: NDArray[np.float32]) -> _Sound:
    import numpy as np

    hertz = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)
    voice = (hertz >= VOICE_HZ[0]) & (hertz < VOICE_HZ[1])
    hiss = (hertz >= HISS_HZ[0]) & (hertz < HISS_HZ[1])
    opened = float(spectrum[(hertz >= OPEN_HZ[0]) & (hertz < OPEN_HZ[1])].sum())
    loud, hissing = float(spectrum[voice].sum()), float(spectrum[hiss].sum())
    weight = np.sqrt(spectrum[voice])
    middle = float((hertz[voice] * weight).sum() / max(float(weight.sum()), 1e-9))
    return _Sound(_decibels(opened), middle, _decibels(hissing), hissing / (loud + hissing + 1e-12))


def mouth_of(openness: float, middle_hz: float, hissing: float) -> Mouth:
    """Give the mouth for a sound: `openness` 0..1, where its spectrum lies, and how much of a hiss it is, 0..1."""
    bright = max(-1.0, min(1.0, (middle_hz - 1150) / 550))
    vowel = Mouth(
        jaw=0.85 * openness,
        width=0.5 * bright * min(1.0, 2 * openness),
        round=max(0.0, -bright - 0.2) * min(1.0, 2 * openness),
        teeth=0.4 if openness > 0.05 else 0.0,
    )
    hiss_mouth = Mouth(jaw=0.12, width=0.25, teeth=0.9)
    return Mouth(*(a + (b - a) * hissing for a, b in zip(vowel, hiss_mouth, strict=True)))


def _hissing(sound: _Sound, usual: float) -> float:
    """Give how much of a hiss is heard, 0..1: by its own level, for little of an s comes where vowels are."""
    loudness = max(0.0, 1 - (usual - sound.hiss_level) / HISS_RANGE_DB)
    return max(0.0, min(1.0, (sound.hiss_share - 0.35) / 0.3)) * min(1.0, 3 * loudness)


def heard_cues(chunks: Iterator[Chunk], fps: float, peak: float) -> Iterator[Cue]:
    """Yield a cue for each frame of sound without phonemes; pulls chunks as it needs them.

    `peak` is the recording's largest sample, 0..1 of full scale: what its usual level is guessed from at the start.
    """
    spectra = _Spectra(chunks)
    peak_db = 20 * math.log10(max(peak, 1e-4))
    floor = max(QUIETEST_DB, min(FLOOR_DB, peak_db - FLOOR_UNDER_PEAK_DB))
    usual = peak_db - 9
    mouth, quiet, frame = Mouth(), 1.0, 0
    while True:
        spectrum = spectra.at((frame + 0.5) / fps + LEAD_S)
        if spectra.ended and frame / fps >= spectra.samples / SAMPLE_RATE - 0.5 / fps:
            return
        sound = _shape(spectrum)
        usual = max(usual - FALL_DB_A_SECOND / fps, min(sound.level, usual + 3), floor + RANGE_DB)
        openness = max(0.0, min(1.0, 1 - (usual - sound.level) / RANGE_DB)) ** CONTRAST
        hissing = _hissing(sound, usual)
        wanted = mouth_of(openness, sound.middle_hz, hissing)
        pace = ATTACK if wanted.jaw > mouth.jaw else RELEASE
        pace = 1 - (1 - pace) ** (25 / fps)
        mouth = Mouth(*(a + (b - a) * pace for a, b in zip(mouth, wanted, strict=True)))
        onset = quiet > 0.12 and openness > 0.5
        quiet = 0.0 if openness > 0.5 else quiet + 1 / fps
        yield Cue(mouth if mouth.jaw > 0.01 else Mouth(), onset, max(openness, hissing) > 0.1)
        frame += 1
