"""What runs in the speech cell: a slice of one speech, then one of another, each going on where it was.

A stream's encoder and its place in the text stay here from slice to slice.  A cell that takes over from one that died
finds its place by the character a sentence begins at, and leaves out the samples of that sentence which were given
already: a sentence's sound follows from the sentence alone, so nothing is heard twice and nothing is missing but what
the lost encoder had not given out, at most a tenth of a second, and nothing at all of wav and pcm.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from halfgig import __version__
from halfgig.media.chunks import BYTES_PER_SAMPLE
from halfgig.media.provenance import speech_metadata
from halfgig.media.sound_stream import StreamWriter
from halfgig.text.sentences import sentences
from halfgig.tts.sentence_cache import SentenceCache, sentence_key
from halfgig.tts.speech import reader_of, source_type_of
from halfgig.tts.subtitles import with_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from halfgig.media.chunks import Chunk
    from halfgig.requests import SpeechRequest
    from halfgig.text.sentences import Sentence

SLICE_S = 1.5
"""A slice ends with the sentence in which it grows to so many seconds of sound."""


@dataclass(frozen=True, slots=True)
class SliceRequest:
    """Ask for the next slice of a speech."""

    stream: int
    """The number of the speech; it is known by it from slice to slice."""
    speech: SpeechRequest
    """What is said, all of it, and how."""
    sound_format: str | None = None
    """The format to have the bytes of; None: chunks, with their phonemes."""
    start: int = 0
    """Where in the text the sentence begins that is to be spoken next, in characters."""
    given: int = 0
    """How many samples of that sentence were given already."""
    is_begun: bool = False
    """True when something of the speech was given already."""
    alive: tuple[int, ...] = ()
    """The numbers of all speeches that go on; what is held of others is dropped."""
    cache: SentenceCache | None = None
    """Where a network's sentences are kept."""
    stop: Path | None = None
    """The slice ends early when this file appears: nobody wants the speech any more."""


class Part(NamedTuple):
    """Hold a stretch of a slice: with a format a chunk's bytes, without one a sentence's chunks.

    With a format a sentence's chunks come as they are made, `next_start` still the sentence's own and `given` growing;
    a part without sound of its own then ends the sentence.
    """

    maker: str
    """Who speaks."""
    seconds: float
    """How long it sounds."""
    next_start: int | None
    """Where in the text the sentence begins that is spoken next; None: this was the last part."""
    given: int = 0
    """How many samples of that sentence have been given with this part."""
    data: bytes = b""
    """The next bytes of the file."""
    chunks: tuple[Chunk, ...] = ()
    """The sound and its phonemes."""
    words: tuple[tuple[str, float, float], ...] = ()
    """Each word as it was written, from when to when it sounds, in seconds from the start of this part."""


_held: dict[int, _Stream] = {}  # this cell's speeches by number


def speak_slice(request: SliceRequest) -> Iterator[Part]:
    """Yield the next second or two of a speech: whole sentences, of a speech that begins one alone.

    Raises `EmptyText`, `TextTooLong`, `UnknownVoice`, `BadSetting` or `UnknownFormat` before the first sound, and
    `ServiceError` for flac whose encoder was lost.
    """
    for number in _held.keys() - {*request.alive, request.stream}:
        del _held[number]
    # Held again only when the slice has ended well: after an error its place in the text is not known.
    stream = _held.pop(request.stream, None) or _Stream(request)
    for part in stream.slice(request):
        yield part
        if request.stop and request.stop.exists():
            return
    if not stream.is_over:
        _held[request.stream] = stream


def load(kokoro: Path) -> Iterator[str]:
    """Load a Kokoro before it is asked for; yield what was loaded."""
    from halfgig.tts.engines import speaker_in

    speaker = speaker_in(kokoro)
    yield f"{speaker.name} {speaker.version}"


class _Stream:
    """Hold one speech between its slices."""

    def __init__(self, request: SliceRequest) -> None:
        speech = request.speech
        self._reader = reader_of(speech)
        self._writer: StreamWriter | None = None
        if request.sound_format is not None:
            marks = speech_metadata(__version__, self._reader.maker, source_type_of(speech))
            self._writer = StreamWriter(request.sound_format, marks, _part_of(request))
        # From the text's beginning: what a sentence is can hang on what stands before it.
        all_of_it = sentences(speech.text, self._reader.voice.language)
        self._rest = (sentence for sentence in all_of_it if _start(sentence) >= request.start)
        self._next = next(self._rest, None)
        self._given = request.given

    @property
    def is_over(self) -> bool:
        """Tell whether all was spoken."""
        return self._next is None

    def slice(self, request: SliceRequest) -> Iterator[Part]:
        """Yield some sentences."""
        most_s = SLICE_S if request.is_begun else 0.0
        seconds = 0.0
        if self._next is None:
            yield self._end_of_sentence(())
        while self._next is not None:
            for part in self._sentence(self._next, request):
                yield part
                seconds += part.seconds
            if seconds >= most_s:
                return

    def _sentence(self, sentence: Sentence, request: SliceRequest) -> Iterator[Part]:
        chunks = self._chunks(sentence, request)
        if self._writer is None:
            spoken = tuple(chunks)
            self._next = next(self._rest, None)
            yield self._end_of_sentence(spoken, request)
            return
        start, given = _start(sentence), 0
        for chunk in chunks:
            given += len(chunk.pcm) // BYTES_PER_SAMPLE
            if given > self._given:
                words = _words((chunk,)) if request.speech.wants_words else ()
                data = self._writer.write(chunk.pcm)
                yield Part(self._reader.maker, chunk.seconds, start, given, data, words=words)
        self._given = 0
        self._next = next(self._rest, None)
        yield self._end_of_sentence(())

    def _chunks(self, sentence: Sentence, request: SliceRequest) -> Iterator[Chunk]:
        reader, model = self._reader, request.speech.kokoro
        if model is None:
            from halfgig.tts.espeak.library import espeak_library

            espeak_library().renew()
        elif request.cache:
            key = sentence_key(model, reader.voice.name, reader.speed, sentence)
            return request.cache.spoken(key, lambda: reader.speaker.speak(sentence, reader.voice, reader.speed))
        return reader.speaker.speak(sentence, reader.voice, reader.speed)

    def _end_of_sentence(self, chunks: tuple[Chunk, ...], request: SliceRequest | None = None) -> Part:
        next_start = None if self._next is None else _start(self._next)
        data = self._writer.close() if self._writer and self._next is None else b""
        words = _words(chunks) if request and request.speech.wants_words else ()
        seconds = sum(chunk.seconds for chunk in chunks)
        return Part(self._reader.maker, seconds, next_start, 0, data, chunks, words)


def _part_of(request: SliceRequest) -> int:
    """Give each encoder of a speech a number of its own; the first has 0."""
    place = zlib.crc32(f"{request.start} {request.given}".encode())
    return 1 + (place >> 2) if request.is_begun else 0


def _start(sentence: Sentence) -> int:
    """Give where a sentence begins in the text; one of no words, a pause, comes before all others."""
    return sentence.spans[0].start if sentence.spans else 0


def _words(chunks: Iterable[Chunk]) -> tuple[tuple[str, float, float], ...]:
    found, begin = list[tuple[str, float, float]](), 0.0
    for chunk in chunks:
        found += [(word.text, begin + word.start, begin + word.end) for word in with_marks(chunk.words, chunk.text)]
        begin += chunk.seconds
    return tuple(found)
