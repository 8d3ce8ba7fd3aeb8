"""SadTalker's audio input: the number of video frames, and for each a window of 200 ms of mel spectrogram."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.base import SPEECH
from halfgig.animators.sadtalker.motion.mel import RATE, columns_in, frames_in, mel_columns, samples_of
from halfgig.animators.sadtalker.networks.audio_encoder import BANDS, COLUMNS
from halfgig.errors import BadSetting
from halfgig.media.chunks import SAMPLE_RATE
from halfgig.media.resample import Resampler
from halfgig.media.sound_decode import probe_sound, read_sound
from halfgig.tts.spool import read_chunks, read_spool_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob

    Floats = NDArray[np.float32]

FPS = 25
COLUMNS_PER_SECOND = 80
LEAD_FRAMES = 2
"""Frames by which a window starts before its own frame: 80 ms."""
BLOCK = 32
"""Windows in a block: 160 KB."""


class AudioWindows(NamedTuple):
    """A video's audio input; `windows` can be iterated once."""

    n_frames: int
    """At least one; 25 per second."""
    windows: Iterator[Floats]
    """Blocks of windows [n, 80, 16]."""


def audio_windows_of(job: RenderJob) -> AudioWindows:
    """Open the audio of a job: silence, its speech or its recording.

    Raises `SoundError` for a recording that cannot be used.
    """
    request = job.request
    if request.idle:
        n_frames = idle_frames(request.idle)
        return AudioWindows(n_frames, idle_windows(n_frames))
    if request.speech:
        spool = job.folder / SPEECH
        return _from_pcm(frames_in(round(read_spool_state(spool).seconds * RATE)), _speech_pcm(spool))
    recording = job.path(request.audio)
    facts = probe_sound(recording, job.limits.max_sound_minutes * 60)
    return _from_pcm(frames_in(round(facts.seconds * RATE)), read_sound(recording, RATE, facts.mixes))


def _from_pcm(n_frames: int, pcm: Iterable[bytes]) -> AudioWindows:
    return AudioWindows(n_frames, mel_windows(mel_columns(samples_of(pcm), n_frames), n_frames))


def _speech_pcm(path: Path) -> Iterator[bytes]:
    """Yield the speech in a spool resampled to 16 kHz, as s16le."""
    resampler = Resampler(SAMPLE_RATE, RATE)
    for chunk in read_chunks(path):
        yield resampler.feed(chunk.pcm)
    yield resampler.finish()


def first_column(frame: int) -> int:
    """Return the column where a frame's window starts: rounded towards zero, so frame 1 starts at -3, not at -4."""
    return int(COLUMNS_PER_SECOND * (frame - LEAD_FRAMES) / FPS)


def mel_windows(columns: Iterable[Floats], n_frames: int) -> Iterator[Floats]:
    """Yield blocks of windows [n, 80, 16] over a spectrogram's columns [n, 80], both ends repeated."""
    last = columns_in(n_frames) - 1
    blocks, first = iter(columns), 0
    held = np.empty((0, BANDS), np.float32)
    for start in range(0, n_frames, BLOCK):
        starts = np.array([first_column(frame) for frame in range(start, min(start + BLOCK, n_frames))])
        needed = np.clip(starts[:, None] + np.arange(COLUMNS), 0, last)
        held, first = held[needed[0, 0] - first :], int(needed[0, 0])
        while first + len(held) <= needed[-1, -1]:
            held = np.concatenate([held, next(blocks)])
        yield np.ascontiguousarray(held[needed - first].swapaxes(1, 2))


def idle_frames(seconds: float) -> int:
    """Return the number of frames in an idle video of this length; raises `BadSetting` for less than one frame."""
    if not 1 / FPS <= seconds < float("inf"):
        raise BadSetting(f"an idle face of {seconds:g} s has no frame; ask for {1 / FPS} s (one frame) or more")
    return int(seconds * FPS)


def idle_windows(n_frames: int) -> Iterator[Floats]:
    """Yield the windows of an idle face: zeros, as upstream does, although silence would be -4 in every band."""
    for start in range(0, n_frames, BLOCK):
        yield np.zeros((min(BLOCK, n_frames - start), BANDS, COLUMNS), np.float32)
