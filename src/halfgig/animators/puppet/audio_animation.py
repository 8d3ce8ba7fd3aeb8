"""Audio-driven animation, for sound without phonemes: loudness opens the mouth, the spectrum selects its shape."""

from __future__ import annotations

import itertools
import math
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from halfgig.animators.puppet.blendshapes import ACCENT_LEAD_S, LEAD_S, FrameCue, Mouth
from halfgig.animators.puppet.phrases import LOOK_AHEAD_S, SHORTEST_PAUSE_S, phrase_at
from halfgig.media.chunks import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.media.chunks import Chunk

WINDOW = 1024
"""Samples per spectrum: 43 ms."""

OPEN_HZ = (600.0, 3200.0)
VOICE_HZ = (150.0, 4000.0)
HISS_HZ = (4500.0, 11000.0)
"""Bands of an open mouth (a closed one still hums below it), of vowels, and of s and sh."""

CONTRAST = 1.6
"""Exponent that widens the difference between loud and soft."""

RANGE_DB = 20.0
"""The mouth is closed at this much below the usual level."""

FLOOR_DB = -52.0
QUIETEST_DB = -61.0
FLOOR_UNDER_PEAK_DB = 30.0
"""Noise floor in dBFS, below which sound is not speech: the first, or in a quiet recording the third below its peak,
but at least the second.  Room noise thus never moves the mouth."""

HISS_RANGE_DB = 14.0
"""Hiss, which is weaker than vowels, is ignored at this much below the usual level."""

FALL_DB_A_SECOND = 2.0
"""Decay of the usual level, to follow a speaker who becomes quieter."""

VOICED = 0.08
"""Openness above which a frame belongs to a phrase."""

ATTACK = 0.75
RELEASE = 0.5
"""Share of the way to the new shape that the mouth moves in 40 ms, when opening and when closing."""


class _Spectra:
    """Spectra of a stream at increasing times; chunks are consumed as needed."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._pcm = bytearray()
        self._first = 0
        self.samples = 0
        self.ended = False

    def at(self, moment_s: float) -> NDArray[np.float32]:
        """Return the power spectrum around a moment, [WINDOW / 2 + 1], 1 for a full-scale sine."""
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


class _Features(NamedTuple):
    """Features of the sound around a moment."""

    level: float
    """Level in `OPEN_HZ`, in dBFS."""
    centroid_hz: float
    """Centroid of the spectrum in `VOICE_HZ`."""
    hiss_level: float
    """Level in `HISS_HZ`, in dBFS."""
    hiss_share: float
    """Share of hiss in the sound, 0..1."""


def _decibels(power: float) -> float:
    return 10 * math.log10(power + 1e-12)


def _features(spectrum: NDArray[np.float32]) -> _Features:
    import numpy as np

    hertz = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)
    voice = (hertz >= VOICE_HZ[0]) & (hertz < VOICE_HZ[1])
    hiss = (hertz >= HISS_HZ[0]) & (hertz < HISS_HZ[1])
    opened = float(spectrum[(hertz >= OPEN_HZ[0]) & (hertz < OPEN_HZ[1])].sum())
    loud, hissing = float(spectrum[voice].sum()), float(spectrum[hiss].sum())
    weight = np.sqrt(spectrum[voice])
    centroid = float((hertz[voice] * weight).sum() / max(float(weight.sum()), 1e-9))
    return _Features(_decibels(opened), centroid, _decibels(hissing), hissing / (loud + hissing + 1e-12))


def mouth_of(openness: float, centroid_hz: float, hissing: float) -> Mouth:
    """Return the mouth for a sound: openness 0..1, centroid of its spectrum, amount of hiss 0..1."""
    bright = max(-1.0, min(1.0, (centroid_hz - 1150) / 550))
    vowel = Mouth(
        jaw_open=0.85 * openness,
        stretch=max(0.0, 0.5 * bright) * min(1.0, 2 * openness),
        pucker=max(0.0, -bright - 0.2) * min(1.0, 2 * openness),
        upper_up=0.4 if openness > 0.05 else 0.0,
    )
    hiss_mouth = Mouth(jaw_open=0.12, stretch=0.25, upper_up=0.9)
    return Mouth(*(a + (b - a) * hissing for a, b in zip(vowel, hiss_mouth, strict=True)))


def _hiss_amount(sound: _Features, usual: float) -> float:
    """Return the amount of hiss, 0..1, from energy in the hiss band: an s has little energy where vowels are."""
    loudness = max(0.0, 1 - (usual - sound.hiss_level) / HISS_RANGE_DB)
    return max(0.0, min(1.0, (sound.hiss_share - 0.35) / 0.3)) * min(1.0, 3 * loudness)


class _Sounding(NamedTuple):
    """One frame of sound."""

    mouth: Mouth
    openness: float
    """How far the sound opens the mouth, 0..1."""
    onset: float
    """Openness at the onset of a stressed syllable, else 0."""


def audio_cues(chunks: Iterator[Chunk], fps: float, peak: float) -> Iterator[FrameCue]:
    """Yield a cue for each frame of sound without phonemes; chunks are consumed as needed.

    `peak` is the largest sample of the recording, 0..1 of full scale: the first estimate of its usual level.
    """
    ahead, lead, behind = (round(seconds * fps) for seconds in (LOOK_AHEAD_S, ACCENT_LEAD_S, SHORTEST_PAUSE_S))
    frames = _soundings(chunks, fps, peak)
    coming = deque(itertools.islice(frames, ahead))
    passed: deque[_Sounding] = deque(maxlen=behind)
    number = 0
    while coming:
        coming.extend(itertools.islice(frames, 1))
        spans = _voiced_spans((*passed, *coming), number - len(passed), fps)
        accent = coming[lead].onset if lead < len(coming) else 0.0
        sounding = coming.popleft()
        passed.append(sounding)
        yield FrameCue(sounding.mouth, accent, *phrase_at(number / fps, spans))
        number += 1


def _voiced_spans(frames: Iterable[_Sounding], first: int, fps: float) -> Iterator[tuple[float, float]]:
    """Yield start and end, in seconds, of each run of voiced frames; `first` is the number of the first frame."""
    for is_voiced, run in itertools.groupby(enumerate(frames, first), key=lambda each: each[1].openness > VOICED):
        if is_voiced:
            numbers = [number for number, _ in run]
            yield numbers[0] / fps, (numbers[-1] + 1) / fps


def _soundings(chunks: Iterator[Chunk], fps: float, peak: float) -> Iterator[_Sounding]:
    """Yield the frames of a sound."""
    spectra = _Spectra(chunks)
    peak_db = 20 * math.log10(max(peak, 1e-4))
    floor = max(QUIETEST_DB, min(FLOOR_DB, peak_db - FLOOR_UNDER_PEAK_DB))
    usual = peak_db - 9
    mouth, quiet, frame = Mouth(), 1.0, 0
    while True:
        spectrum = spectra.at((frame + 0.5) / fps + LEAD_S)
        if spectra.ended and frame / fps >= spectra.samples / SAMPLE_RATE - 0.5 / fps:
            return
        sound = _features(spectrum)
        usual = max(usual - FALL_DB_A_SECOND / fps, min(sound.level, usual + 3), floor + RANGE_DB)
        openness = max(0.0, min(1.0, 1 - (usual - sound.level) / RANGE_DB)) ** CONTRAST
        hissing = _hiss_amount(sound, usual)
        target = mouth_of(openness, sound.centroid_hz, hissing)
        share = ATTACK if target.jaw_open > mouth.jaw_open else RELEASE
        share = 1 - (1 - share) ** (25 / fps)
        mouth = Mouth(*(a + (b - a) * share for a, b in zip(mouth, target, strict=True)))
        is_onset = quiet > 0.12 and openness > 0.5
        quiet = 0.0 if openness > 0.5 else quiet + 1 / fps
        shown = mouth if mouth.jaw_open > 0.01 else Mouth()
        yield _Sounding(shown, max(openness, hissing), openness if is_onset else 0.0)
        frame += 1
