"""Short speeches for tests: rows of phonemes over a steady tone, sentences by espeak-ng, and recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.media.chunks import SAMPLE_RATE, Chunk, Phoneme
from halfgig.text.sentences import Sentence, Span
from halfgig.tts.espeak.engine import EspeakEngine
from halfgig.tts.voices import find_voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def pcm(sound: NDArray[np.float64]) -> bytes:
    """Return sound, 1 for full scale, as s16le."""
    return (np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes()


def tone(seconds: float, *hertz: float, level: float = 0.2, start: float = 0.0) -> NDArray[np.float64]:
    """Return the sum of sines of equal amplitude, from `start` seconds after their beginning."""
    moments = start + np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(
        level * sum(np.sin(2 * np.pi * hz * moments) for hz in hertz or (150.0,)) / len(hertz or (150.0,))
    )


def hiss(seconds: float, level: float = 0.2) -> NDArray[np.float64]:
    """Return high-frequency noise, as in an s."""
    noise = np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE) + 2)
    return np.asarray(level * np.diff(noise, 2) / 6)


def spoken(row: Sequence[tuple[str, float] | tuple[str, float, int]], start: float = 0.0) -> Chunk:
    """Return a chunk over a steady tone from rows of symbol, seconds and optionally stress."""
    phonemes, moment = [], 0.0
    for symbol, seconds, *stress in row:
        phonemes.append(Phoneme(symbol, moment, moment + seconds, *stress))
        moment += seconds
    return Chunk(pcm(tone(moment, start=start)), tuple(phonemes))


def said(text: str, voice: str = "en-us") -> Chunk:
    """Return a sentence synthesised by espeak-ng."""
    speaker = EspeakEngine()
    (chunk,) = speaker.speak(Sentence((Span(text, text, 0),)), find_voice(voice, speaker.voices()), 1.0)
    return chunk


def heard(sound: NDArray[np.float64], piece_s: float = 1.0) -> list[Chunk]:
    """Return a recording in pieces, without phonemes."""
    step = round(piece_s * SAMPLE_RATE)
    return [Chunk(pcm(sound[at : at + step])) for at in range(0, len(sound), step)]
