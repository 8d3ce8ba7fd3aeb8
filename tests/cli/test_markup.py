"""Lexicons, SSML and dialogues by the command: what is made, and the one sentence for what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command import halfgig, plain_environment
from tests.support.media import PRESENTER

if TYPE_CHECKING:
    from pathlib import Path

DIALOGUE = "[voice:en-gb] Is nginx up? [voice:de] Ja. [voice:] On it."


def test_a_dialogue_is_spoken_and_its_subtitles_name_the_speakers(tmp_path: Path) -> None:
    shown = tmp_path / "a.vtt"
    ran = halfgig("say", DIALOGUE, "-o", tmp_path / "a.wav", "--subtitles", shown, "--json")
    assert ran.json["maker"].count("voice ") == 3
    voiced = [line for line in shown.read_text(encoding="utf-8").splitlines() if line.startswith("<v ")]
    assert voiced == ["<v en-gb>Is nginx up?", "<v de>Ja.", "<v en-us>On it."]


def test_a_face_says_a_dialogue(tmp_path: Path) -> None:
    shown = tmp_path / "a.srt"
    ran = halfgig("talk", PRESENTER, DIALOGUE, "--size", "64", "-o", tmp_path / "a.mp4", "--subtitles", shown, "--json")
    assert ran.json["frames"] > 25
    assert "de: Ja." in shown.read_text(encoding="utf-8")


def test_a_lexicon_and_the_one_of_the_setting_are_used(tmp_path: Path) -> None:
    mine, ours = tmp_path / "mine.txt", tmp_path / "ours.txt"
    mine.write_text("hello = good evening everybody out there\n", encoding="utf-8")
    ours.write_text("hello = hi\nworld = all the people of this large planet\n", encoding="utf-8")

    def seconds(*options: str | Path, lexicon: Path | None = None) -> float:
        env = plain_environment(**({"LEXICON": str(lexicon)} if lexicon else {}))
        ran = halfgig("say", "Hello world.", "-o", tmp_path / "a.wav", "--json", *options, env=env)
        return float(ran.json["seconds"])

    plain, own, both = seconds(), seconds("--lexicon", mine), seconds("--lexicon", mine, lexicon=ours)
    assert 1.5 * plain < own < both - 0.5


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hi. [voice:klingon] Ho.", ('no voice is named "klingon"', "nearest")),
        ("[voice:af_heart] Ho.", ("af_heart", "halfgig pull kokoro")),
        ("<speak>Hi <audio src='x'/></speak>", ("line 1 of the SSML", "<audio> is not supported")),
        ("<speak>Hi", ("not well-formed", "not closed")),
        ('<speak><phoneme ph="x">Hi</phoneme></speak>', ("phonemes", '"en-us" does not read', "<sub>")),
    ],
)
def test_wrong_markup_is_refused_in_a_sentence(tmp_path: Path, text: str, parts: tuple[str, ...]) -> None:
    ran = halfgig("say", text, "-o", tmp_path / "a.mp3")
    assert ran.refused(6 if "pull" in str(parts) else 2, *parts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        ("a = b\nnginx", ("line 2 of the lexicon", "nginx = engine X")),
        (None, ("'words.txt' cannot be read", "No such file")),
    ],
)
def test_a_wrong_lexicon_is_refused_in_a_sentence(tmp_path: Path, lines: str | None, parts: tuple[str, ...]) -> None:
    if lines is not None:
        (tmp_path / "words.txt").write_text(lines, encoding="utf-8")
    ran = halfgig("say", "Hi.", "-o", tmp_path / "a.mp3", "--lexicon", tmp_path / "words.txt")
    assert ran.refused(2, *parts)


@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_server_does_not_start_with_a_wrong_lexicon(tmp_path: Path, command: str) -> None:
    (tmp_path / "words.txt").write_text("nginx", encoding="utf-8")
    env = plain_environment(LEXICON=str(tmp_path / "words.txt"), DATA_DIR=str(tmp_path))
    assert halfgig(command, env=env).refused(2, "words.txt: line 1 of the lexicon")
