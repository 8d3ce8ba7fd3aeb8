from __future__ import annotations

import struct
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfgig.media.chunks import SAMPLE_RATE, Chunk
from halfgig.media.provenance import COMPOSITE, XMP_BOX, video_metadata
from halfgig.media.video_writer import VideoWriter

MARKS = video_metadata("1.2.3", "puppet", 'espeak, voice <en> & "co"')
SIZE = (64, 48)


def picture(number: int = 0) -> np.ndarray:
    """Give a frame that is different for each number."""
    frame = np.full((SIZE[1], SIZE[0], 3), (200, 120, 80), np.uint8)
    frame[:, : SIZE[0] // 2] = (60, 90, 160)
    frame[10:20, 4 * (number % 12) : 4 * (number % 12) + 8] = 255
    return frame


def sound(seconds: float) -> bytes:
    """Give a voice-like sound that comes and goes."""
    moments = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    waves = sum(np.sin(2 * np.pi * hz * moments) / k for k, hz in enumerate((180, 700, 1100), 1))
    return (6000 * waves * np.abs(np.sin(5 * moments))).astype("<i2").tobytes()


def written(folder: Path, seconds: float, frames: int | None = None, fps: Fraction = Fraction(25)) -> Path:
    path = folder / "video.mp4"
    count = max(1, round(seconds * fps)) if frames is None else frames
    pcm = sound(seconds)
    with VideoWriter(path, SIZE, fps, MARKS) as video:
        for start in range(0, len(pcm), 9000):
            video.write_sound(pcm[start : start + 9000])
        for number in range(count):
            video.write_frame(picture(number))
    return path


def opened(path: Path) -> Any:
    import av

    return av.open(str(path))


def boxes(path: Path) -> list[tuple[str, bytes]]:
    """List the top-level boxes of an MP4 file with their content."""
    data, found, at = path.read_bytes(), [], 0
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        found.append((name.decode(), data[at + 8 : at + size]))
        at += size
    assert at == len(data)
    return found


def decoded_sound(path: Path) -> np.ndarray:
    with opened(path) as file:
        return np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])


def test_it_is_what_browsers_play(tmp_path: Path) -> None:
    with opened(written(tmp_path, 0.5)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.codec_context.width, video.codec_context.height) == SIZE
        assert (audio.codec_context.name, audio.codec_context.sample_rate) == ("aac", SAMPLE_RATE)
        assert len(file.streams) == 2


def test_the_index_comes_before_the_data(tmp_path: Path) -> None:
    names = [name for name, _ in boxes(written(tmp_path, 0.5))]
    assert names[0] == "ftyp"
    assert names.index("moov") < names.index("mdat")


@pytest.mark.parametrize("fps", [Fraction(5), Fraction(25, 2), Fraction(25), Fraction(2997, 100), Fraction(60)])
def test_every_frame_is_shown_equally_long(tmp_path: Path, fps: Fraction) -> None:
    with opened(written(tmp_path, 2, fps=fps)) as file:
        moments = [frame.pts * frame.time_base for frame in file.decode(video=0)]
        assert file.streams.video[0].average_rate == fps
    assert moments[0] == 0
    assert all(abs(b - a - 1 / fps) < Fraction(1, 5000) for a, b in pairwise(moments))


@pytest.mark.parametrize("frames_more", [-3, 0, 4])
@pytest.mark.parametrize("fps", [Fraction(5), Fraction(25), Fraction(2997, 100), Fraction(60)])
@pytest.mark.parametrize("seconds", [0.01, 0.5, 3.337])
def test_frames_and_sound_are_equally_long_to_one_frame(
    tmp_path: Path, seconds: float, fps: Fraction, frames_more: int
) -> None:
    frames = max(1, round(seconds * fps) + frames_more)
    path = written(tmp_path, seconds, frames, fps)
    with opened(path) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        shown = video.duration * video.time_base
        assert abs(shown - audio.duration * audio.time_base) <= 1 / fps
        assert abs(sum(1 for _ in file.decode(video=0)) / fps - shown) <= Fraction(1, 1000)
    assert shown >= Fraction(frames) / fps - Fraction(1, 1000)
    assert abs(len(decoded_sound(path)) / SAMPLE_RATE - shown) <= 1 / fps + Fraction(1024, SAMPLE_RATE)


def test_the_last_frame_stays_while_sound_goes_on(tmp_path: Path) -> None:
    with opened(written(tmp_path, 1, frames=5)) as file:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(video=0)]
    assert len(frames) == 25
    assert np.abs(frames[-1] - frames[4]).mean() < 2
    assert np.abs(frames[-1] - frames[0]).mean() > 2


@pytest.mark.parametrize("fps", [Fraction(25), Fraction(60)])
def test_one_can_jump_to_any_five_seconds(tmp_path: Path, fps: Fraction) -> None:
    with opened(written(tmp_path, 12, fps=fps)) as file:
        keys = [float(packet.pts * packet.time_base) for packet in file.demux(video=0) if packet.is_keyframe]
    assert keys[0] == 0
    assert max(b - a for a, b in pairwise([*keys, 12.0])) <= 5.01


def test_it_says_that_it_is_synthetic(tmp_path: Path) -> None:
    with opened(written(tmp_path, 0.2)) as file:
        assert file.metadata["title"] == MARKS["title"]
        assert file.metadata["comment"] == MARKS["comment"]
        assert COMPOSITE in file.metadata["comment"]


def test_its_xmp_packet_names_tool_and_source_type(tmp_path: Path) -> None:
    import xml.etree.ElementTree as ET

    (packet,) = [content[16:] for name, content in boxes(written(tmp_path, 0.2)) if name == "uuid"]
    root = ET.fromstring(packet.decode())
    (description,) = root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
    assert description.get("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType") == COMPOSITE
    assert description.get("{http://ns.adobe.com/xap/1.0/}CreatorTool") == MARKS["software"]


def test_the_xmp_box_bears_its_own_name(tmp_path: Path) -> None:
    (content,) = [content for name, content in boxes(written(tmp_path, 0.2)) if name == "uuid"]
    assert content[:16] == XMP_BOX.bytes


def test_colours_survive(tmp_path: Path) -> None:
    with opened(written(tmp_path, 0.4)) as file:
        frame = list(file.decode(video=0))[3]
        assert (frame.colorspace, frame.color_range) in {(6, 1), (5, 1)}  # BT.601, as it was converted
        rgb = frame.to_ndarray(format="rgb24").astype(int)
    assert np.abs(rgb[30:44, 4:28].mean(axis=(0, 1)) - (60, 90, 160)).max() < 4
    assert np.abs(rgb[30:44, 36:60].mean(axis=(0, 1)) - (200, 120, 80)).max() < 4


def test_sound_survives_in_its_place(tmp_path: Path) -> None:
    before = np.frombuffer(sound(2), "<i2") / 32768
    after = decoded_sound(written(tmp_path, 2))[: len(before)]
    reach = SAMPLE_RATE // 40
    middle = before[reach:-reach]
    offsets = range(-reach, reach + 1, 8)
    likeness = [float(np.corrcoef(middle, after[reach + o : reach + o + len(middle)])[0, 1]) for o in offsets]
    assert max(likeness) > 0.95
    assert abs(offsets[int(np.argmax(likeness))]) <= 24  # a millisecond


def test_sound_passes_through_on_its_way(tmp_path: Path) -> None:
    chunks = [Chunk(sound(0.1)), Chunk(sound(0.2))]
    with VideoWriter(tmp_path / "video.mp4", SIZE, Fraction(25), MARKS) as video:
        assert list(video.sounded(chunks)) == chunks
        assert video.sound.samples == round(0.3 * SAMPLE_RATE)
        video.write_frame(picture())
        assert video.seconds == 0.04


def open_below(folder: Path) -> list[str]:
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [link for link in links if link.startswith(str(folder))]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc, for the open files")
@pytest.mark.parametrize("frames", [0, 1, 30])
def test_an_error_leaves_no_file_open(tmp_path: Path, frames: int) -> None:
    path = tmp_path / "video.mp4"

    def fail() -> None:
        with VideoWriter(path, SIZE, Fraction(25), MARKS) as video:
            for number in range(frames):
                video.write_frame(picture(number))
                video.write_sound(sound(0.04))
            assert bool(open_below(tmp_path)) == (frames > 1)  # the encoder keeps the first ones to itself
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert open_below(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc, for the open files")
def test_an_error_at_the_end_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "video.mp4"
    video = VideoWriter(path, SIZE, Fraction(25), MARKS)
    for number in range(30):
        video.write_frame(picture(number))
        video.write_sound(sound(0.04))
    video.sound.samples = -SAMPLE_RATE * 10**9  # so much silence no machine has memory for
    with pytest.raises((MemoryError, OverflowError)), video:
        assert open_below(tmp_path)
    assert open_below(tmp_path) == []
