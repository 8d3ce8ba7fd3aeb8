"""Chunks of speech: sound with phoneme and word times.

Sound is bytes, mono, signed 16-bit little-endian at `SAMPLE_RATE`: pipes, files and encoders accept this format, and it
needs no numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SAMPLE_RATE = 24_000
"""Sample rate of all sound inside halfgig, in Hz."""

BYTES_PER_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class Phoneme:
    """A phoneme and its time."""

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
    """A written word and its time."""

    text: str
    """The word as it was written: "$3.50", not "three dollars fifty"."""
    start: float
    """Seconds from the start of the chunk."""
    end: float
    """Seconds from the start of the chunk."""
    speaker: str = ""
    """The voice that says it, in a text for several; else ""."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of speech: a sentence, or a part of a long one."""

    pcm: bytes
    """Sound, mono, `SAMPLE_RATE`, s16le."""
    phonemes: tuple[Phoneme, ...] = ()
    """In time order, without gaps or overlaps, from 0 to `seconds`; empty if the engine reports none."""
    words: tuple[Word, ...] = ()
    """In time order."""
    text: str = ""
    """The part of the text spoken in this chunk, as it was written."""
    speaker: str = ""
    """The voice that says it, in a text for several; else ""."""

    @property
    def seconds(self) -> float:
        """Length of the sound in seconds."""
        return len(self.pcm) / (BYTES_PER_SAMPLE * SAMPLE_RATE)


def chunk_head(chunk: Chunk) -> dict[str, Any]:
    """Return the fields of a chunk except its sound, as JSON values."""
    return {
        "pcm": len(chunk.pcm),
        "phonemes": [[each.symbol, each.start, each.end, each.stress] for each in chunk.phonemes],
        "words": [[each.text, each.start, each.end] for each in chunk.words],
        "text": chunk.text,
        "speaker": chunk.speaker,
    }


def chunks_from(heads: Iterable[Mapping[str, Any]], data: bytes, start: int) -> Iterator[Chunk]:
    """Yield chunks from their heads and from `data`, which contains their sound one after the other from byte `start`.

    Raises `ValueError`, `TypeError` or `KeyError` for heads not written by `chunk_head`.
    """
    for head in heads:
        end = start + int(head["pcm"])
        phonemes = tuple(Phoneme(*each) for each in head["phonemes"])
        words = tuple(Word(*each) for each in head["words"])
        yield Chunk(data[start:end], phonemes, words, str(head["text"]), str(head.get("speaker", "")))
        start = end


@dataclass(frozen=True, slots=True)
class PoseRows:
    """A face's weights at equal intervals, for a renderer that shows a speech while it is made."""

    names: tuple[str, ...]
    """What the weights are."""
    rate: float
    """Rows a second."""
    start: float
    """Seconds of the first row; it replaces rows of the same time that were sent before."""
    weights: bytes
    """One byte a weight, 255 for 1, row after row."""


@dataclass(frozen=True, slots=True)
class SpeechSegment:
    """A stretch of speech on its way: from the cell that speaks to a stream, a spool file or a video.

    With a sound format it holds the next bytes of the encoded file, without one the chunks themselves.
    """

    maker: str = ""
    """Who speaks: "kokoro 82M v1.0, voice af_heart"."""
    seconds: float = 0.0
    """Length of its sound."""
    next_start: int | None = None
    """The character of the text at which the sentence begins that is spoken next; None: nothing follows."""
    given: int = 0
    """Samples of that sentence that were given already, this segment included."""
    data: bytes = b""
    """The next bytes of an encoded file."""
    chunks: tuple[Chunk, ...] = ()
    """The sound and its phonemes."""
    words: tuple[Word, ...] = ()
    """The words as they were written, in seconds from the start of this segment."""
    poses: PoseRows | None = None
    """What the face does meanwhile, in seconds from the start of this segment; None where nobody asked for it."""

    @property
    def size(self) -> int:
        """Bytes of sound it holds."""
        return len(self.data) + sum(len(chunk.pcm) for chunk in self.chunks)
