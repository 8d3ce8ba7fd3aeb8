"""What the command does when all is well."""

from __future__ import annotations

import argparse
import tomllib
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from halfgig import __version__, api
from halfgig.cli.main import make_parser, program
from tests.support.command import COMMAND, halfgig, plain_environment
from tests.support.media import PRESENTER, ROOT, frames, portrait, seconds_of, voice_like

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Bob may buy a map."


@pytest.mark.parametrize("ending", ["wav", "mp3", "opus", "flac", "aac"])
def test_say_writes_each_format(ending: str, tmp_path: Path) -> None:
    output = tmp_path / f"said.{ending}"
    ran = halfgig("say", TEXT, "-o", output, "--json")
    assert ran.code == 0
    assert seconds_of(output) == pytest.approx(ran.json["seconds"], abs=0.1)
    assert ran.json["seconds"] > 0.8


def test_say_reads_its_text_from_standard_input(tmp_path: Path) -> None:
    given, piped = (
        halfgig("say", TEXT, "-o", tmp_path / "a.wav"),
        halfgig("say", "-", "-o", tmp_path / "b.wav", stdin=TEXT.encode()),
    )
    assert (given.code, piped.code) == (0, 0)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_say_reads_its_text_from_a_file_whoever_wrote_it(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_bytes(b"\xef\xbb\xbf" + TEXT.encode() + b"\r\n")  # as Windows does
    assert halfgig("say", f"@{text}", "-o", tmp_path / "a.wav").code == 0
    assert halfgig("say", TEXT, "-o", tmp_path / "b.wav").code == 0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_talk_says_a_text(tmp_path: Path) -> None:
    ran = halfgig("talk", PRESENTER, TEXT, "--size", "128", "-o", tmp_path / "said.mp4", "--json")
    assert ran.code == 0
    assert sum(1 for _ in frames(tmp_path / "said.mp4")) == ran.json["frames"]
    assert seconds_of(tmp_path / "said.mp4") == pytest.approx(ran.json["seconds"], abs=0.05)


@pytest.mark.parametrize("text", [TEXT, "-", ""])
def test_options_may_stand_before_the_text(text: str, tmp_path: Path) -> None:
    ran = halfgig("talk", PRESENTER, "--size", "64", text, "-o", tmp_path / "a.mp4", stdin=TEXT.encode())
    assert ran.code == (0 if text else 2)


def test_talk_speaks_along_with_a_recording(tmp_path: Path) -> None:
    sound = voice_like(tmp_path / "heard.wav", seconds=1.0)
    ran = halfgig("talk", PRESENTER, "--audio", sound, "--size", "128", "-o", tmp_path / "heard.mp4", "--json")
    assert ran.json["frames"] == 25
    assert ran.json["maker"] == "a recording"


def test_a_talk_of_a_file_with_spaces_and_accents_works(tmp_path: Path) -> None:
    picture = portrait(tmp_path / "mon été à moi.jpg")
    assert halfgig("talk", picture, "Oui.", "--voice", "fr", "--size", "64", "-o", tmp_path / "là bas.mp4").code == 0
    assert (tmp_path / "là bas.mp4").stat().st_size > 1000


def test_voices_lists_a_name_and_a_description_a_line() -> None:
    lines = halfgig("voices").out.splitlines()
    assert len(lines) > 100
    assert any(line.split(maxsplit=1) == ["fr", "French (France)"] for line in lines)


def test_voices_lists_objects_for_scripts() -> None:
    voices = halfgig("voices", "--json").json
    assert {tuple(voice) for voice in voices} == {("name", "language", "description", "engine")}
    assert "en-us" in [voice["name"] for voice in voices]


def test_a_reader_of_the_voices_who_has_heard_enough_is_no_error() -> None:
    import subprocess

    with subprocess.Popen(
        [*COMMAND, "voices"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=plain_environment()
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_the_version_is_told() -> None:
    assert halfgig("--version").out == f"halfgig {__version__}\n"


def _commands() -> dict[str, argparse.ArgumentParser]:
    (choices,) = (action.choices for action in make_parser()._actions if action.dest == "command")
    assert isinstance(choices, dict)
    return choices


def test_help_shows_every_command_with_an_example_to_copy() -> None:
    help_ = halfgig("--help").out
    for command in _commands():
        assert f"    {command} " in help_
    assert "halfgig say" in help_
    assert "halfgig talk me.jpg" in help_
    assert "exit codes" in help_


@pytest.mark.parametrize("command", ["say", "talk", "demo", "voices"])
def test_help_explains_every_option_of_a_command(command: str) -> None:
    parser = _commands()[command].fill()  # type: ignore[attr-defined]
    help_ = halfgig(command, "--help").out
    for action in (each for each in parser._actions if each.help != argparse.SUPPRESS):
        assert action.help, action.dest
        assert len(action.help.split()) >= 3, action.dest
        assert all(name in help_ for name in action.option_strings or [str(action.metavar)])


def test_help_is_readable_in_a_narrow_terminal() -> None:
    help_ = halfgig("talk", "--help", env=plain_environment(COLUMNS="80")).out
    assert max(map(len, help_.splitlines())) <= 80


def test_json_is_one_object_with_the_fields_of_a_result_and_nothing_else_is_said(tmp_path: Path) -> None:
    ran = halfgig("say", TEXT, "-o", tmp_path / "a.wav", "--json")
    assert list(ran.json) == list(api.Result.__slots__)
    assert ran.json["path"] == str(tmp_path / "a.wav")
    assert ran.err == ""


def test_json_tells_an_error_as_an_object_too(tmp_path: Path) -> None:
    ran = halfgig("say", TEXT, "-o", tmp_path / "a.wav", "--voice", "nobody", "--json")
    assert ran.json["error"] == {
        "message": ran.err.removeprefix("halfgig: ").rstrip("\n"),
        "code": "unknown_voice",
        "exit_code": 2,
    }
    assert ran.code == 2


def test_quiet_prints_nothing(tmp_path: Path) -> None:
    ran = halfgig("talk", portrait(tmp_path / "a.png"), TEXT, "--size", "64", "-o", tmp_path / "a.mp4", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_what_was_made_is_told_with_its_length_its_time_and_its_memory(tmp_path: Path) -> None:
    ran = halfgig("talk", PRESENTER, TEXT, "--size", "128", "-o", tmp_path / "a.mp4")
    for part in (str(tmp_path / "a.mp4"), "s of video", "128 x 128 pixels", "made in", "peak memory", "MB"):
        assert part in ran.out


def test_the_module_is_the_command() -> None:
    assert halfgig("--help").out.startswith("usage: halfgig ")


def test_the_installed_script_calls_the_command() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert EntryPoint("halfgig", scripts["halfgig"], "console_scripts").load() is program


def test_a_command_without_arguments_says_how_it_is_used() -> None:
    ran = halfgig()
    assert ran.code == 2
    assert "usage: halfgig" in ran.err
