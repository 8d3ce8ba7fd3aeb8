"""What a face hears is the same whether the sound lies in a recording or was spoken before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.base import SPEECH
from halfgig.animators.sadtalker.audio_windows import heard_of
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
    heard = heard_of(job)
    found = np.concatenate(list(heard.windows))
    assert len(found) == heard.n_frames
    return found


def spoken(recording: Path, folder: Path) -> RenderJob:
    """Write a recording's sound into a job's spool as if it had been spoken."""
    with (folder / SPEECH).open("wb") as file:
        for pcm in read_sound(recording):
            write_segment(SpeechSegment("tests", chunks=(Chunk(pcm),)), file)
    return render_job(folder, animator="sadtalker", speech=SpeechRequest("Hello."))


@pytest.mark.parametrize(("seconds", "frames"), [(1.5, 37), (0.04, 1), (0.84, 21), (2.0, 50)])
def test_a_recording_and_the_same_sound_spoken_before_are_heard_alike(
    tmp_path: Path, seconds: float, frames: int
) -> None:
    recording = voice_like(tmp_path / "voice.wav", seconds=seconds)
    first = windows(render_job(tmp_path, animator="sadtalker", audio=str(recording)))
    second = windows(spoken(recording, tmp_path))
    assert first.shape == (frames, 80, 16)
    assert np.abs(first - second).mean() < 0.05  # of 8: the recording's own rate is resampled once, not twice


def test_an_idle_face_hears_zeros(tmp_path: Path) -> None:
    found = windows(render_job(tmp_path, animator="sadtalker", idle=1.0))
    assert found.shape == (25, 80, 16)
    assert not found.any()
