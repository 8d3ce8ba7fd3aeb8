"""Speech in a file, from the cell that speaks to the cells that measure and render: a record for each segment.

A record is the length of a JSON head (4 bytes), the head, and the chunks' samples, one after the other.  The record's
flag says whether a sentence ends with it: a speech that was broken off goes on after the last record that has it.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.media.chunks import SpeechSegment, Word, chunk_head, chunks_from
from halfgig.storage.record_log import append_record, cut, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from halfgig.media.chunks import Chunk

SENTENCE_END = 1
"""The flag of a record with which a sentence ends."""

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class SpoolState:
    """How much of a speech a file holds."""

    next_start: int | None = 0
    """The character of the text at which to go on; None: the speech is complete."""
    seconds: float = 0.0
    """Length of what is there."""
    maker: str = ""
    """Who speaks."""
    end: int = 0
    """Where the last complete sentence ends in the file, in bytes."""

    @property
    def is_done(self) -> bool:
        """Whether all of the speech is there."""
        return self.next_start is None


def write_segment(segment: SpeechSegment, file: IO[bytes], *, ends_sentence: bool = True) -> None:
    """Append a segment."""
    append_record(file, _encoded(segment), SENTENCE_END if ends_sentence else 0)


def read_spool_state(path: Path) -> SpoolState:
    """Return how much of a speech a file holds, up to its last complete sentence."""
    state, seconds = SpoolState(), 0.0
    for record in read_records(path):
        segment = _decoded(record.body)
        seconds += segment.seconds
        if record.flags & SENTENCE_END:
            state = SpoolState(segment.next_start, seconds, segment.maker, record.end)
    return state


def repair_spool(path: Path) -> SpoolState:
    """Cut a file to its last complete sentence, create it where there was none, and return what it holds."""
    state = read_spool_state(path)
    cut(path, state.end)
    return state


def read_chunks(path: Path) -> Iterator[Chunk]:
    """Yield the chunks in their order, one record in memory at a time."""
    for record in read_records(path):
        yield from _decoded(record.body).chunks


def read_words(path: Path) -> Iterator[Word]:
    """Yield the words in their order, in seconds from the start of the speech."""
    begin = 0.0
    for record in read_records(path):
        segment = _decoded(record.body)
        yield from (Word(word.text, begin + word.start, begin + word.end, word.speaker) for word in segment.words)
        begin += segment.seconds


def _encoded(segment: SpeechSegment) -> bytes:
    head = {
        "maker": segment.maker,
        "next_start": segment.next_start,
        "words": [[word.text, word.start, word.end, word.speaker] for word in segment.words],
        "chunks": [chunk_head(chunk) for chunk in segment.chunks],
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    return b"".join([_LENGTH.pack(len(text)), text, *(chunk.pcm for chunk in segment.chunks)])


def _decoded(body: bytes) -> SpeechSegment:
    """Return the segment of a record; its checksum was right, so halfgig wrote it as it is."""
    (length,) = _LENGTH.unpack_from(body)
    start = _LENGTH.size + length
    head = json.loads(body[_LENGTH.size : start])
    chunks = tuple(chunks_from(head["chunks"], body, start))
    return SpeechSegment(
        head["maker"],
        sum(chunk.seconds for chunk in chunks),
        head["next_start"],
        chunks=chunks,
        words=tuple(Word(*each) for each in head["words"]),
    )
