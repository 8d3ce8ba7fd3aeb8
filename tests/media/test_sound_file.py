from pathlib import Path

import av
import pytest

from halfgig.errors import OutputUnwritable, UnknownFormat
from halfgig.media.provenance import ALGORITHMIC, speech_metadata
from halfgig.media.sound_decode import read_sound
from halfgig.media.sound_file import FORMATS, SoundWriter, format_of
from tests.media.sounds import peak_of, tone


def written(path: Path, pcm: bytes, marks: dict[str, str] | None = None) -> Path:
    with SoundWriter(path, format_of(path), marks or {}) as writer:
        for start in range(0, len(pcm), 7_000):
            writer.write(pcm[start : start + 7_000])
    return path


def decoded_samples(path: Path) -> float:
    with av.open(str(path)) as container:
        return sum(frame.samples * 24_000 / frame.sample_rate for frame in container.decode(audio=0))


@pytest.mark.parametrize("name", ["wav", "mp3", "opus", "ogg", "oga", "flac"])
@pytest.mark.parametrize("samples", [100, 960, 24_001, 50_000])
def test_as_many_samples_come_back_as_were_written(tmp_path: Path, name: str, samples: int) -> None:
    assert decoded_samples(written(tmp_path / f"a.{name}", tone(samples))) == samples


@pytest.mark.parametrize("samples", [100, 24_001, 50_000])
def test_bare_aac_adds_one_frame_and_fills_the_last(tmp_path: Path, samples: int) -> None:
    frames = -(-samples // 1024)
    assert decoded_samples(written(tmp_path / "a.aac", tone(samples))) == 1024 * (frames + 1)


@pytest.mark.parametrize("samples", [100, 24_001, 50_000])
def test_aac_in_m4a_fills_the_last_frame_alone(tmp_path: Path, samples: int) -> None:
    assert decoded_samples(written(tmp_path / "a.m4a", tone(samples))) == 1024 * -(-samples // 1024)


@pytest.mark.parametrize("name", ["wav", "flac"])
def test_lossless_formats_give_back_the_very_samples(tmp_path: Path, name: str) -> None:
    assert b"".join(read_sound(written(tmp_path / f"a.{name}", tone(30_001)))) == tone(30_001)


@pytest.mark.parametrize("name", ["mp3", "opus", "m4a"])
def test_lossy_formats_do_not_move_the_sound(tmp_path: Path, name: str) -> None:
    beep = bytes(2 * 12_000) + tone(6_000, hz=440) + bytes(2 * 12_000)
    back = b"".join(read_sound(written(tmp_path / f"a.{name}", beep)))
    assert peak_of(back[: 2 * 11_500]) < 400
    assert peak_of(back[2 * 12_200 : 2 * 17_800]) > 8_000
    assert peak_of(back[2 * 18_500 :]) < 400


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_it_is_synthetic(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / f"a.{name}", tone(24_000), speech_metadata("0.1.0", "espeak 1.52.0, voice en-us"))
    with av.open(str(path)) as container:
        tags = {**container.metadata, **container.streams[0].metadata}
    assert ALGORITHMIC in tags["comment"]
    assert "halfgig 0.1.0" in tags["comment"]
    assert "Synthetic" in tags["title"]


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_speech_is_the_same_file(tmp_path: Path, name: str) -> None:
    first, second = (written(tmp_path / f"{n}.{name}", tone(24_000)) for n in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_a_long_wav_has_room_for_its_64_bit_size(tmp_path: Path) -> None:
    assert written(tmp_path / "a.wav", tone(100)).read_bytes()[12:16] == b"JUNK"


def test_an_odd_name_is_a_name_and_no_protocol(tmp_path: Path) -> None:
    path = tmp_path / "udp:%20é ?.wav"
    written(path, tone(100))
    assert path.stat().st_size > 200


def test_the_ending_tells_the_format() -> None:
    assert format_of(Path("talk.final.MP3")) == "mp3"


@pytest.mark.parametrize("name", ["speech", "speech.doc", "speech.", ".wav"])
def test_an_ending_nobody_writes_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(UnknownFormat, match=r"\.wav, \.mp3, \.opus, \.ogg, \.oga, \.flac, \.aac"):
        format_of(name)


def test_a_place_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable, match="nowhere"):
        SoundWriter(tmp_path / "nowhere" / "a.wav", "wav", {})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full to stand for a full disk")
def test_a_full_disk_is_said_once(capfd: pytest.CaptureFixture[str]) -> None:
    def fill() -> None:
        with SoundWriter(Path("/dev/full"), "wav", {}) as writer:
            for _ in range(10):
                writer.write(tone(24_000))

    with pytest.raises(OutputUnwritable, match="No space left"):
        fill()
    assert capfd.readouterr().err == ""


def test_what_goes_wrong_inside_comes_out(tmp_path: Path) -> None:
    def interrupted() -> None:
        with SoundWriter(tmp_path / "a.mp3", "mp3", {}) as writer:
            writer.write(tone(24_000))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
