"""Texts, options and places that cannot be: one sentence each, with its own exit code."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import halfgig
from halfgig.errors import UsageError
from tests.support.command import COMMAND, plain_environment
from tests.support.command import halfgig as run
from tests.support.media import PRESENTER, voice_like

if TYPE_CHECKING:
    from tests.support.command import Ran

HINDI = "गाँव के पास एक पुराना पेड़ था जिसके नीचे बच्चे हर शाम खेलते थे और बूढ़े लोग कहानियाँ सुनाते थे। "


def said(tmp_path: Path, text: str, *options: str) -> Ran:
    return run("say", text, "-o", tmp_path / "a.wav", *options)


def talked(tmp_path: Path, *options: str | Path) -> Ran:
    return run("talk", PRESENTER, "-o", tmp_path / "a.mp4", "--size", "64", *options)


def test_an_empty_text_is_refused(tmp_path: Path) -> None:
    assert said(tmp_path, "").refused(2, "''", "give a text with words or numbers")


def test_a_text_of_control_characters_is_refused(tmp_path: Path) -> None:
    assert said(tmp_path, "\x01\x1b\t \x7f\n").refused(2, r"\x01\x1b", "give a text with words or numbers")


def test_a_text_over_the_limit_is_refused_with_both_figures(tmp_path: Path) -> None:
    env = plain_environment(HALFGIG_MAX_TEXT_MB="0.0001")
    ran = run("say", "Hello. " * 20, "-o", tmp_path / "a.wav", env=env)
    assert ran.refused(2, "0.00014 MB", "0.0001 MB", "split it, or raise MAX_TEXT_MB")


def test_no_more_of_an_endless_text_is_read_than_the_limit(tmp_path: Path) -> None:
    endless = run("say", "@/dev/zero", "-o", tmp_path / "a.wav")
    assert endless.refused(2, "'/dev/zero'", "2 MB", "split it, or raise MAX_TEXT_MB")


def test_a_text_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert said(tmp_path, "@nowhere.txt").refused(2, "'nowhere.txt'", "No such file", "give the path of a text file")


def test_a_text_that_is_not_utf8_is_told_where(tmp_path: Path) -> None:
    ran = run("say", "-", "-o", tmp_path / "a.wav", stdin="Café".encode("latin-1"))
    assert ran.refused(2, "standard input", "byte 3", "convert it")


@pytest.mark.slow
def test_a_text_of_ten_minutes_is_spoken_in_the_memory_of_a_short_one(tmp_path: Path) -> None:
    def spoken(sentences: int) -> Ran:
        (tmp_path / "text").write_text(HINDI * sentences)
        ran = run(
            "say", f"@{tmp_path / 'text'}", "--voice", "hi", "--speed", "2.5", "-o", tmp_path / "a.flac", "--json"
        )
        assert ran.code == 0, ran.err
        return ran

    short, long = spoken(40), spoken(67_000 // len(HINDI.encode()) + 1)
    assert long.json["seconds"] > 600
    assert long.json["private_mb"] < short.json["private_mb"] + 5


def test_an_unknown_voice_gets_the_nearest_names(tmp_path: Path) -> None:
    assert said(tmp_path, "Hello.", "--voice", "en-uss").refused(2, '"en-uss"', '"en-us"', "halfgig voices")


def test_an_unknown_ending_gets_those_that_are_known(tmp_path: Path) -> None:
    ran = run("say", "Hello.", "-o", tmp_path / "a.wave")
    assert ran.refused(2, "a.wave", ".wav, .mp3, .opus, .ogg, .oga, .flac, .aac")


def test_a_video_must_end_in_mp4(tmp_path: Path) -> None:
    assert run("talk", PRESENTER, "Hi.", "-o", tmp_path / "a.avi").refused(2, "a.avi", ".mp4", "name it so")


def test_a_transparent_video_must_end_in_webm(tmp_path: Path) -> None:
    asked = "talk", PRESENTER, "Hi.", "--background", "transparent", "-o", tmp_path / "a.mp4"
    assert run(*asked).refused(2, "a.mp4", ".webm", "name it so")


def test_an_output_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    ran = run("say", "Hello.", "-o", tmp_path / "no" / "a.wav")
    assert ran.refused(5, "no/a.wav", "No such file or directory", "choose a place")


def test_an_output_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").mkdir()
    assert said(tmp_path, "Hello.").refused(5, "a.wav", "is a folder", "give the name of a file")


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs Linux's /sys, where not even root makes files")
def test_an_output_in_a_place_that_is_not_ours_is_refused() -> None:
    assert run("say", "Hello.", "-o", "/sys/a.wav").refused(5, "'/sys/a.wav' cannot be written", "choose a place")


@pytest.mark.parametrize("output", ["a.wav", "a.mp4"])
def test_a_disk_that_is_full_half_way_is_told_under_the_name_that_was_given(output: str, tmp_path: Path) -> None:
    command = ["say"] if output == "a.wav" else ["talk", str(PRESENTER), "--size", "256"]
    done = subprocess.run(
        [*COMMAND, *command, "Bob may buy a map. " * 3, "-o", output],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)),  # a full disk without a disk
        cwd=tmp_path,
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5
    assert f'cannot write "{output}": File too large; free some space' in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--speed", "9"), ("9", "0.25", "4")),
        (("--speed", "nan"), ("nan", "0.25", "4")),
        (("--size", "20"), ("20 pixels", "64 to 2160")),
        (("--size", "-512"), ("-512 pixels", "64 to 2160")),
        (("--size", "99999999"), ("99999999 pixels", "64 to 2160")),
        (("--fps", "0"), ("0 frames a second", "5 to 60")),
        (("--fps", "inf"), ("inf frames a second", "5 to 60")),
        (("--memory", "lots"), ("'lots'", "512M")),
    ],
)
def test_an_option_out_of_range_is_refused_with_its_range(
    options: tuple[str, str], told: tuple[str, ...], tmp_path: Path
) -> None:
    assert talked(tmp_path, "Hello.", *options).refused(2, *told)


@pytest.mark.parametrize(
    ("landmarks", "told"),
    [
        ("eyes", ("'eyes'", "five points", "right eye, left eye")),
        ("1,2 3,4", ("'1,2 3,4'", "five points")),
        ("1,1 2,2 3,3 4,4 nan,5", ("nan", "finite")),
        ("340,480 690,480 512,640 400,800 9000,800", ("9000,800", "1024 x 1024", "outside the picture")),
        ("5,5 5,5 5,5 5,5 5,5", ("eyes 0 pixels apart", "check their order")),
    ],
)
def test_landmarks_that_make_no_face_are_refused(landmarks: str, told: tuple[str, ...], tmp_path: Path) -> None:
    assert talked(tmp_path, "Hello.", "--landmarks", landmarks).refused(2, *told)


def test_an_unknown_setting_is_refused_with_the_nearest(tmp_path: Path) -> None:
    ran = run("say", "Hi.", "-o", tmp_path / "a.wav", env=plain_environment(HALFGIG_MAX_TEXT="1"))
    assert ran.refused(2, "HALFGIG_MAX_TEXT ", "did you mean HALFGIG_MAX_TEXT_MB?", "settings are")


def test_text_and_recording_together_are_refused(tmp_path: Path) -> None:
    sound = voice_like(tmp_path / "a.wav")
    assert talked(tmp_path, "Hello.", "--audio", sound).refused(2, "not several")


def test_neither_text_nor_recording_is_refused(tmp_path: Path) -> None:
    assert talked(tmp_path).refused(2, "give one of a text, a recording")


def test_the_library_raises_what_the_command_tells(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not several, not none"):
        halfgig.talk(PRESENTER, output=tmp_path / "a.mp4")


def test_an_unknown_word_on_the_command_line_is_answered_with_the_usage() -> None:
    ran = run("sing", "Hello.")
    assert ran.code == 2
    assert "invalid choice: 'sing'" in ran.err


def test_nothing_is_left_of_what_was_refused(tmp_path: Path) -> None:
    said(tmp_path, "")
    talked(tmp_path, "Hello.", "--fps", "0")
    assert list(tmp_path.iterdir()) == []
