from __future__ import annotations

import contextlib
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from halfgig.media.chunks import Chunk
from halfgig.media.frame_store import FrameFormat, FrameStore, read_format, read_packets
from halfgig.media.mux import assemble, write_thumbnail
from halfgig.media.provenance import video_metadata
from halfgig.media.vp9 import decoded, on_white
from tests.media.test_mux import sound

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = FrameFormat((64, 48), Fraction(25), 4, has_alpha=True)


class Killed(Exception):
    """Simulates a crash in the middle of the work."""


def picture(number: int) -> np.ndarray:
    """Draw a red square before nothing, which moves to the right."""
    rgba = np.zeros((48, 64, 4), np.uint8)
    rgba[...] = (200, 40, 30, 0)
    rgba[12:36, 8 + 2 * number : 32 + 2 * number, 3] = 255
    return rgba


def kept(path: Path, *stops: int) -> Path:
    """Write frames in several runs; each but the last is killed at one of `stops`."""
    for stop in stops:
        with contextlib.suppress(Killed), FrameStore(path, FORMAT) as store:
            while store.frames < stop:
                store.append(picture(store.frames))
            if stop != stops[-1]:
                raise Killed
    return path


def test_alpha_and_colours_come_back(tmp_path: Path) -> None:
    shown = list(decoded(read_packets(kept(tmp_path / "frames", 6))))
    assert len(shown) == 6
    for number, rgba in enumerate(shown):
        drawn = picture(number)
        assert np.abs(rgba[..., 3].astype(int) - drawn[..., 3]).mean() < 4
        assert np.abs(rgba[20:28, 40, :3].astype(int) - drawn[20:28, 40, :3]).max() < 16


def test_frames_are_to_the_bit_what_they_would_be_without_a_break(tmp_path: Path) -> None:
    whole, broken = kept(tmp_path / "whole", 9), kept(tmp_path / "broken", 3, 6, 9)
    assert whole.read_bytes() == broken.read_bytes()


def test_frames_of_a_store_without_alpha_are_not_mixed_with_these(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    with FrameStore(path, replace(FORMAT, has_alpha=False)) as store:
        store.append(np.zeros((48, 64, 3), np.uint8))
    with FrameStore(path, FORMAT) as store:
        assert store.frames == 0
    assert read_format(path) == FORMAT


def test_the_video_is_a_webm_whose_frames_have_alpha_and_whose_sound_is_opus(tmp_path: Path) -> None:
    import av

    frames, path = kept(tmp_path / "frames", 10), tmp_path / "a.webm"
    made = assemble(frames, [Chunk(sound(0.2))] * 2, path, video_metadata("1.2.3", "puppet", "tests"))
    assert made.frames == 10
    with av.open(str(path)) as file:
        video, heard = file.streams.video[0], file.streams.audio[0]
        assert (file.format.name, video.codec_context.name, heard.codec_context.name) == (
            "matroska,webm",
            "vp9",
            "opus",
        )
        assert video.metadata["ALPHA_MODE"] == "1"
        assert "compositeSynthetic" in file.metadata["COMMENT"]
        packets: list[Any] = [packet for packet in file.demux(video) if packet.size]
    assert [packet.pts * packet.time_base for packet in packets] == pytest.approx(
        [number / 25 for number in range(10)], abs=0.001
    )
    assert all(packet.has_sidedata("matroska_block_additional") for packet in packets)


def test_its_thumbnail_stands_on_white(tmp_path: Path) -> None:
    from PIL import Image

    frames = kept(tmp_path / "frames", 4)
    write_thumbnail(frames, 4, tmp_path / "a.jpg")
    shown = np.asarray(Image.open(tmp_path / "a.jpg"), int)
    assert shown[2, 2].min() > 220
    assert shown[24, 24, 0] > 150 > shown[24, 24, 2]


def test_on_white_mixes_by_alpha() -> None:
    rgba = np.array([[(0, 0, 0, 0), (0, 0, 0, 255), (0, 0, 0, 102)]], np.uint8)
    assert on_white(rgba)[0, :, 0].tolist() == [255, 0, 153]
