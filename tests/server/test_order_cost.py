from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.errors import OrderTooLarge
from halfgig.server.order_cost import check_cost, plain_seconds
from halfgig.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_twice_the_frames_or_the_pixels_count_twice(tmp_path: Path) -> None:
    assert plain_seconds(VideoRequest(idle=10.0), tmp_path) == 10
    assert plain_seconds(VideoRequest(idle=10.0, fps=50.0), tmp_path) == 20
    assert plain_seconds(VideoRequest(idle=10.0, size=1024), tmp_path) == 40


def test_a_text_costs_its_length_and_the_pauses_it_asks_for(tmp_path: Path) -> None:
    short, paused = (VideoRequest(SpeechRequest(text)) for text in ("word " * 30, "word [pause:5s] " * 30))
    assert plain_seconds(short, tmp_path) == pytest.approx(10)
    assert plain_seconds(paused, tmp_path) > 150


def test_a_recording_costs_what_its_header_or_its_size_says(tmp_path: Path) -> None:
    wav = b"RIFF" + bytes(4) + b"WAVEfmt " + struct.pack("<IHHI", 16, 1, 1, 24_000) + struct.pack("<I", 48_000)
    (tmp_path / "audio").write_bytes(wav.ljust(480_000))
    assert plain_seconds(VideoRequest(audio="audio"), tmp_path) == pytest.approx(10)
    (tmp_path / "audio").write_bytes(bytes(160_000))
    assert plain_seconds(VideoRequest(audio="audio"), tmp_path) == pytest.approx(10)


def test_four_hours_at_sixty_frames_are_more_than_one_may_ask_for(tmp_path: Path) -> None:
    most = Settings().max_video_minutes
    check_cost(plain_seconds(VideoRequest(idle=4 * 3600.0), tmp_path), most)
    with pytest.raises(OrderTooLarge, match="576 minutes"):
        check_cost(plain_seconds(VideoRequest(idle=4 * 3600.0, fps=60.0), tmp_path), most)
