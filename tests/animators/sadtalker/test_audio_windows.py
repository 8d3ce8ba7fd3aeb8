"""Audio windows: equal for a recording and for the same sound as speech, at the original's positions, and when idle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.base import SPEECH
from halfgig.animators.sadtalker.audio_windows import (
    audio_windows_of,
    first_column,
    idle_frames,
    idle_windows,
    mel_windows,
)
from halfgig.animators.sadtalker.motion.mel import columns_in
from halfgig.errors import BadSetting
from halfgig.media.chunks import Chunk, SpeechSegment
from halfgig.media.sound_decode import read_sound
from halfgig.requests import SpeechRequest
from halfgig.tts.spool import write_segment
from tests.support.jobs import render_job
from tests.support.media import voice_like

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob


def windows(job: RenderJob) -> NDArray[np.float32]:
    audio = audio_windows_of(job)
    found = np.concatenate(list(audio.windows))
    assert len(found) == audio.n_frames
    return found


def as_speech(recording: Path, folder: Path) -> RenderJob:
    """Write a recording's sound into a job's spool as if it had been spoken."""
    with (folder / SPEECH).open("wb") as file:
        for pcm in read_sound(recording):
            write_segment(SpeechSegment("tests", chunks=(Chunk(pcm),)), file)
    return render_job(folder, animator="sadtalker", speech=SpeechRequest("Hello."))


@pytest.mark.parametrize(("seconds", "frames"), [(1.5, 37), (0.04, 1), (0.84, 21), (2.0, 50)])
def test_a_recording_and_the_same_sound_spoken_before_give_the_same_windows(
    tmp_path: Path, seconds: float, frames: int
) -> None:
    recording = voice_like(tmp_path / "voice.wav", seconds=seconds)
    first = windows(render_job(tmp_path, animator="sadtalker", audio=str(recording)))
    second = windows(as_speech(recording, tmp_path))
    assert first.shape == (frames, 80, 16)
    assert np.abs(first - second).mean() < 0.05  # of 8: the recording's own rate is resampled once, not twice


def test_an_idle_job_gets_zeros(tmp_path: Path) -> None:
    found = windows(render_job(tmp_path, animator="sadtalker", idle=1.0))
    assert found.shape == (25, 80, 16)
    assert not found.any()


def test_windows_begin_80_ms_early_and_are_cut_towards_zero() -> None:
    assert [first_column(frame) for frame in range(12)] == [-6, -3, 0, 3, 6, 9, 12, 16, 19, 22, 25, 28]


@pytest.mark.parametrize("n_frames", [1, 2, 21, 32, 33, 100])
@pytest.mark.parametrize("length", [1, 7, 1000])
def test_columns_beyond_an_end_are_the_ends_own(n_frames: int, length: int) -> None:
    last = columns_in(n_frames) - 1
    columns = np.repeat(np.arange(last + 1, dtype=np.float32)[:, None], 80, axis=1)
    blocks = [columns[i : i + length] for i in range(0, last + 1, length)]
    found = np.concatenate(list(mel_windows(blocks, n_frames)))
    wanted = [np.clip(first_column(frame) + np.arange(16), 0, last) for frame in range(n_frames)]
    assert np.array_equal(found[:, 0], wanted)
    assert np.array_equal(found[:, 79], wanted)


def test_an_idle_face_gets_zeros_and_not_silence() -> None:
    found = np.concatenate(list(idle_windows(idle_frames(2.03))))
    assert found.shape == (50, 80, 16)
    assert not found.any()


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.03, float("inf"), float("nan")])
def test_an_idle_face_of_less_than_a_frame_is_refused(seconds: float) -> None:
    with pytest.raises(BadSetting, match=r"0\.04 s \(one frame\)"):
        idle_frames(seconds)
