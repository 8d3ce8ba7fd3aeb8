import struct
import tempfile
from array import array
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.errors import SoundError, SoundSilent, SoundTooLong, SoundTooShort, SoundUnreadable
from halfgig.media.sound_decode import probe_sound, read_sound
from halfgig.media.sound_file import SoundWriter, format_of
from tests.media.sounds import peak_of, spread, tone, wav


def encoded(path: Path, samples: int = 48_000) -> Path:
    with SoundWriter(path, format_of(path), {}) as writer:
        writer.write(tone(samples, hz=300))
    return path


def movie(path: Path, *, sound: bool) -> Path:
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = container.add_stream("aac", rate=24_000, layout="mono") if sound else None
        for _ in range(25):
            picture = av.VideoFrame(64, 64, "yuv420p")
            for plane in picture.planes:
                plane.update(bytes(plane.buffer_size))
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        if audio:
            frame = av.AudioFrame("s16", "mono", 24_000)
            frame.sample_rate, frame.pts, frame.time_base = 24_000, 0, Fraction(1, 24_000)
            frame.planes[0].update(tone(24_000))
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
    return path


def test_eight_channels_at_192_khz_become_mono_at_24(tmp_path: Path) -> None:
    loud = spread(tone(192_000, rate=192_000), lambda _: 1.0, 8)
    path = wav(tmp_path / "a.wav", loud, rate=192_000, channels=8)
    sound = b"".join(read_sound(path))
    assert len(sound) == 2 * 24_000
    assert peak_of(sound) == pytest.approx(0.3 * 32768, rel=0.02)


@pytest.mark.parametrize("channel", [0, 2, 3, 7])
def test_speech_in_one_of_many_channels_keeps_its_level(tmp_path: Path, channel: int) -> None:
    one = spread(tone(24_000), lambda at: float(at == channel), 8)
    assert probe_sound(wav(tmp_path / "a.wav", one, channels=8), 60).peak == pytest.approx(0.3, rel=0.02)


def test_eight_bit_sound_is_read(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", bytes([90, 90, 166, 166] * 6_000), width=1)
    assert probe_sound(path, 60).peak == pytest.approx(38 / 128, rel=0.05)


def test_float_sound_over_full_scale_is_clipped_not_wrapped(tmp_path: Path) -> None:
    samples = struct.pack("<2400f", *[2.0] * 2400)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + 9600, b"WAVE", b"fmt ", 16, 3, 1, 24_000, 96_000, 4, 32,
                       b"data", 9600)  # fmt: skip
    (tmp_path / "a.wav").write_bytes(head + samples)
    assert set(memoryview(b"".join(read_sound(tmp_path / "a.wav"))).cast("h")) == {32767}


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_the_length_is_exact_at_any_rate(tmp_path: Path, rate: int) -> None:
    path = wav(tmp_path / "a.wav", tone(rate + 7, rate=rate), rate=rate)
    assert sum(map(len, read_sound(path))) == 2 * round((rate + 7) * 24_000 / rate)


def test_sound_comes_in_blocks_of_a_second(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(55_000, rate=22_050), rate=22_050)
    assert [len(block) for block in read_sound(path, 16_000)] == [32_000, 32_000, 2 * (39_909 - 32_000)]


def test_a_movies_sound_is_read(tmp_path: Path) -> None:
    assert probe_sound(movie(tmp_path / "a.mp4", sound=True), 60).seconds == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("name", ["wav", "mp3", "opus", "flac", "aac"])
def test_what_we_write_we_read_without_a_notice(tmp_path: Path, name: str) -> None:
    facts = probe_sound(encoded(tmp_path / f"a.{name}"), 60)
    assert facts.notices == ()
    assert facts.seconds == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("name", ["wav", "mp3", "flac", "aac"])
def test_a_file_cut_short_is_used_and_it_is_said(tmp_path: Path, name: str) -> None:
    path = encoded(tmp_path / f"a.{name}", 96_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3 + 5])
    facts = probe_sound(path, 60)
    assert 1 < facts.seconds < 3
    assert f"{facts.seconds:.2f} s" in facts.notices[0].text
    assert sum(map(len, read_sound(path))) == round(facts.seconds * 24_000) * 2


def test_a_file_cut_to_less_than_half_a_second_is_refused(tmp_path: Path) -> None:
    path = encoded(tmp_path / "a.wav")
    path.write_bytes(path.read_bytes()[:10_000])
    with pytest.raises(SoundUnreadable, match=r"damaged: 0\.2"):
        probe_sound(path, 60)


def test_a_wav_from_a_pipe_is_not_called_damaged(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(24_000))
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert probe_sound(path, 60).notices == ()


def test_tags_in_another_encoding_do_no_harm(tmp_path: Path) -> None:
    path = movie(tmp_path / "a.mp4", sound=True)
    path.write_bytes(path.read_bytes().replace(b"SoundHandler", b"Sp\xe9cialement"))
    assert probe_sound(path, 60).notices == ()


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    wav(tmp_path / "other.wav", tone(24_000))
    (tmp_path / "a.wav").write_text("ffconcat version 1.0\nfile other.wav\n")
    with pytest.raises(SoundUnreadable):
        probe_sound(tmp_path / "a.wav", 60)


def test_a_stream_list_opens_no_other_file(tmp_path: Path) -> None:
    other = wav(tmp_path / "other.wav", tone(24_000))
    (tmp_path / "a.mp3").write_text(
        f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\n{other}\n#EXT-X-ENDLIST\n"
    )
    with pytest.raises(SoundUnreadable):
        probe_sound(tmp_path / "a.mp3", 60)


def test_an_address_is_no_file() -> None:
    with pytest.raises(SoundUnreadable, match="No such file"):
        probe_sound(Path("http://localhost/a.wav"), 60)


def test_a_movie_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundUnreadable, match="no sound in it"):
        probe_sound(movie(tmp_path / "a.mp4", sound=False), 60)


def test_a_picture_is_refused(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    with pytest.raises(SoundUnreadable, match="not a sound file"):
        probe_sound(tmp_path / "a.png", 60)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"just some words, " * 500])
def test_what_is_no_sound_is_refused_without_noise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(SoundUnreadable, match=r"a\.wav"):
        probe_sound(tmp_path / "a.wav", 60)
    assert capfd.readouterr() == ("", "")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundUnreadable, match="no plain file"):
        probe_sound(tmp_path, 60)


@pytest.mark.parametrize("samples", [0, 1, 959])
def test_less_than_a_frame_of_video_is_refused(tmp_path: Path, samples: int) -> None:
    with pytest.raises(SoundTooShort, match="40 ms"):
        probe_sound(wav(tmp_path / "a.wav", tone(samples)), 60)


def test_a_frame_of_video_is_enough(tmp_path: Path) -> None:
    assert probe_sound(wav(tmp_path / "a.wav", tone(960)), 60).seconds == 0.04


def test_silence_is_refused(tmp_path: Path) -> None:
    hiss = array("h", [20, -20] * 12_000).tobytes()
    with pytest.raises(SoundSilent, match="-60 dB"):
        probe_sound(wav(tmp_path / "a.wav", hiss), 60)


def test_one_word_in_a_long_silence_is_not_silence(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", bytes(200_000) + tone(2_000, level=0.01) + bytes(200_000))
    assert probe_sound(path, 60).peak == pytest.approx(0.01, rel=0.02)


def test_more_than_the_limit_is_refused_with_the_limit(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(60_000))
    assert probe_sound(path, 2.5).seconds == 2.5
    with pytest.raises(SoundTooLong, match=r"2\.4 s"):
        probe_sound(path, 2.4)


def test_a_rate_that_would_blow_a_frame_up_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundUnreadable, match="1 samples a second"):
        probe_sound(wav(tmp_path / "a.wav", tone(24_000), rate=1), 60)


@pytest.mark.parametrize("name", ["wav", "mp3", "opus", "flac", "aac", "mp4"])
@given(data=st.data())
@settings(max_examples=40)
def test_no_damage_is_worse_than_an_error(name: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a.{name}")
        path = movie(path, sound=True) if name == "mp4" else encoded(path, 15_000)
        content = bytearray(path.read_bytes())
        for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=30)):
            content[at] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
        try:
            seconds = probe_sound(path, 60).seconds
        except SoundError:
            return
        assert sum(map(len, read_sound(path))) == round(seconds * 24_000) * 2
