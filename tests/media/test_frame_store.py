"""Stored frames survive an incomplete end, and a resumed video equals an uninterrupted one."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.media import h264
from halfgig.media.chunks import SAMPLE_RATE, Chunk
from halfgig.media.frame_store import FrameFormat, FrameStore, read_format, read_packets
from halfgig.media.h264 import X264
from halfgig.media.mux import assemble, write_thumbnail
from halfgig.media.provenance import video_metadata
from tests.media.test_mux import boxes, picture, sound

if TYPE_CHECKING:
    from pathlib import Path

GROUP = 4
FORMAT = FrameFormat((64, 48), Fraction(25), GROUP)
MARKS = video_metadata("1.2.3", "puppet", "tests")


class Killed(Exception):
    """Simulates a crash in the middle of the work."""


def kept(path: Path, *stops: int, frame_format: FrameFormat = FORMAT) -> Path:
    """Write frames in several runs; each but the last is killed at one of `stops`."""
    for stop in stops:
        with contextlib.suppress(Killed), FrameStore(path, frame_format) as store:
            while store.frames < stop:
                store.append(picture(store.frames))
            if stop != stops[-1]:
                raise Killed
    return path


def joined(path: Path, frames: Path, seconds: float = 2.0) -> Path:
    assemble(frames, [Chunk(sound(seconds / 2))] * 2, path, MARKS)
    return path


def decoded(path: Path) -> list[Any]:
    import av

    with av.open(str(path)) as file:
        return list(file.decode(video=0))


def rgb(frame: Any) -> np.ndarray:
    return np.asarray(frame.to_ndarray(format="rgb24"), dtype=int)


@pytest.mark.parametrize("stops", [(3,), (4,), (5, 6), (1, 2, 9), (8,), (12,)])
def test_frames_are_to_the_bit_what_they_would_be_without_a_break(tmp_path: Path, stops: tuple[int, ...]) -> None:
    whole = kept(tmp_path / "whole", 13).read_bytes()
    assert kept(tmp_path / "broken", *stops, 13).read_bytes() == whole


def test_frames_are_the_same_to_the_bit_with_any_processors_instructions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = kept(tmp_path / "here", 13).read_bytes()
    plain = X264 | {"x264-params": f"{X264['x264-params']}:asm=0"}
    monkeypatch.setattr(h264, "_options", lambda: plain)
    assert kept(tmp_path / "plain", 13).read_bytes() == here


def test_a_kill_costs_the_open_group(tmp_path: Path) -> None:
    with FrameStore(kept(tmp_path / "frames", 6, 4), FORMAT) as store:
        assert (store.frames, store.kept) == (4, 4)
        store.append(picture(4))
        assert (store.frames, store.kept) == (5, 4)


def test_a_group_is_kept_when_the_frame_that_fills_it_was_appended(tmp_path: Path) -> None:
    with FrameStore(tmp_path / "frames", FORMAT) as store:
        for number in range(9):
            store.append(picture(number))
            assert sum(1 for _ in read_packets(tmp_path / "frames")) == (number + 1) // GROUP * GROUP


def test_a_store_says_what_frames_it_holds(tmp_path: Path) -> None:
    assert read_format(kept(tmp_path / "frames", 1)) == FORMAT
    assert read_format(tmp_path / "nothing") is None


@pytest.mark.parametrize("stops", [(50,), (1, 50), (1, 2, 3, 50), (20, 21, 50)])
def test_a_video_made_in_several_goes_has_every_frame_once(tmp_path: Path, stops: tuple[int, ...]) -> None:
    found = decoded(joined(tmp_path / "video.mp4", kept(tmp_path / "frames", *stops)))
    assert [frame.pts for frame in found] == [512 * number for number in range(50)]
    assert all(np.abs(rgb(frame) - picture(number)).mean() < 3 for number, frame in enumerate(found))


@settings(max_examples=25)
@given(lost=st.integers(1, 4000))
def test_a_torn_end_costs_only_the_frames_that_were_torn(tmp_path_factory: pytest.TempPathFactory, lost: int) -> None:
    path = kept(tmp_path_factory.mktemp("torn") / "frames", 12)
    whole = [packet.data for packet in read_packets(path)]
    path.write_bytes(path.read_bytes()[:-lost])
    with FrameStore(path, FORMAT) as store:
        left = store.frames
    assert [packet.data for packet in read_packets(path)] == whole[:left]
    kept(path, 12)
    assert sum(1 for _ in read_packets(path)) == 12


@settings(max_examples=25)
@given(place=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_a_damaged_byte_is_noticed(tmp_path_factory: pytest.TempPathFactory, place: int, flip: int) -> None:
    path = kept(tmp_path_factory.mktemp("damaged") / "frames", 6)
    whole, data = [packet.data for packet in read_packets(path)], bytearray(path.read_bytes())
    data[place % len(data)] ^= flip
    path.write_bytes(bytes(data))
    with FrameStore(path, FORMAT) as store:
        assert store.frames < 6
    left = [packet.data for packet in read_packets(path)]
    assert left == whole[: len(left)]


@pytest.mark.parametrize(
    "other", [FrameFormat((32, 48), Fraction(25), GROUP), FrameFormat((64, 48), Fraction(30), GROUP)]
)
def test_frames_of_another_format_are_dropped(tmp_path: Path, other: FrameFormat) -> None:
    path = kept(tmp_path / "frames", 3)
    with FrameStore(path, other) as store:
        assert store.frames == 0
    assert read_format(path) == other


@pytest.mark.parametrize("fps", [Fraction(5), Fraction(2997, 100), Fraction(60)])
def test_sound_and_frames_are_equally_long(tmp_path: Path, fps: Fraction) -> None:
    import av

    frames = kept(tmp_path / "frames", round(2 * fps), frame_format=FrameFormat((64, 48), fps, GROUP))
    with av.open(str(joined(tmp_path / "video.mp4", frames, 1.9))) as file:
        streams: Any = file.streams
        assert streams.video[0].average_rate == fps
        shown, heard = (float(each.duration * each.time_base) for each in (streams.video[0], streams.audio[0]))
    assert abs(shown - 2) < 1 / fps
    assert abs(shown - heard) < 1 / fps + 1024 / SAMPLE_RATE


def test_its_index_comes_first_and_its_marks_are_there(tmp_path: Path) -> None:
    import av

    path = joined(tmp_path / "video.mp4", kept(tmp_path / "frames", 50))
    names = [name for name, _ in boxes(path)]
    assert names.index("moov") < names.index("mdat") < names.index("uuid")
    with av.open(str(path)) as file:
        assert file.metadata["comment"] == MARKS["comment"]


@pytest.mark.parametrize(("count", "shown"), [(50, 25), (10, 5), (1, 0)])
def test_a_thumbnail_is_from_the_beginning_but_not_the_first_frame(tmp_path: Path, count: int, shown: int) -> None:
    from PIL import Image

    write_thumbnail(kept(tmp_path / "frames", count), count, tmp_path / "thumbnail.jpg")
    with Image.open(tmp_path / "thumbnail.jpg") as image:
        assert image.format == "JPEG"
        seen = np.asarray(image, dtype=int)
    noises = [float(np.abs(seen - picture(number)).mean()) for number in range(max(12, count))]
    assert noises[shown] == min(noises)
