"""Functions that run in the speech cell: speak a text to a file, to a spool for other cells, or to the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.events import Progress
from halfgig.media.chunks import SpeechSegment
from halfgig.pipeline.reports import Pace, StageResult

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from halfgig.events import Event
    from halfgig.media.chunks import Chunk
    from halfgig.tts.base import EngineSpec, Voice
    from halfgig.tts.readers import SpeechJob
    from halfgig.tts.registry import ResolvedVoice
    from halfgig.tts.speech import Speech


def voices(specs: Sequence[EngineSpec]) -> Iterator[Voice]:
    """Yield the voices of engines that need no model."""
    for spec in specs:
        yield from spec.make(None).voices()


def load(voice: ResolvedVoice) -> Iterator[str]:
    """Load an engine before it is needed; yield its name."""
    engine = voice.load()
    yield f"{engine.name} {engine.version}"


def speak(job: SpeechJob) -> Iterator[Chunk]:
    """Yield a text's chunks as they are made, marked as synthetic."""
    from dataclasses import replace

    from halfgig.origin.sound_mark import marker
    from halfgig.tts.speech import speech_from_text

    mark = marker(job.limits)
    for chunk in speech_from_text(job):
        yield replace(chunk, pcm=mark(chunk.pcm))


def say(job: SpeechJob, path: Path, sound_format: str) -> Iterator[Event | SpeechSegment | StageResult]:
    """Speak a text into a sound file; yield progress, the words if requested, and finally the result."""
    from halfgig.media.provenance import speech_metadata
    from halfgig.media.sound_file import SoundWriter
    from halfgig.origin.sound_mark import marker
    from halfgig.tts.speech import speech_from_text

    speech, mark = speech_from_text(job), marker(job.limits)
    with SoundWriter(path, sound_format, speech_metadata(__version__, speech.maker, speech.source_type)) as writer:
        seconds = yield from _passed_on(speech, lambda chunk: writer.write(mark(chunk.pcm)))
    yield StageResult(seconds, speech.maker, source_type=speech.source_type)


def spool(job: SpeechJob, path: Path) -> Iterator[Event | SpeechSegment | StageResult]:
    """Speak a text into a spool file for other cells, as the server does; yield progress and finally the result."""
    from halfgig.storage.atomic_write import room_for
    from halfgig.tts.speech import speech_from_text
    from halfgig.tts.spool import write_segment
    from halfgig.tts.subtitles import words_of

    speech = speech_from_text(job, is_repeatable=True)

    def write(chunk: Chunk) -> None:
        write_segment(SpeechSegment(speech.maker, chunk.seconds, chunks=(chunk,), words=words_of(chunk)), file)

    with room_for(path), path.open("wb") as file:
        seconds = yield from _passed_on(speech, write)
    yield StageResult(seconds, speech.maker)


def _passed_on(speech: Speech, take: Callable[[Chunk], object]) -> Generator[Event | SpeechSegment, None, float]:
    """Pass each chunk of a speech to `take`; yield progress and words, and return the length in seconds."""
    seconds, pace = 0.0, Pace()
    for chunk in speech:
        take(chunk)
        seconds += chunk.seconds
        if words := speech.take_words():
            yield SpeechSegment(words=words)
        if pace.due():
            yield Progress("speaking", seconds, speech.expected_s, "s")
    yield Progress("speaking", seconds, seconds, "s")
    return seconds
