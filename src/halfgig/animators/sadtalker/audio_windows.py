"""What SadTalker hears: how many frames a speech has, and each frame's window of sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig.animators.base import SPEECH
from halfgig.animators.sadtalker.motion.mel import RATE, frames_in, mel_columns, samples_of
from halfgig.animators.sadtalker.motion.windows import idle_frames, idle_windows, windows
from halfgig.media.chunks import SAMPLE_RATE
from halfgig.media.resample import Resampler
from halfgig.media.sound_decode import probe_sound, read_sound
from halfgig.tts.spool import read_chunks, read_spool_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob

    Floats = NDArray[np.float32]


class AudioWindows(NamedTuple):
    """What is heard, which can be taken once."""

    n_frames: int
    """At least one, 25 a second."""
    windows: Iterator[Floats]
    """Blocks of windows [n, 80, 16]."""


def heard_of(job: RenderJob) -> AudioWindows:
    """Prepare what a video's face hears.  Raises `SoundError` for a recording that cannot be used."""
    request = job.request
    if request.idle:
        n_frames = idle_frames(request.idle)
        return AudioWindows(n_frames, idle_windows(n_frames))
    if request.speech:
        spool = job.folder / SPEECH
        return _listened(frames_in(round(read_spool_state(spool).seconds * RATE)), _spoken(spool))
    recording = job.path(request.audio)
    facts = probe_sound(recording, job.limits.max_sound_minutes * 60)
    return _listened(frames_in(round(facts.seconds * RATE)), read_sound(recording, RATE))


def _listened(n_frames: int, pcm: Iterable[bytes]) -> AudioWindows:
    return AudioWindows(n_frames, windows(mel_columns(samples_of(pcm), n_frames), n_frames))


def _spoken(path: Path) -> Iterator[bytes]:
    resampler = Resampler(SAMPLE_RATE, RATE)
    for chunk in read_chunks(path):
        yield resampler.feed(chunk.pcm)
    yield resampler.finish()
