"""Channels become one without loss of level, and without cancelling out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import pytest

from halfgig.media.sound_decode import probe_sound, read_sound
from tests.media.sounds import peak_of, spread, tone, wav

if TYPE_CHECKING:
    from pathlib import Path


def encoded(path: Path, pcm: bytes, layout: str, codec: str, name: str) -> Path:
    """Write interleaved s16le sound at 48 kHz in a container."""
    channels = av.AudioLayout(layout).nb_channels
    frame = av.AudioFrame(format="s16", layout=layout, samples=len(pcm) // 2 // channels)
    frame.planes[0].update(pcm)
    frame.sample_rate, frame.pts = 48_000, 0
    with av.open(str(path), "w", format=name) as container:
        stream: Any = container.add_stream(codec, rate=48_000, layout=layout)
        resampler = av.AudioResampler(stream.format, layout, 48_000, stream.codec_context.frame_size or None)
        for each in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(each))
        container.mux(stream.encode(None))
    return path


def heard(path: Path) -> float:
    """Return the peak of a recording, 0..1, which is also what is read of it."""
    facts = probe_sound(path, 60)
    assert peak_of(b"".join(read_sound(path, mixes=facts.mixes))) / 32768 == pytest.approx(facts.peak, abs=1e-6)
    return facts.peak


@pytest.mark.parametrize("layout", ["stereo", "quad", "5.0", "6.1"])
def test_equal_channels_keep_their_level(tmp_path: Path, layout: str) -> None:
    sound = spread(tone(24_000, rate=48_000), lambda _: 1.0, av.AudioLayout(layout).nb_channels)
    assert heard(encoded(tmp_path / "a.mka", sound, layout, "pcm_s16le", "matroska")) == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize("other", [-1.0, -0.9, 0.0])
def test_channels_in_antiphase_or_silent_take_nothing_from_the_loudest(tmp_path: Path, other: float) -> None:
    sound = spread(tone(24_000), lambda channel: other if channel else 1.0, 2)
    assert heard(wav(tmp_path / "a.wav", sound, channels=2)) == pytest.approx(0.3, rel=0.02)


def test_two_speakers_on_two_channels_are_both_heard(tmp_path: Path) -> None:
    left, right = spread(tone(24_000), lambda at: float(at == 0), 2), spread(tone(24_000), lambda at: at / 2, 2)
    path = wav(tmp_path / "a.wav", left + right, channels=2)
    assert len(set(probe_sound(path, 60).mixes["2 channels"])) == 1


@pytest.mark.parametrize(
    ("codec", "container"),
    [("aac", "mpegts"), ("mp2", "mpegts"), ("ac3", "mpeg"), ("aac", "flv"), ("pcm_s16le", "nut"), ("mp2", "mpeg"),
     ("tta", "tta"), ("pcm_u8", "voc"), ("ac3", "rm")],
)  # fmt: skip
def test_the_containers_of_broadcasts_and_recorders_are_read(tmp_path: Path, codec: str, container: str) -> None:
    sound = spread(tone(48_000, rate=48_000), lambda _: 1.0, 2)
    facts = probe_sound(encoded(tmp_path / "a", sound, "stereo", codec, container), 60)
    assert facts.seconds == pytest.approx(1, abs=0.1)
    assert facts.peak == pytest.approx(0.3, rel=0.2)
    assert facts.notices == ()


def test_gsm_in_wav_and_alone_is_read(tmp_path: Path) -> None:
    packets = b"".join(bytes([0xD0 | n % 16]) + bytes(n * k % 256 for k in range(32)) for n in range(100))
    (tmp_path / "a").write_bytes(packets)
    assert probe_sound(tmp_path / "a", 60).seconds == pytest.approx(2)
