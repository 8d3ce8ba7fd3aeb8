"""Speech on its way from the cell that speaks to the cell that renders: chunks in a file, one after the other.

A record holds some chunks, the times of their words, and the character of the text at which the next sentence begins.
Its flag says whether a sentence ends with it: from there, and only from there, a speech can be gone on with.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.media.chunks import Word
from halfgig.storage.record_log import append_record, cut, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from halfgig.media.chunks import Chunk

WHOLE = 1
"""The flag of a record with which a sentence ends."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Hold what one record of a speech holds."""

    chunks: tuple[Chunk, ...]
    """The sound and its phonemes."""
    next_start: int | None = None
    """The character of the text at which to go on; None: nothing follows."""
    maker: str = ""
    """Who speaks."""
    words: tuple[tuple[str, float, float], ...] = ()
    """Each word as it was written, from when to when it sounds, in seconds from the start of this record."""

    @property
    def seconds(self) -> float:
        """Give the length of its sound in seconds."""
        return sum(chunk.seconds for chunk in self.chunks)


@dataclass(frozen=True, slots=True)
class SpoolState:
    """Say how much of a speech a file holds."""

    next_start: int | None = 0
    """The character of the text at which to go on; None: all of it is there."""
    seconds: float = 0.0
    """How much is there."""
    maker: str = ""
    """Who speaks."""
    end: int = 0
    """Where the last whole sentence ends in the file, in bytes."""

    @property
    def is_done(self) -> bool:
        """Tell whether all of the speech is there."""
        return self.next_start is None


def write_chunk(chunk: Chunk, file: IO[bytes]) -> None:
    """Append a chunk."""
    write_spoken(Spoken((chunk,)), file)


def write_spoken(spoken: Spoken, file: IO[bytes], *, ends_sentence: bool = True) -> None:
    """Append a record."""
    append_record(file, pickle.dumps(spoken, pickle.HIGHEST_PROTOCOL), WHOLE if ends_sentence else 0)


def mend_spool(path: Path) -> SpoolState:
    """Cut a file to its last whole sentence and say what it holds; it is made where there was none."""
    state, seconds = SpoolState(), 0.0
    for record in read_records(path):
        spoken = _spoken(record.body)
        seconds += spoken.seconds
        if record.flags & WHOLE:
            state = SpoolState(spoken.next_start, seconds, spoken.maker, record.end)
    cut(path, state.end)
    return state


def read_chunks(path: Path) -> Iterator[Chunk]:
    """Yield the chunks in their order, one record in memory at a time."""
    for spoken in _all(path):
        yield from spoken.chunks


def read_words(path: Path) -> Iterator[Word]:
    """Yield the words in their order, in seconds from the start of the speech."""
    begin = 0.0
    for spoken in _all(path):
        yield from (Word(text, begin + start, begin + end) for text, start, end in spoken.words)
        begin += spoken.seconds


def _all(path: Path) -> Iterator[Spoken]:
    return (_spoken(record.body) for record in read_records(path))


def _spoken(body: bytes) -> Spoken:
    found = pickle.loads(body)  # noqa: S301 - halfgig wrote it, and its sum is right
    assert isinstance(found, Spoken)
    return found
