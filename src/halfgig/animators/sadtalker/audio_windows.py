"""What SadTalker hears: how many frames a speech has, and each frame's window of sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from halfgig.animators.sadtalker.motion.mel import RATE, frames_in, mel_columns, samples_of
from halfgig.animators.sadtalker.motion.windows import idle_frames, idle_windows, windows
from halfgig.media.chunks import SAMPLE_RATE
from halfgig.media.resample import Resampler
from halfgig.media.sound_decode import probe_sound, read_sound
from halfgig.requests import Idle, SpokenBefore
from halfgig.tts.spool import read_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.requests import VideoRequest

    Floats = NDArray[np.float32]


class AudioWindows(NamedTuple):
    """Hold what is heard, which can be taken once."""

    n_frames: int
    """At least one, 25 a second."""
    windows: Iterator[Floats]
    """Blocks of windows [n, 80, 16]."""


def heard_of(request: VideoRequest) -> AudioWindows:
    """Prepare what a video's face hears.  Raises `SoundError` for a recording that cannot be used."""
    match request.speech:
        case Idle(seconds):
            n_frames = idle_frames(seconds)
            return AudioWindows(n_frames, idle_windows(n_frames))
        case SpokenBefore() as spoken:
            n_frames = frames_in(round(spoken.seconds * RATE))
            return _listened(n_frames, _spoken(spoken.path))
        case recording:
            assert isinstance(recording, Path), "speech is made before it is heard"
            facts = probe_sound(recording, request.settings.max_sound_minutes * 60)
            return _listened(frames_in(round(facts.seconds * RATE)), read_sound(recording, RATE))


def _listened(n_frames: int, pcm: Iterable[bytes]) -> AudioWindows:
    return AudioWindows(n_frames, windows(mel_columns(samples_of(pcm), n_frames), n_frames))


def _spoken(path: Path) -> Iterator[bytes]:
    resampler = Resampler(SAMPLE_RATE, RATE)
    for chunk in read_chunks(path):
        yield resampler.feed(chunk.pcm)
    yield resampler.finish()
