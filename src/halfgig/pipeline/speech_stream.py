"""Speech in slices, inside the speech cell: streams take turns, and each slice continues where its stream stopped.

The cell keeps each stream's encoder and position between slices. After a crash the next cell continues at the character
where the sentence starts and skips the samples of that sentence that were sent already. A sentence always sounds the
same, so nothing is repeated, and only what the lost encoder had buffered is missing: at most a tenth of a second, and
nothing for wav and pcm.
"""

from __future__ import annotations

import contextlib
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.animators.puppet.live_cues import LiveCues
from halfgig.media.chunks import BYTES_PER_SAMPLE, SpeechSegment, Word
from halfgig.media.provenance import speech_metadata
from halfgig.media.sound_file import SoundWriter
from halfgig.media.sound_stream import StreamWriter
from halfgig.nn.interruption import Interrupted, interruptible
from halfgig.origin.sound_mark import SoundMark, marker
from halfgig.tts.readers import Readers
from halfgig.tts.recent_sentences import RecentSentences
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
    """A request for the next slice of a stream."""

    stream: int
    """Identifies the stream in the cell."""
    job: SpeechJob
    """The whole text and its voice."""
    sound_format: str | None = None
    """The format to encode; None: chunks, with their phonemes."""
    start: int = 0
    """Index of the first character of the next sentence."""
    given: int = 0
    """Samples of that sentence that were sent already."""
    passed: int = 0
    """Samples of the speech that were sent already, those of that sentence included."""
    is_begun: bool = False
    """Whether any of the speech was sent already."""
    alive: tuple[int, ...] = ()
    """Numbers of all open streams; the state of others is dropped."""
    cache: SentenceCache | None = None
    """Cache of sentences spoken by a network."""
    stop: Path | None = None
    """The slice ends early if this file exists: the client is gone."""
    give_way: Path | None = None
    """The slice ends early if this file exists, and its last sentence is made again: another client waits."""
    whole_file: Path | None = None
    """The file that receives the whole speech, with its length in the header; None: the speech is streamed."""
    wants_poses: bool = False
    """Whether segments of sound have the poses of a face that speaks them."""

    def is_to_end(self) -> bool:
        """Return whether the slice should end now."""
        return any(file is not None and file.exists() for file in (self.stop, self.give_way))


_held: dict[int, _Stream] = {}  # this cell's speeches by number
_recent = RecentSentences()


def speak_slice(request: SliceRequest) -> Iterator[SpeechSegment]:
    """Yield the next sentences of a speech: the first sentence only, later sentences up to `SLICE_S` seconds.

    Raises `EmptyText`, `TextTooLong`, `UnknownVoice`, `BadSetting` or `UnknownFormat` before the first sound, and
    `ServiceError` for flac whose encoder was lost with its cell.
    """
    for number in _held.keys() - {*request.alive, request.stream}:
        del _held[number]
    # Kept only if the slice ends normally: after an error the position in the text is unknown.
    stream = _held.pop(request.stream, None) or _Stream(request)
    with contextlib.suppress(Interrupted):
        for segment in stream.slice(request):
            yield segment
            if request.stop and request.stop.exists():
                return
    if not stream.is_over:
        _held[request.stream] = stream


class _Stream:
    """The state of one stream between its slices."""

    def __init__(self, request: SliceRequest) -> None:
        job = request.job
        self._readers = Readers(job)
        self._writer = _writer(request, self._readers)
        self._cues = LiveCues() if request.wants_poses else None
        self._whole_s: float | None = None if request.whole_file is None else 0.0
        # A whole file was not sent yet: if its encoder was lost, it starts again.
        start, self._given = (0, 0) if request.whole_file else (request.start, request.given)
        self._encoded = 0  # samples of the next sentence that this encoder has, from before it was interrupted
        self._mark = marker(job.limits, 0 if request.whole_file else request.passed - request.given)
        self._rest = self._readers.sentences(start)
        self._next = next(self._rest, None)

    @property
    def is_over(self) -> bool:
        """Whether the whole text was spoken."""
        return self._next is None

    def slice(self, request: SliceRequest) -> Iterator[SpeechSegment]:
        """Yield the sentences of one slice."""
        most_s = SLICE_S if request.is_begun else 0.0
        seconds = 0.0
        if self._next is None:
            yield self._end_of_sentence(())
        while self._next is not None:
            for segment in self._sentence(*self._next, request):
                yield segment
                seconds += segment.seconds
            if seconds >= most_s or request.is_to_end():
                return

    def _sentence(self, reader: Reader, sentence: Sentence, request: SliceRequest) -> Iterator[SpeechSegment]:
        spoken = reader.speak_repeatably(sentence, request.cache, _recent)
        chunks = interruptible(spoken, request.is_to_end)
        if self._writer is None:
            whole = tuple(chunks)
            self._next = next(self._rest, None)
            yield self._end_of_sentence(whole, request)
            return
        start, given = sentence.start, 0
        for chunk in chunks:
            given += len(chunk.pcm) // BYTES_PER_SAMPLE
            if given <= self._encoded:
                continue
            self._encoded = given
            poses = self._cues.add(chunk) if self._cues else None
            if given > self._given:
                words = _words((chunk,)) if request.job.wants_words else ()
                segment = self._segment(chunk.seconds, start, given, self._writer.write(self._mark(chunk.pcm)))
                yield replace(segment, words=words, poses=poses)
            elif isinstance(self._mark, SoundMark):
                self._mark.skip(chunk.pcm)
        self._given = self._encoded = 0
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
    """Return a number that differs for each encoder of a speech; the first one's is 0."""
    place = zlib.crc32(f"{request.start} {request.given}".encode())
    return 1 + (place >> 2) if request.is_begun else 0


def _words(chunks: Iterable[Chunk]) -> tuple[Word, ...]:
    found, begin = list[Word](), 0.0
    for chunk in chunks:
        found += words_of(chunk, begin)
        begin += chunk.seconds
    return tuple(found)
