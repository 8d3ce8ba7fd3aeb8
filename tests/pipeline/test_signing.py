"""Signed files: what their manifest says, what a changed byte does to it, and who may sign."""

from __future__ import annotations

import contextlib
import shlex
import shutil
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import av
import pytest

import halfgig
from halfgig.animators.base import PRESENTER
from halfgig.origin.certificate import KEY, make_own
from halfgig.origin.manifest import MEDIA_TYPES, media_type_of
from halfgig.origin.manifest_check import BROKEN, KNOWN, UNKNOWN, read_manifest
from halfgig.pipeline.signing import SigningCells, sign
from halfgig.settings import CHAIN, SIGNING, Settings
from tests.media.sounds import wav
from tests.pipeline.signed_files import MAKING, found, installation, signed, sound
from tests.support.serving import free_port
from tests.support.time_stamps import AUTHORITY, time_stamps
from tests.support.waiting import soon

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of an installation that has its key."""
    return installation(tmp_path_factory.mktemp("data"))


@pytest.mark.parametrize("ending", MEDIA_TYPES)
def test_each_format_is_signed_and_a_changed_byte_is_found(ending: str, tmp_path: Path, settings: Settings) -> None:
    path = sound(tmp_path / f"a.{ending}")
    before = decoded(path)
    assert signed(path, settings) == ""
    assert decoded(path) == before
    manifest = found(path, settings)
    assert (manifest.trust, manifest.generator, manifest.tools) == (KNOWN, "halfgig 1.2.3", MAKING.tools)
    assert manifest.source_type == MAKING.source_type
    assert read_manifest(path).trust == UNKNOWN  # type: ignore[union-attr]
    changed = bytearray(path.read_bytes())
    place = 60 if ending == "wav" else len(changed) - 40
    changed[place] ^= 1
    path.write_bytes(changed)
    assert found(path, settings).trust == BROKEN


def decoded(path: Path) -> tuple[list[bytes], dict[str, str]]:
    """Return all that is played of a file, and its tags."""
    with av.open(str(path)) as container:
        frames: list[Any] = list(container.decode(container.streams[0]))
        played = [bytes(plane) for frame in frames for plane in frame.planes]
        return played, {name: container.metadata.get(name, "") for name in ("title", "comment")}


def boxes(content: bytes) -> list[bytes]:
    """Return the kinds of an MP4's boxes in their order."""
    kinds, place = list[bytes](), 0
    while place < len(content):
        kinds.append(content[place + 4 : place + 8])
        place += int.from_bytes(content[place : place + 4], "big")
    return kinds


def test_a_signed_video_still_begins_with_its_index(tmp_path: Path, settings: Settings) -> None:
    path = sound(tmp_path / "a.mp4")
    assert signed(path, settings) == ""
    kinds = boxes(path.read_bytes())
    assert 0 < kinds.index(b"moov") < kinds.index(b"mdat")


def test_ingredients_are_kept_with_the_manifests_that_they_have(tmp_path: Path, settings: Settings) -> None:
    recording, video = sound(tmp_path / "r.wav"), sound(tmp_path / "a.mp4")
    (tmp_path / "b.txt").write_text("neither picture nor sound")
    assert signed(recording, settings) == ""
    parts = (("portrait", PRESENTER), ("recording", recording), ("style", tmp_path / "b.txt"))
    assert signed(video, settings, MAKING._replace(ingredients=parts)) == ""
    manifest = found(video, settings)
    assert manifest.trust == KNOWN
    assert [(each.title, each.has_manifest, each.is_intact) for each in manifest.ingredients] == [
        ("portrait", False, None),
        ("recording", True, True),
        ("style", False, None),
    ]
    assert all(len(each.sha256) == 64 for each in manifest.ingredients)


def test_an_ingredient_whose_own_manifest_is_broken_is_told_as_such(tmp_path: Path, settings: Settings) -> None:
    recording, video = sound(tmp_path / "r.mp3"), sound(tmp_path / "a.mp4")
    signed(recording, settings)
    recording.write_bytes(recording.read_bytes()[:-1] + b"?")
    assert signed(video, settings, MAKING._replace(ingredients=(("recording", recording),))) == ""
    manifest = found(video, settings)
    assert (manifest.trust, manifest.ingredients[0].is_intact) == (KNOWN, False)


@pytest.mark.parametrize("ending", ["opus", "aac"])
def test_formats_without_a_place_for_it_are_left_as_they_are(ending: str, tmp_path: Path, settings: Settings) -> None:
    path = sound(tmp_path / f"a.{ending}")
    before = path.read_bytes()
    assert signed(path, settings) == ""
    assert path.read_bytes() == before
    assert read_manifest(path) is None


def test_switched_off_it_signs_nothing_and_makes_no_key(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", bytes(4800))
    before = path.read_bytes()
    assert signed(path, Settings(data_dir=tmp_path / "data", c2pa=False)) == ""
    assert path.read_bytes() == before
    assert not (tmp_path / "data").exists()


def test_the_operators_certificate_and_key_sign(tmp_path: Path, settings: Settings) -> None:
    folder, path = tmp_path / "theirs", sound(tmp_path / "a.wav")
    list(make_own(folder))
    theirs = replace(settings, signing_cert=(folder / CHAIN).read_text(), signing_key=(folder / KEY).read_text())
    assert signed(path, theirs) == ""
    assert found(path, settings).trust == UNKNOWN
    assert found(path, replace(settings, trust_anchors=folder / CHAIN)).trust == KNOWN


def test_a_command_signs_in_place_of_a_key(tmp_path: Path, settings: Settings) -> None:
    folder, path = settings.data_dir / SIGNING, sound(tmp_path / "a.wav")
    code = (
        "import sys; from halfgig.origin.certificate import signature\n"
        f"(made,) = signature(open({str(folder / KEY)!r}).read(), sys.stdin.buffer.read())\n"
        "sys.stdout.buffer.write(made)"
    )
    command = shlex.join([sys.executable, "-c", code])
    theirs = replace(settings, signing_cert=(folder / CHAIN).read_text(), signing_command=command)
    assert signed(path, theirs) == ""
    assert found(path, settings).trust == KNOWN


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Settings(signing_key="a key"), "SIGNING_CERT needs SIGNING_KEY"),
        (Settings(signing_cert="no certificate", signing_key="no key"), "SIGNING_CERT has no certificate"),
        (Settings(signing_cert="own", signing_command="false"), "SIGNING_COMMAND ended with 1"),
        (Settings(signing_cert="own", signing_command="there-is-no-such-command"), "there-is-no-such-command"),
    ],
    ids=["no certificate", "a bad certificate", "a failing command", "no command"],
)
def test_a_file_that_cannot_be_signed_is_kept_and_the_reason_told(
    given: Settings, said: str, tmp_path: Path, settings: Settings
) -> None:
    path = sound(tmp_path / "a.mp3")
    before = path.read_bytes()
    own = (settings.data_dir / SIGNING / CHAIN).read_text()
    reason = signed(path, replace(given, signing_cert=own) if given.signing_cert == "own" else given)
    assert said in reason
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.mp3"]


def test_a_file_that_does_not_fit_into_the_memory_is_kept_and_the_figures_told(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("halfgig.pipeline.signing.MAKER_SPARE_MB", -1)
    path = sound(tmp_path / "a.mp4")
    before = path.read_bytes()
    (tmp_path / "b.txt").write_text("an ingredient, for which there are two cells")
    making = MAKING._replace(ingredients=(("style", tmp_path / "b.txt"),))
    said = signed(path, replace(settings, memory_limit=48 << 20), making)
    assert "26 MB its cell may use (it takes 34 MB)" in said
    assert path.read_bytes() == before


def test_a_cell_that_is_ended_from_outside_signs_in_a_second_attempt(tmp_path: Path, settings: Settings) -> None:
    path, folder = sound(tmp_path / "a.mp3"), settings.data_dir / SIGNING
    asked, ended = tmp_path / "asked", tmp_path / "ended"
    code = (
        "import sys, time; from pathlib import Path; from halfgig.origin.certificate import signature\n"
        f"Path({str(asked)!r}).touch()\n"
        f"while not Path({str(ended)!r}).exists(): time.sleep(0.01)\n"
        f"(made,) = signature(open({str(folder / KEY)!r}).read(), sys.stdin.buffer.read())\n"
        "sys.stdout.buffer.write(made)"
    )
    command = shlex.join([sys.executable, "-c", code])
    theirs = replace(settings, signing_cert=(folder / CHAIN).read_text(), signing_command=command)
    with SigningCells(theirs, ingredients=True) as cells:

        def end() -> None:
            if soon(asked.exists):
                cells._writer.stop()
            ended.touch()

        ending = threading.Thread(target=end)
        ending.start()
        assert sign(path, "mp3", MAKING, cells, lambda _mb: contextlib.nullcontext()) == ""
        ending.join()
    assert found(path, settings).trust == KNOWN


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL's program answers as the service")
def test_a_known_service_of_time_stamps_vouches_for_when_a_file_was_signed(tmp_path: Path, settings: Settings) -> None:
    path = sound(tmp_path / "a.mp3")
    with time_stamps(tmp_path / "service") as service:
        assert signed(path, replace(settings, timestamp_url=service.url)) == ""
    assert service.asked == ["application/timestamp-query"]
    assert not found(path, settings).has_timestamp
    manifest = found(path, replace(settings, trust_anchors=tmp_path / "service" / AUTHORITY))
    assert (manifest.trust, manifest.has_timestamp) == (KNOWN, True)


def test_without_an_answer_of_the_time_stamp_service_a_file_is_signed_all_the_same(
    tmp_path: Path, settings: Settings
) -> None:
    path = sound(tmp_path / "a.mp3")
    said = signed(path, replace(settings, timestamp_url=f"http://127.0.0.1:{free_port()}"))
    assert "signed without a time stamp" in said
    manifest = found(path, settings)
    assert (manifest.trust, manifest.has_timestamp) == (KNOWN, False)


def test_the_key_is_not_shown_with_the_settings() -> None:
    assert "a key" not in repr(Settings(signing_key="a key"))


def test_a_speech_of_the_library_is_signed_and_its_text_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("C2PA", "on")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    halfgig.say("Xylophone marmalade.", tmp_path / "a.wav")
    manifest = halfgig.verify(tmp_path / "a.wav").manifest
    assert manifest
    assert (manifest.trust, manifest.source_type.rpartition("/")[2]) == (KNOWN, "algorithmicMedia")
    assert manifest.tools["voice"].startswith("espeak")
    assert b"marmalade" not in (tmp_path / "a.wav").read_bytes()


def test_a_video_of_the_library_names_its_animator_and_its_portrait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("C2PA", "on")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    portrait = shutil.copy(PRESENTER, tmp_path / "aunt_mary.png")
    made = halfgig.talk(portrait, output=tmp_path / "a.mp4", idle=0.2, size=64)
    manifest = halfgig.verify(tmp_path / "a.mp4").manifest
    assert manifest
    assert not any("signed" in notice for notice in made.notices)
    assert (manifest.trust, manifest.tools) == (KNOWN, {"animator": "puppet"})
    assert [each.title for each in manifest.ingredients] == ["portrait"]
    assert b"aunt_mary" not in (tmp_path / "a.mp4").read_bytes()


STARTS = [
    ("audio/mpeg", b"ID3\x04\x00\x00\x00\x00\x00\x02..\xff\xfb\x90\x00"),
    ("audio/flac", b"ID3\x04\x00\x00\x00\x00\x00\x02..fLaC"),
    ("audio/mpeg", b"\xff\xfb\x90\x00"),
    ("image/jpeg", b"\xff\xd8\xff\xe0"),
    ("", b"\xff\xf1\x50\x80"),  # raw AAC
    ("audio/mp4", b"\0\0\0\x1cftypM4A \0\0"),
    ("video/mp4", b"\0\0\0\x1cftypisom\0\0"),
    ("image/webp", b"RIFF\0\0\0\0WEBP"),
    ("", b"OggS"),
    ("", b""),
]


@pytest.mark.parametrize(("media_type", "start"), STARTS)
def test_the_kind_of_a_file_is_told_by_its_first_bytes(media_type: str, start: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(start)
    assert media_type_of(tmp_path / "a") == media_type
