"""Sound as it is made: bytes at once, and a file that plays although nobody knew its length."""

from __future__ import annotations

import io
import itertools
import struct

import av
import numpy as np
import pytest

from halfgig.errors import ServiceError, UnknownFormat
from halfgig.media.provenance import ALGORITHMIC, speech_metadata
from halfgig.media.sound_stream import STREAM_FORMATS, StreamWriter
from tests.media.sounds import tone

MARKS = speech_metadata("0.1.0", "espeak 1.52.0, voice en-us")
PLAYABLE = [name for name in STREAM_FORMATS if name != "pcm"]
LATE = {"mp3": 1105, "aac": 1024}
"""Samples of silence before the sound."""


def noise(samples: int) -> bytes:
    """Return a sound that is like itself nowhere but where it is."""
    rough = np.random.default_rng(1).standard_normal(samples // 24 + 2)
    return (np.interp(np.arange(samples) / 24, np.arange(len(rough)), rough) * 6000).astype("<i2").tobytes()


def streamed(name: str, pcm: bytes, part: int = 0) -> list[bytes]:
    """Return what comes out for each tenth of a second that goes in, and at the end."""
    writer = StreamWriter(name, MARKS, part)
    return [*(writer.write(pcm[at : at + 4800]) for at in range(0, len(pcm), 4800)), writer.close()]


def heard(data: bytes) -> np.ndarray:
    """Decode a file: [samples] at 24 kHz."""
    with av.open(io.BytesIO(data), "r") as container:
        resampler = av.AudioResampler("s16", "mono", 24_000)
        frames = itertools.chain(container.decode(audio=0), [None])
        return np.concatenate([out.to_ndarray()[0] for frame in frames for out in resampler.resample(frame)])


@pytest.mark.parametrize("name", PLAYABLE)
def test_what_is_played_is_what_was_written(name: str) -> None:
    pcm = noise(48_000)
    back = heard(b"".join(streamed(name, pcm)))
    late = LATE.get(name, 0)
    assert 48_000 + late - 10 <= len(back) <= 48_000 + late + 1152
    there = np.frombuffer(pcm, "<i2")
    correlation = np.corrcoef(there[:47_000], back[late : late + 47_000])[0, 1]
    assert correlation > 0.98


@pytest.mark.parametrize("name", ["wav", "flac"])
def test_lossless_streams_give_back_the_very_samples(name: str) -> None:
    assert heard(b"".join(streamed(name, noise(30_001)))).astype("<i2").tobytes() == noise(30_001)


def test_pcm_is_the_samples_themselves() -> None:
    assert b"".join(streamed("pcm", tone(5000))) == tone(5000)


@pytest.mark.parametrize("name", STREAM_FORMATS)
def test_half_a_second_of_sound_is_enough_for_sound_to_come_out(name: str) -> None:
    begun = b"".join(streamed(name, noise(24_000))[:5])
    if name == "pcm":
        assert len(begun) == 24_000
    else:
        assert len(heard(begun)) > 4800


@pytest.mark.parametrize("name", PLAYABLE)
def test_a_stream_says_that_it_is_synthetic(name: str) -> None:
    with av.open(io.BytesIO(b"".join(streamed(name, tone(24_000))))) as container:
        tags = {**container.metadata, **container.streams[0].metadata}
    assert ALGORITHMIC in tags["comment"]


@pytest.mark.parametrize("name", ["wav", "mp3", "aac", "opus"])
def test_another_writer_can_go_on_in_the_middle(name: str) -> None:
    pcm = noise(48_000)
    lost = streamed(name, pcm[:48_000])[:-1]
    back = heard(b"".join(lost) + b"".join(streamed(name, pcm[48_000:], part=7)))
    assert len(back) > 44_000
    tail = np.frombuffer(pcm, "<i2")[-20_000:-4_000].astype(float)
    found = np.correlate(back[-24_000:].astype(float), tail, "valid")
    best = int(found.argmax())
    assert np.corrcoef(back[-24_000:][best : best + len(tail)], tail)[0, 1] > 0.98


def test_a_wav_file_is_not_begun_twice() -> None:
    assert b"RIFF" not in b"".join(streamed("wav", tone(4800), part=1))


def test_flac_cannot_go_on_with_another_writer() -> None:
    with pytest.raises(ServiceError, match="flac"):
        StreamWriter("flac", MARKS, part=1)


def test_a_wav_header_leaves_its_lengths_open() -> None:
    data = b"".join(streamed("wav", tone(100)))
    assert struct.unpack("<I", data[4:8]) == struct.unpack("<I", data[-204:-200]) == (0xFFFFFFFF,)


def test_a_format_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownFormat, match="mp3, opus, ogg, aac, flac, wav, pcm"):
        StreamWriter("mp4", MARKS)
