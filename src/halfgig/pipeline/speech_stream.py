"""What runs in the speech cell: a slice of one speech, then one of another, each going on where it was.

A stream's encoder and its place in the text stay here from slice to slice.  A cell that takes over from one that died
finds its place by the character a sentence begins at, and leaves out the samples of that sentence which were given
already: a sentence's sound follows from the sentence alone, so nothing is heard twice and nothing is missing but what
the lost encoder had not given out, at most a tenth of a second, and nothing at all of wav and pcm.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.media.chunks import BYTES_PER_SAMPLE, SpeechSegment, Word
from halfgig.media.provenance import speech_metadata
from halfgig.media.sound_file import SoundWriter
from halfgig.media.sound_stream import StreamWriter
from halfgig.tts.readers import Readers
from halfgig.tts.subtitles import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from halfgig.media.chunks import Chunk
    from halfgig.text.sentences import Sentence
    from halfgig.tts.readers import Reader, SpeechJob
    from halfgig.tts.sentence_cache import SentenceCache

SLICE_S = 1.5
"""A slice ends with the sentence that brings it to this many seconds of sound."""


@dataclass(frozen=True, slots=True)
class SliceRequest:
    """What the cell is to make next of a stream."""

    stream: int
    """The number by which the cell knows the stream from slice to slice."""
    job: SpeechJob
    """What is said, all of it, and by whom."""
    sound_format: str | None = None
    """The format to encode; None: chunks, with their phonemes."""
    start: int = 0
    """The character of the text at which the sentence begins that is spoken next."""
    given: int = 0
    """Samples of that sentence that were given already."""
    is_begun: bool = False
    """True when something of the speech was given already."""
    alive: tuple[int, ...] = ()
    """The numbers of all streams that go on; the state of others is dropped."""
    cache: SentenceCache | None = None
    """Where a network's sentences are kept."""
    stop: Path | None = None
    """The slice ends early when this file appears: nobody wants the speech any more."""
    whole_file: Path | None = None
    """The file that all of the speech goes to, with its length in the header; None: it is streamed."""


_held: dict[int, _Stream] = {}  # this cell's speeches by number


def speak_slice(request: SliceRequest) -> Iterator[SpeechSegment]:
    """Yield the next second or two of a speech: whole sentences, of a speech that begins one alone.

    Raises `EmptyText`, `TextTooLong`, `UnknownVoice`, `BadSetting` or `UnknownFormat` before the first sound, and
    `ServiceError` for flac whose encoder was lost.
    """
    for number in _held.keys() - {*request.alive, request.stream}:
        del _held[number]
    # Held again only when the slice has ended well: after an error its place in the text is not known.
    stream = _held.pop(request.stream, None) or _Stream(request)
    for segment in stream.slice(request):
        yield segment
        if request.stop and request.stop.exists():
            return
    if not stream.is_over:
        _held[request.stream] = stream


class _Stream:
    """One speech between its slices."""

    def __init__(self, request: SliceRequest) -> None:
        job = request.job
        self._readers = Readers(job)
        self._writer = _writer(request, self._readers)
        self._whole_s: float | None = None if request.whole_file is None else 0.0
        # Nobody has heard anything of a file whose encoder was lost, so it begins again.
        start, self._given = (0, 0) if request.whole_file else (request.start, request.given)
        self._rest = self._readers.sentences(start)
        self._next = next(self._rest, None)

    @property
    def is_over(self) -> bool:
        """Whether all was spoken."""
        return self._next is None

    def slice(self, request: SliceRequest) -> Iterator[SpeechSegment]:
        """Yield some sentences."""
        most_s = SLICE_S if request.is_begun else 0.0
        seconds = 0.0
        if self._next is None:
            yield self._end_of_sentence(())
        while self._next is not None:
            for segment in self._sentence(*self._next, request):
                yield segment
                seconds += segment.seconds
            if seconds >= most_s:
                return

    def _sentence(self, reader: Reader, sentence: Sentence, request: SliceRequest) -> Iterator[SpeechSegment]:
        reader.renew()
        chunks = reader.speak(sentence, request.cache)
        if self._writer is None:
            spoken = tuple(chunks)
            self._next = next(self._rest, None)
            yield self._end_of_sentence(spoken, request)
            return
        start, given = sentence.start, 0
        for chunk in chunks:
            given += len(chunk.pcm) // BYTES_PER_SAMPLE
            if given > self._given:
                words = _words((chunk,)) if request.job.wants_words else ()
                yield self._segment(chunk.seconds, start, given, self._writer.write(chunk.pcm), words=words)
        self._given = 0
        self._next = next(self._rest, None)
        yield self._end_of_sentence(())

    def _end_of_sentence(self, chunks: tuple[Chunk, ...], request: SliceRequest | None = None) -> SpeechSegment:
        next_start = None if self._next is None else self._next[1].start
        data = self._writer.close() if self._writer and self._next is None else b""
        words = _words(chunks) if request and request.job.wants_words else ()
        seconds = sum(chunk.seconds for chunk in chunks)
        return self._segment(seconds, next_start, 0, data, chunks, words)

    def _segment(
        self,
        seconds: float,
        next_start: int | None,
        given: int,
        data: bytes,
        chunks: tuple[Chunk, ...] = (),
        words: tuple[Word, ...] = (),
    ) -> SpeechSegment:
        """Return what was made; of a whole file the last segment has the length of all."""
        if self._whole_s is not None:
            self._whole_s += seconds
            seconds = 0.0 if next_start is not None else self._whole_s
        return SpeechSegment(self._readers.maker, seconds, next_start, given, data, chunks, words)


class _FileWriter:
    """A writer to a file that, like a stream's, returns the bytes that are ready: none."""

    def __init__(self, writer: SoundWriter) -> None:
        self._writer = writer

    def write(self, pcm: bytes) -> bytes:
        self._writer.write(pcm)
        return b""

    def close(self) -> bytes:
        self._writer.finish()
        return b""


def _writer(request: SliceRequest, readers: Readers) -> StreamWriter | _FileWriter | None:
    if request.sound_format is None:
        return None
    metadata = speech_metadata(__version__, readers.maker, readers.source_type)
    if request.whole_file is None:
        return StreamWriter(request.sound_format, metadata, _part_of(request))
    return _FileWriter(SoundWriter(request.whole_file, request.sound_format, metadata))


def _part_of(request: SliceRequest) -> int:
    """Return each encoder of a speech a number of its own; the first has 0."""
    place = zlib.crc32(f"{request.start} {request.given}".encode())
    return 1 + (place >> 2) if request.is_begun else 0


def _words(chunks: Iterable[Chunk]) -> tuple[Word, ...]:
    found, begin = list[Word](), 0.0
    for chunk in chunks:
        found += words_of(chunk, begin)
        begin += chunk.seconds
    return tuple(found)
