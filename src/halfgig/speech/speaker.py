"""The contract every speech engine keeps: a sentence in; sound with phoneme and word times out.

Sound is mono at `SAMPLE_RATE`, signed 16-bit little-endian, as bytes: what the wire, the files and the encoder take,
readable in a process without numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from halfgig.speech.text import Sentence

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


@dataclass(frozen=True, slots=True)
class Voice:
    """Describe a voice one can ask for."""

    name: str
    """What `--voice` takes."""
    language: str
    """BCP 47 tag: "en-us", "fr"."""
    description: str
    """For a person: "English (America)"."""
    engine: str
    """The speaker it belongs to: "espeak"."""


class Speaker(Protocol):
    """Speak sentences; held by one cell at a time."""

    name: str
    """The engine's name: "espeak"."""
    version: str
    """The engine's version, for the marks in the files."""

    def voices(self) -> Sequence[Voice]:
        """List the voices, sorted by name."""
        ...

    def speak(self, sentence: Sentence, voice: Voice, speed: float) -> Iterator[Chunk]:
        """Yield the sentence's sound, its closing pause included.

        `speed` is a factor, 0.25 to 4; 1 is the voice's own pace.
        """
        ...
