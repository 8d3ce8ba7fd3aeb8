"""Recordings of every kind: what can be used is used, what cannot is refused in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.media.sounds import wav
from tests.support.command import halfgig, plain_environment
from tests.support.media import PRESENTER, portrait, seconds_of, voice_like

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command import Ran


def talked(sound: Path, **settings: str) -> Ran:
    output = sound.parent / "out.mp4"
    env = plain_environment(**settings)
    return halfgig("talk", PRESENTER, "--audio", sound, "--size", "96", "-o", output, "--quiet", env=env)


def test_a_file_that_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("Dear Sir or Madam, " * 20)
    assert talked(tmp_path / "letter.wav").refused(2, "letter.wav", "not a sound file", "give a recording")


def test_a_picture_is_no_recording(tmp_path: Path) -> None:
    assert talked(portrait(tmp_path / "me.png")).refused(2, "me.png", "give a recording")


def test_a_recording_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert talked(tmp_path / "no.wav").refused(2, "no.wav", "No such file", "give a recording")


def test_a_silent_recording_is_refused(tmp_path: Path) -> None:
    assert talked(wav(tmp_path / "hush.wav", bytes(48_000))).refused(2, "hush.wav", "-60 dB", "give one in which")


def test_a_recording_of_one_sample_is_refused(tmp_path: Path) -> None:
    assert talked(wav(tmp_path / "tick.wav", b"\x00\x40")).refused(2, "tick.wav", "0.04 ms", "40 ms")


def test_a_recording_over_the_limit_is_refused(tmp_path: Path) -> None:
    ran = talked(voice_like(tmp_path / "long.wav", seconds=2), HALFGIG_MAX_SOUND_MINUTES="0.02")
    assert ran.refused(2, "long.wav", "1.2 s", "give a shorter part")


def test_eight_channels_at_192_khz_work(tmp_path: Path) -> None:
    ran = talked(voice_like(tmp_path / "wide.wav", seconds=0.8, rate=192_000, channels=8))
    assert ran.code == 0
    assert seconds_of(tmp_path / "out.mp4") == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("ending", ["mp3", "opus", "flac", "aac"])
def test_what_say_writes_talk_can_speak_along_with(ending: str, tmp_path: Path) -> None:
    sound = tmp_path / f"said.{ending}"
    assert halfgig("say", "Bob may.", "-o", sound).code == 0
    assert talked(sound).code == 0
    assert seconds_of(tmp_path / "out.mp4") == pytest.approx(seconds_of(sound), abs=0.1)
