"""What a face hears is the same whether the sound lies in a recording or was spoken before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.sadtalker.audio_windows import heard_of
from halfgig.errors import BadSetting
from halfgig.media.chunks import SAMPLE_RATE, Chunk
from halfgig.media.sound_decode import read_sound
from halfgig.requests import Idle, SpokenBefore, VideoRequest
from halfgig.tts.spool import write_chunk
from tests.support.media import voice_like

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def windows(folder: Path, speech: Path | SpokenBefore | Idle) -> NDArray[np.float32]:
    heard = heard_of(VideoRequest(folder / "portrait.png", speech, "sadtalker"))
    found = np.concatenate(list(heard.windows))
    assert len(found) == heard.n_frames
    return found


def spoken(recording: Path, spool: Path) -> SpokenBefore:
    seconds = 0.0
    with spool.open("wb") as file:
        for pcm in read_sound(recording):
            write_chunk(Chunk(pcm), file)
            seconds += len(pcm) / 2 / SAMPLE_RATE
    return SpokenBefore(spool, "tests", seconds)


@pytest.mark.parametrize(("seconds", "frames"), [(1.5, 37), (0.04, 1), (0.84, 21), (2.0, 50)])
def test_a_recording_and_the_same_sound_spoken_before_are_heard_alike(
    tmp_path: Path, seconds: float, frames: int
) -> None:
    recording = voice_like(tmp_path / "voice.wav", seconds=seconds)
    first = windows(tmp_path, recording)
    second = windows(tmp_path, spoken(recording, tmp_path / "spool"))
    assert first.shape == (frames, 80, 16)
    assert np.abs(first - second).mean() < 0.05  # of 8: the recording's own rate is resampled once, not twice


def test_an_idle_face_hears_zeros(tmp_path: Path) -> None:
    found = windows(tmp_path, Idle(1.0))
    assert found.shape == (25, 80, 16)
    assert not found.any()


def test_idling_for_less_than_a_frame_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="one frame"):
        windows(tmp_path, Idle(0.01))
