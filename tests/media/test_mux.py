from __future__ import annotations

import struct
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from halfgig.media.chunks import SAMPLE_RATE, Chunk
from halfgig.media.frame_store import FrameFormat, FrameStore
from halfgig.media.mux import assemble
from halfgig.media.provenance import COMPOSITE, XMP_BOX, video_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARKS = video_metadata("1.2.3", "puppet", 'espeak, voice <en> & "co"')
SIZE = (64, 48)


def picture(number: int = 0) -> np.ndarray:
    """Return a frame that is different for each number."""
    frame = np.full((SIZE[1], SIZE[0], 3), (200, 120, 80), np.uint8)
    frame[:, : SIZE[0] // 2] = (60, 90, 160)
    frame[10:20, 4 * (number % 12) : 4 * (number % 12) + 8] = 255
    return frame


def sound(seconds: float) -> bytes:
    """Return a voice-like sound that comes and goes."""
    moments = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    waves = sum(np.sin(2 * np.pi * hz * moments) / k for k, hz in enumerate((180, 700, 1100), 1))
    return (6000 * waves * np.abs(np.sin(5 * moments))).astype("<i2").tobytes()


def frames_file(path: Path, count: int, fps: Fraction = Fraction(25), group: int = 12) -> Path:
    """Write `count` frames into a store."""
    with FrameStore(path, FrameFormat(SIZE, fps, group)) as store:
        for number in range(store.frames, count):
            store.append(picture(number))
    return path


def film(path: Path, images: Sequence[np.ndarray], chunks: Sequence[Chunk] = (), fps: int = 25) -> Path:
    """Write a video of images, RGB [height, width, 3]."""
    frames = path.with_suffix(".frames")
    size = (images[0].shape[1], images[0].shape[0])
    with FrameStore(frames, FrameFormat(size, Fraction(fps), 50)) as store:
        for image in images:
            store.append(image)
    assemble(frames, chunks, path, MARKS)
    frames.unlink()
    return path


def written(folder: Path, seconds: float, frames: int | None = None, fps: Fraction = Fraction(25)) -> Path:
    path = folder / "video.mp4"
    count = max(1, round(seconds * fps)) if frames is None else frames
    pcm = sound(seconds)
    chunks = [Chunk(pcm[start : start + 9000]) for start in range(0, len(pcm), 9000)]
    assemble(frames_file(folder / "frames", count, fps), chunks, path, MARKS)
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


@pytest.mark.parametrize("frames_more", [0, 4])
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
    assert content[:16] == XMP_BOX


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


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc, for the open files")
def test_an_error_leaves_no_file_open(tmp_path: Path) -> None:
    def failing() -> Iterator[Chunk]:
        yield Chunk(sound(0.5))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        assemble(frames_file(tmp_path / "frames", 30), failing(), tmp_path / "video.mp4", MARKS)
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert [link for link in links if link.startswith(str(tmp_path))] == []
