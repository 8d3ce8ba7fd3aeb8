"""The recipe: what happens inside a cell, in the order of the data."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from halfgig import __version__
from halfgig.errors import BadSetting
from halfgig.events import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.events import Event
    from halfgig.motion.cue import Cue
    from halfgig.requests import SpeechRequest, VideoRequest
    from halfgig.speech.speaker import Chunk, Voice
    from halfgig.speech.speech import Speech

TELL_EVERY_S = 0.1
"""Seconds between two words on progress."""

FPS = (5.0, 60.0)
"""Slowest and fastest frame rate."""

ANIMATORS = ("puppet",)
"""Ways to move a face."""


@dataclass(frozen=True, slots=True)
class Made:
    """Report a finished file."""

    seconds: float
    """Its length."""
    maker: str
    """Who speaks: "espeak 1.52.0, voice en-us"."""
    frames: int = 0
    """How many frames it has; 0 for sound."""
    size: tuple[int, int] = (0, 0)
    """Width and height of its frames."""


class _Pace:
    """Let a word through now and then."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + TELL_EVERY_S
        return True


def voices() -> Iterator[Voice]:
    """Yield the voices there are."""
    from halfgig.speech.espeak import EspeakSpeaker

    yield from EspeakSpeaker().voices()


def speak(request: SpeechRequest) -> Iterator[Chunk]:
    """Yield a text's sound, a sentence at a time."""
    from halfgig.speech.speech import speech_from_text

    yield from speech_from_text(request)


def say(request: SpeechRequest, path: Path, sound_format: str) -> Iterator[Event | Made]:
    """Speak a text into a file; yield how far it is, and at last what was made."""
    from halfgig.marks import speech_marks
    from halfgig.speech.sound_write import SoundWriter
    from halfgig.speech.speech import speech_from_text

    speech = speech_from_text(request)
    seconds, pace = 0.0, _Pace()
    with SoundWriter(path, sound_format, speech_marks(__version__, speech.maker)) as writer:
        for chunk in speech:
            writer.write(chunk.pcm)
            seconds += chunk.seconds
            if pace.due():
                yield Progress("speaking", seconds, speech.expected_s, "s")
    yield Progress("speaking", seconds, seconds, "s")
    yield Made(seconds, speech.maker)


def _speech(request: VideoRequest) -> Speech:
    from halfgig.requests import SpeechRequest
    from halfgig.speech.speech import speech_from_recording, speech_from_text

    if isinstance(request.speech, SpeechRequest):
        return speech_from_text(request.speech)
    return speech_from_recording(request.speech, request.settings)


def _cues(speech: Speech, chunks: Iterator[Chunk], fps: float) -> Iterator[Cue]:
    from halfgig.motion.heard import heard_cues
    from halfgig.motion.spoken import spoken_cues

    return spoken_cues(chunks, fps) if speech.has_phonemes else heard_cues(chunks, fps, speech.peak)


def check_video(request: VideoRequest) -> None:
    """Refuse a request that cannot be right whatever the files hold.  Raises `BadSetting`."""
    from halfgig.animation.portrait import check_size

    check_size(request.size)
    if not FPS[0] <= request.fps <= FPS[1]:
        raise BadSetting(f"{request.fps:g} frames a second are out of range; choose from {FPS[0]:g} to {FPS[1]:g}")
    if request.animator not in ANIMATORS:
        raise BadSetting(f"there is no animator {request.animator!r}; choose one of: {', '.join(ANIMATORS)}")


def talk(request: VideoRequest, path: Path) -> Iterator[Event | Made]:
    """Make a portrait talk into a file; yield how far it is, and at last what was made."""
    from halfgig.animation.portrait import make_portrait
    from halfgig.animation.video import VideoWriter
    from halfgig.marks import video_marks
    from halfgig.motion.idle import poses
    from halfgig.output import room_for

    check_video(request)
    speech = _speech(request)
    portrait = make_portrait(request)
    yield from (*speech.notices, *portrait.notices)
    fps, pace = Fraction(request.fps).limit_denominator(1001), _Pace()
    marks = video_marks(__version__, request.animator, speech.maker)
    with room_for(path), VideoWriter(path, portrait.size, fps, marks) as video:
        for pose in poses(_cues(speech, video.sounded(speech), float(fps)), float(fps), request.seed):
            video.write_frame(portrait.puppet.render(pose))
            if pace.due():
                expected = speech.expected_s
                yield Progress("rendering", video.frames, expected and expected * float(fps), "frames")
    yield Progress("rendering", video.frames, video.frames, "frames")
    yield Made(video.seconds, speech.maker, video.frames, portrait.size)
