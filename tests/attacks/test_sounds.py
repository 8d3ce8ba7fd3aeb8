from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.errors import SoundUnreadable
from halfgig.media.sound_decode import probe_sound
from tests.support.cost import costs_at_most
from tests.support.media import voice_like

if TYPE_CHECKING:
    from pathlib import Path

FLOODS = {
    "broken.amr": b"#!AMR\n" + b"\x7c" * 2_000_000,
    "broken.mp3": b"\xff\xfb\x90\x64" * 1_000_000,
    "syncs.ac3": b"\x0bw" * 1_000_000,
    "lists.avi": b"RIFF\xff\xff\xff\xffAVI " + b"LIST\xff\xff\xff\xffhdrl" * 100_000,
    "tags.mp3": b"ID3\x04\x00\x00\x00\x7f\x7f\x7f"
    + b"APIC\x00\x00\x00\x10\x00\x00\x00image/png\x00\x03\x00xxx" * 50_000,
}
"""Recordings that are nothing but packets, marks or tags; the first would take its decoder 6 s for each megabyte."""


@pytest.mark.parametrize("name", FLOODS)
def test_a_recording_that_floods_its_decoder_takes_no_more_time_than_minutes_of_speech(
    tmp_path: Path, name: str
) -> None:
    def refuse() -> None:
        with pytest.raises(SoundUnreadable):
            probe_sound(path, 60)

    path = tmp_path / name
    path.write_bytes(FLOODS[name])
    minute = voice_like(tmp_path / "minute.wav", 60)
    assert costs_at_most(20, refuse, lambda: probe_sound(minute, 60))
