"""Whether a file says where it comes from."""

import json
from pathlib import Path

import av
import pytest

import halfgig
from halfgig.animators.base import PRESENTER
from halfgig.cli.verify import as_json
from halfgig.errors import SoundUnreadable
from halfgig.origin.installation import read_installation
from halfgig.pipeline.provenance_check import Origin, PictureMarkFound, SoundMarkFound, check_origin
from halfgig.pipeline.provenance_words import NO_PROOF, described
from halfgig.settings import Limits
from tests.media.sounds import tone, wav

TEXT = "The harbour was quiet, and a pale morning light lay over the boats; nobody spoke above a whisper."
FOUND = Origin("Synthetic speech, made by halfgig", True, SoundMarkFound(0, 4711, 1e-30, 6.0, 1.1, False))


def test_a_speech_is_recognised_by_its_mark_and_its_metadata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    halfgig.say(TEXT, tmp_path / "a.mp3")
    origin = halfgig.verify(tmp_path / "a.mp3")
    assert origin.mark
    assert origin.mark.installation == read_installation(tmp_path / "data" / "installation")
    assert origin.says_synthetic
    assert "espeak" in origin.statement


def test_a_recording_says_nothing(tmp_path: Path) -> None:
    (origin,) = check_origin(wav(tmp_path / "a.wav", tone(30_000)), Limits())
    assert (origin.mark, origin.says_synthetic, origin.statement) == (None, False, "")


def test_silence_is_told_instead_of_searched(tmp_path: Path) -> None:
    (origin,) = check_origin(wav(tmp_path / "a.wav", bytes(60_000)), Limits())
    assert origin.mark is None
    assert "silent" in " ".join(origin.notices)


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound")
    with pytest.raises(SoundUnreadable):
        list(check_origin(tmp_path / "a.wav", Limits()))


def test_a_person_reads_the_installation_and_how_sure_it_is() -> None:
    text = " ".join(described("a.mp3", FOUND))
    assert all(part in text for part in ("a.mp3: synthetic", "installation 4711", "1.10 times", "1 in 1e+30"))
    assert NO_PROOF not in text


def test_a_mark_without_a_readable_number_is_told_as_such() -> None:
    weak = FOUND._replace(mark=SoundMarkFound(None, None, 1e-9, 0.0, 1.0, True))
    assert "too weak to read its installation" in " ".join(described("a.mp3", weak))


def test_a_file_without_a_sign_is_not_called_a_persons() -> None:
    assert described("a.mp3", Origin("", False, None))[-1] == NO_PROOF


def test_a_program_reads_the_same_as_json() -> None:
    assert json.loads(as_json(FOUND))["mark"]["installation"] == 4711
    assert json.loads(as_json(Origin("", False, None)))["mark"] is None


def test_a_video_is_recognised_by_its_pictures_even_without_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    halfgig.talk(PRESENTER, output=tmp_path / "a.mp4", idle=6, size=192, fps=15)
    copy = tmp_path / "b.mp4"
    with av.open(str(tmp_path / "a.mp4")) as source, av.open(str(copy), "w") as target:
        (pictures,) = source.streams.video
        stream = target.add_stream_from_template(pictures)
        for packet in source.demux(pictures):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    origin = halfgig.verify(copy)
    assert origin.mark is None
    assert origin.picture_mark
    assert origin.picture_mark.installation == read_installation(tmp_path / "data" / "installation")


def test_a_person_reads_what_happened_to_the_pictures() -> None:
    mark = PictureMarkFound(0, 4711, 1e-30, 0.0, 1.2, 1.0, True)
    text = " ".join(described("a.mp4", Origin("", False, None, picture_mark=mark)))
    assert all(part in text for part in ("a.mp4: synthetic", "installation 4711", "cut", "mirrored", "1 in 1e+30"))
