"""Chunks of speech: sound with phoneme and word times.

Sound is mono at `SAMPLE_RATE`, signed 16-bit little-endian, as bytes: what pipes, files and the encoder take,
readable in a process without numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_RATE = 24_000
"""Samples a second of all sound inside halfgig."""


BYTES_PER_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class Phoneme:
    """Place one phoneme in time."""

    symbol: str
    """IPA without stress marks; "" for a pause."""
    start: float
    """Seconds from the start of the chunk."""
    end: float
    """Seconds from the start of the chunk."""
    stress: int = 0
    """2 with primary stress, 1 with secondary, 0 without."""


@dataclass(frozen=True, slots=True)
class Word:
    """Place one word, as it was written, in time."""

    text: str
    """The word as the text had it: "$3.50", not "three dollars fifty"."""
    start: float
    """Seconds from the start of the chunk."""
    end: float
    """Seconds from the start of the chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Hold a stretch of speech: a sentence, or a part of a long one."""

    pcm: bytes
    """Sound, mono, `SAMPLE_RATE`, s16le."""
    phonemes: tuple[Phoneme, ...] = ()
    """In the order of time, without gaps or overlaps, from 0 to `seconds`; empty when the engine knows none."""
    words: tuple[Word, ...] = ()
    """In the order of time."""
    text: str = ""
    """The part of the text that is spoken here, as it was written."""

    @property
    def seconds(self) -> float:
        """Give the length of the sound in seconds."""
        return len(self.pcm) / (BYTES_PER_SAMPLE * SAMPLE_RATE)
