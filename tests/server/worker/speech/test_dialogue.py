"""Speech of several voices, by the speech server with a real cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.errors import BadLexicon, BadMarkup, HalfgigError, ModelMissing, UnknownVoice
from halfgig.tts.base import Voice
from tests.server.worker.speech.test_server import kill_cell, server, sound, wish

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from halfgig.media.chunks import SpeechSegment

ROUND = "[voice:en-gb] Good morning. [voice:de] [pause:0.2s] Guten Tag. [voice:en-gb] [pause:0.1s] [voice:] And you? "
DIALOGUE = 15 * ROUND


def speakers(made: Iterable[SpeechSegment]) -> list[str]:
    return list(dict.fromkeys(word.speaker for each in made for word in each.words))


def test_words_say_who_speaks_and_the_maker_names_all(tmp_path: Path) -> None:
    with server(tmp_path) as speech:
        made = list(speech.segments(wish(DIALOGUE, wants_words=True)))
    assert speakers(made) == ["en-gb", "de", "en-us"]
    assert [name in made[0].maker for name in ("voice en-gb", "voice de", "voice en-us")] == [True] * 3


def test_a_cell_that_is_killed_in_a_dialogue_is_not_heard(tmp_path: Path) -> None:
    with server(tmp_path) as speech:
        undisturbed = sound(speech, wish(DIALOGUE))
        heard = []
        for number, each in enumerate(speech.segments(wish(DIALOGUE))):
            heard.append(each.data)
            if number in (3, 8):
                kill_cell()
    assert b"".join(heard) == undisturbed


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("Hi. [voice:klingon] Ho.", UnknownVoice, "klingon"),
        ("Hi. [voice:af_heart] Ho.", ModelMissing, "halfgig pull kokoro"),
        ("<speak>Hi <audio/></speak>", BadMarkup, "<audio>"),
        ('<speak><prosody rate="999%">Hi</prosody></speak>', BadMarkup, "0.25 to 4"),
    ],
)
def test_what_is_wrong_is_raised_before_the_first_slice(
    tmp_path: Path, text: str, error: type[HalfgigError], said: str
) -> None:
    with server(tmp_path) as speech, pytest.raises(error, match=said):
        next(speech.segments(wish(text)))


def test_the_operators_lexicon_is_used_and_a_wrong_one_is_told_by_its_name_alone(tmp_path: Path) -> None:
    path = tmp_path / "ours.txt"
    path.write_text("hello = good evening everybody out there", encoding="utf-8")
    with server(tmp_path, lexicon=path) as speech:
        longer = sound(speech, wish("Hello."))
        path.write_text("hello", encoding="utf-8")
        with pytest.raises(BadLexicon, match=r"^ours\.txt: line 1"):
            sound(speech, wish("Hello."))
    with server(tmp_path) as speech:
        assert len(longer) > 1.5 * len(sound(speech, wish("Hello.")))


def test_names_are_checked_without_speaking(tmp_path: Path) -> None:
    listed = [Voice("en-gb", "en-gb", "English", "espeak")]
    with server(tmp_path) as speech:
        speech.check_voices(["en-gb", "EN_GB"], lambda: listed)
        with pytest.raises(UnknownVoice, match='"en-gb"'):
            speech.check_voices(["en-gb", "en-gbb"], lambda: listed)
        with pytest.raises(ModelMissing, match="halfgig pull kokoro"):
            speech.check_voices(["bf_emma"], lambda: listed)
        assert not speech.status()["cell_mb"]
