"""The recipe: what happens inside a cell, in the order of the data."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.errors import BadSetting
from halfgig.events import Progress, Words
from halfgig.requests import ANIMATORS, FPS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from halfgig.events import Event
    from halfgig.media.chunks import Chunk
    from halfgig.requests import SpeechRequest, VideoRequest
    from halfgig.tts.base import Voice
    from halfgig.tts.speech import Speech

TELL_EVERY_S = 0.1
"""Seconds between two words on progress."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """Report a finished file."""

    seconds: float
    """Its length."""
    maker: str
    """Who speaks: "espeak 1.52.0, voice en-us"."""
    frames: int = 0
    """How many frames it has; 0 for sound."""
    size: tuple[int, int] = (0, 0)
    """Width and height of its frames."""


class Pace:
    """Let a word through now and then."""

    def __init__(self, every_s: float = TELL_EVERY_S) -> None:
        self._every_s = every_s
        self._next = 0.0

    def due(self) -> bool:
        """Tell whether it is time for another."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._every_s
        return True


def voices() -> Iterator[Voice]:
    """Yield the voices of espeak-ng."""
    from halfgig.tts.espeak.engine import EspeakEngine

    yield from EspeakEngine().voices()


def speak(request: SpeechRequest) -> Iterator[Chunk]:
    """Yield a text's sound, a sentence at a time."""
    from halfgig.tts.speech import speech_from_text

    yield from speech_from_text(request)


def _pass_on(speech: Speech, take: Callable[[Chunk], object]) -> Generator[Event | Words, None, float]:
    """Give each chunk of a speech to `take`; yield how far it is and its words, and return its length in seconds."""
    seconds, pace = 0.0, Pace()
    for chunk in speech:
        take(chunk)
        seconds += chunk.seconds
        yield from _told_words(speech)
        if pace.due():
            yield Progress("speaking", seconds, speech.expected_s, "s")
    yield Progress("speaking", seconds, seconds, "s")
    return seconds


def spool(request: SpeechRequest, path: Path) -> Iterator[Event | Words | StageResult]:
    """Speak a text into a file for another cell; yield how far it is, the words, and at last what was made."""
    from halfgig.storage.atomic_write import room_for
    from halfgig.tts.speech import speech_from_text
    from halfgig.tts.spool import write_chunk

    speech = speech_from_text(request)
    with room_for(path), path.open("wb") as file:
        seconds = yield from _pass_on(speech, lambda chunk: write_chunk(chunk, file))
    yield StageResult(seconds, speech.maker)


def say(request: SpeechRequest, path: Path, sound_format: str) -> Iterator[Event | Words | StageResult]:
    """Speak a text into a file; yield how far it is, the words if wanted, and at last what was made."""
    from halfgig.media.provenance import speech_metadata
    from halfgig.media.sound_file import SoundWriter
    from halfgig.tts.speech import speech_from_text

    speech = speech_from_text(request)
    with SoundWriter(path, sound_format, speech_metadata(__version__, speech.maker, speech.source_type)) as writer:
        seconds = yield from _pass_on(speech, lambda chunk: writer.write(chunk.pcm))
    yield StageResult(seconds, speech.maker)


def _told_words(speech: Speech) -> Iterator[Words]:
    if words := speech.take_words():
        yield Words(words)


def speech_of(request: VideoRequest) -> Speech:
    """Prepare the speech of a video, wherever it comes from."""
    from halfgig.requests import Idle, SpeechRequest, SpokenBefore
    from halfgig.tts.speech import speech_from_nothing, speech_from_recording, speech_from_spool, speech_from_text

    match request.speech:
        case SpeechRequest() as asked:
            return speech_from_text(asked)
        case SpokenBefore() as made:
            return speech_from_spool(made)
        case Idle(seconds):
            return speech_from_nothing(seconds, request.settings)
        case recording:
            return speech_from_recording(recording, request.settings)


def _expected_s(request: VideoRequest, speech: Speech) -> float | None:
    from halfgig.requests import SpokenBefore

    return request.speech.seconds if isinstance(request.speech, SpokenBefore) else speech.expected_s


def check_video(request: VideoRequest) -> None:
    """Refuse a request that cannot be right whatever the files hold.  Raises `BadSetting`."""
    from halfgig.animators.puppet.portrait import check_size
    from halfgig.requests import check_options

    check_size(request.size)
    if not FPS[0] <= request.fps <= FPS[1]:
        raise BadSetting(f"{request.fps:g} frames a second are out of range; choose from {FPS[0]:g} to {FPS[1]:g}")
    if request.animator not in ANIMATORS:
        raise BadSetting(f"there is no animator {request.animator!r}; choose one of: {', '.join(ANIMATORS)}")
    has_recording = isinstance(request.speech, Path)
    check_options(request.animator, request.fps, request.sadtalker, has_recording=has_recording)


def talk(request: VideoRequest, path: Path) -> Iterator[Event | Words | StageResult]:
    """Make a portrait talk into a file; yield how far it is, and at last what was made."""
    from halfgig.animators.puppet.cue import cues_of
    from halfgig.animators.puppet.idle import poses
    from halfgig.animators.puppet.portrait import make_portrait
    from halfgig.media.provenance import video_metadata
    from halfgig.media.video_writer import VideoWriter
    from halfgig.storage.atomic_write import room_for

    check_video(request)
    speech = speech_of(request)
    portrait = make_portrait(request)
    yield from (*speech.notices, *portrait.notices)
    fps, pace = Fraction(request.fps).limit_denominator(1001), Pace()
    marks = video_metadata(__version__, request.animator, speech.maker)
    with room_for(path), VideoWriter(path, portrait.size, fps, marks) as video:
        for pose in poses(cues_of(speech, video.sounded(speech), float(fps)), float(fps), request.seed):
            video.write_frame(portrait.puppet.render(pose))
            yield from _told_words(speech)
            if pace.due():
                expected = _expected_s(request, speech)
                yield Progress("rendering", video.frames, expected and expected * float(fps), "frames")
    yield Progress("rendering", video.frames, video.frames, "frames")
    yield StageResult(video.seconds, speech.maker, video.frames, portrait.size)
