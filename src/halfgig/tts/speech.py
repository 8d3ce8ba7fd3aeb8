"""A speech from wherever it comes, a text or a recording: chunks of sound, and what must be known beforehand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from halfgig.errors import EmptyText, TextTooLong
from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE, Chunk
from halfgig.media.provenance import ALGORITHMIC, TRAINED
from halfgig.media.sound_decode import probe_sound, read_sound
from halfgig.requests import check_idle
from halfgig.text.sentences import sentences
from halfgig.tts.engines import speaker_in, voice_of
from halfgig.tts.spool import read_chunks
from halfgig.tts.subtitles import with_marks
from halfgig.tts.voices import checked_speed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.events import Notice
    from halfgig.requests import SpeechRequest, SpokenBefore
    from halfgig.settings import Settings
    from halfgig.tts.base import Engine, Voice


@dataclass
class Speech:
    """Hold a speech that is about to be made or read; its chunks can be taken once."""

    chunks: Iterator[Chunk]
    """The sound, in order, made as it is asked for."""
    has_phonemes: bool
    """True when chunks say which phoneme is when."""
    maker: str
    """Who speaks, for the marks in a file: "espeak 1.52.0, voice en-us", "a recording"."""
    peak: float = 1.0
    """The largest sample of a recording, 0..1 of full scale."""
    source_type: str = ALGORITHMIC
    """The IPTC digital source type of its sound."""
    notices: tuple[Notice, ...] = ()
    """What a person should know before."""
    length: float = 0.0
    """How much there is in all: seconds of a recording, characters of a text."""
    keeps_words: bool = False
    """True when someone takes the words; kept for nobody they would grow with the speech."""
    _passed: float = 0.0
    _seconds: float = 0.0
    _words: list[tuple[str, float, float]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the chunks."""
        for chunk in self.chunks:
            if self.keeps_words:
                begin, shown = self._seconds, with_marks(chunk.words, chunk.text)
                self._words += [(word.text, begin + word.start, begin + word.end) for word in shown]
            self._seconds += chunk.seconds
            self._passed += len(chunk.text) if self.has_phonemes else chunk.seconds
            yield chunk

    def take_words(self) -> tuple[tuple[str, float, float], ...]:
        """Give the words that have passed since they were last taken, in seconds from the start of the speech."""
        taken = tuple(self._words)
        self._words.clear()
        return taken

    @property
    def expected_s(self) -> float | None:
        """Guess the length of all of it in seconds, better the more of it has passed; None before anything has."""
        if self._passed <= 0 or self.length <= 0:
            return None
        return self._seconds * max(1.0, self.length / self._passed)


def _check_text(text: str, settings: Settings) -> None:
    megabytes = len(text.encode("utf-8", "surrogatepass")) / 1e6
    if megabytes > settings.max_text_mb:
        raise TextTooLong(
            f"the text has {megabytes:.3g} MB; the limit is {settings.max_text_mb:g} MB: split it, or raise MAX_TEXT_MB"
        )


def _spoken(text: str, speaker: Engine, voice: Voice, speed: float) -> Iterator[Chunk]:
    for sentence in sentences(text, voice.language):
        yield from speaker.speak(sentence, voice, speed)


@dataclass(frozen=True, slots=True)
class Reader:
    """Hold who reads a text aloud, and how."""

    speaker: Engine
    """The engine."""
    voice: Voice
    """Its voice."""
    speed: float
    """A factor, 0.25 to 4."""

    @property
    def maker(self) -> str:
        """Say who speaks, for the marks in a file."""
        return f"{self.speaker.name} {self.speaker.version}, voice {self.voice.name}"


def reader_of(request: SpeechRequest) -> Reader:
    """Find who reads a text.  Raises `EmptyText`, `TextTooLong`, `UnknownVoice` or `BadSetting`."""
    _check_text(request.text, request.settings)
    speaker = speaker_in(request.kokoro)
    voice = voice_of(request.voice, speaker)
    if next(iter(sentences(request.text, voice.language)), None) is None:
        raise EmptyText(f"there is nothing to say in {request.text[:40]!r}; give a text with words or numbers")
    return Reader(speaker, voice, checked_speed(request.speed))


def source_type_of(request: SpeechRequest) -> str:
    """Give the IPTC digital source type of what a request's speaker makes."""
    return ALGORITHMIC if request.kokoro is None else TRAINED


def speech_from_text(request: SpeechRequest) -> Speech:
    """Prepare to speak a text.  Raises `EmptyText`, `TextTooLong`, `UnknownVoice` or `BadSetting` at once."""
    reader = reader_of(request)
    return Speech(
        _spoken(request.text, reader.speaker, reader.voice, reader.speed),
        has_phonemes=True,
        maker=reader.maker,
        source_type=source_type_of(request),
        length=len(request.text),
        keeps_words=request.wants_words,
    )


def speech_from_spool(made: SpokenBefore) -> Speech:
    """Prepare to play what was spoken before."""
    return Speech(read_chunks(made.path), has_phonemes=True, maker=made.maker)


def speech_from_recording(path: Path, settings: Settings) -> Speech:
    """Prepare to play a recording.  Raises `SoundError` for one that cannot be used."""
    facts = probe_sound(path, settings.max_sound_minutes * 60)
    chunks = (Chunk(pcm) for pcm in read_sound(path))
    return Speech(
        chunks, has_phonemes=False, maker="a recording", peak=facts.peak, notices=facts.notices, length=facts.seconds
    )


def speech_from_nothing(seconds: float, settings: Settings) -> Speech:
    """Prepare silence for a face that says nothing.  Raises `BadSetting` for a length that cannot be."""
    check_idle(seconds, settings.max_sound_minutes * 60)
    samples = round(seconds * SAMPLE_RATE)
    blocks = (min(SAMPLE_RATE, samples - start) for start in range(0, samples, SAMPLE_RATE))
    chunks = (Chunk(bytes(block * BYTES_PER_SAMPLE)) for block in blocks)
    return Speech(chunks, has_phonemes=True, maker="nobody", length=seconds)
