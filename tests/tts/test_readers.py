"""Who reads a text: voices, lexicon, rates and languages, and what is wrong with them before anything is spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.errors import BadLexicon, BadMarkup, EmptyText, TextTooLong, UnknownVoice
from halfgig.requests import SpeechRequest
from halfgig.settings import Limits
from halfgig.tts.readers import Readers, SpeechJob
from halfgig.tts.registry import ResolvedVoice, default_engine
from halfgig.tts.speech import speech_from_text

if TYPE_CHECKING:
    from pathlib import Path


def job(text: str, *voices: str, speed: float = 1.0, lexicon: str = "", limits: Limits | None = None) -> SpeechJob:
    """Return a text for espeak-ng, which also names these voices."""
    espeak = default_engine()
    others = {name: ResolvedVoice(espeak, name) for name in voices}
    request = SpeechRequest(text, "en-us", speed, lexicon)
    return SpeechJob(request, ResolvedVoice(espeak, "en-us"), limits or Limits(), wants_words=True, others=others)


def read(*args: object, **more: object) -> list[tuple[str, str, float, str]]:
    """Return voice, speaker, speed and spoken form of each sentence."""
    made = Readers(job(*args, **more)).sentences()  # type: ignore[arg-type]
    return [(reader.voice.name, reader.speaker, reader.speed, sentence.spoken) for reader, sentence in made]


def test_each_passage_is_read_by_its_voice_and_the_rest_by_the_one_asked_for() -> None:
    assert read("Hi. [voice:de] Hallo. [voice:] So.", "de") == [
        ("en-us", "en-us", 1.0, "Hi."),
        ("de", "de", 1.0, "Hallo."),
        ("en-us", "en-us", 1.0, "So."),
    ]


def test_a_text_of_one_voice_names_no_speaker() -> None:
    assert read("Hi.") == [("en-us", "", 1.0, "Hi.")]


def test_words_say_who_speaks_them() -> None:
    speech = speech_from_text(job("[voice:en-gb] Seven apples. [voice:de] Hallo.", "en-gb", "de"), is_repeatable=True)
    for _ in speech:
        pass
    assert [(word.text, word.speaker) for word in speech.take_words()] == [
        ("Seven", "en-gb"),
        ("apples.", "en-gb"),
        ("Hallo.", "de"),
    ]


def test_the_maker_names_every_voice() -> None:
    maker = Readers(job("Hi. [voice:de] Hallo.", "de")).maker
    assert maker.endswith("voice de")
    assert "voice en-us; " in maker


def test_sentences_go_on_from_a_position() -> None:
    readers = Readers(job("One. [voice:de] Zwei. Drei. [voice:] Four.", "de"))
    starts = [sentence.start for _, sentence in readers.sentences()]
    for number, start in enumerate(starts):
        assert [sentence.start for _, sentence in readers.sentences(start)] == starts[number:]


def test_a_rate_multiplies_the_speed() -> None:
    text = '<speak>a1 <prosody rate="50%">b2</prosody></speak>'
    assert [speed for _, _, speed, _ in read(text, speed=2.0)] == [2.0, 1.0]


@pytest.mark.parametrize(("rate", "speed"), [("x-slow", 0.25), ("300%", 2.0), ("0%", 1.0), ("99999%", 1.0)])
def test_a_rate_beyond_the_limits_is_refused_with_them(rate: str, speed: float) -> None:
    with pytest.raises(BadMarkup, match=r"a rate of .* 0\.25 to 4"):
        read(f'<speak><prosody rate="{rate}">a</prosody></speak>', speed=speed)


def test_espeak_speaks_another_language_with_its_voice_for_it_and_the_same_variant() -> None:
    text = '<speak>a <lang xml:lang="fr-FR">b</lang> <lang xml:lang="en-GB">c</lang></speak>'
    names = [name for name, *_ in read(text)]
    assert names == ["en-us", "fr", "en-us"]


def test_a_language_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(UnknownVoice, match='no voice is named "xx'):
        read('<speak><lang xml:lang="xx">a</lang></speak>')


def test_an_unknown_voice_late_in_a_text_is_refused_before_anything_is_spoken() -> None:
    with pytest.raises(UnknownVoice, match="englisch"):
        speech_from_text(job("Hi. " * 1000 + "[voice:englisch] Ho.", "englisch"))


def test_the_lexicon_of_the_request_counts_before_the_operators(tmp_path: Path) -> None:
    path = tmp_path / "ours.txt"
    path.write_text("a1 = ours\nb2 = ours\n", encoding="utf-8")
    made = read("a1 b2", lexicon="a1 = mine", limits=Limits(lexicon=path))
    assert [spoken for *_, spoken in made] == ["mine ours"]


def test_phonemes_alone_are_refused_for_a_voice_that_does_not_read_them() -> None:
    with pytest.raises(BadLexicon, match=r'line 2 .*"nginx" has phonemes alone.*"en-us"'):
        read("Run nginx.", lexicon="a1 = b2\nnginx = /x/")
    with pytest.raises(BadMarkup, match=r'"tomato" is given in phonemes.*<sub>'):
        read('<speak><phoneme ph="x">tomato</phoneme></speak>')


def test_phonemes_of_a_word_that_the_text_does_not_have_do_no_harm() -> None:
    assert read("Run it.", lexicon="nginx = /x/")[0][3] == "Run it."


def test_a_lexicon_that_makes_a_text_ten_times_longer_is_refused() -> None:
    with pytest.raises(BadLexicon, match="limit is 10 times"):
        read("a " * 2000, lexicon=f"a = {'very ' * 39}")


@pytest.mark.parametrize(
    "text", ["[voice:de]", "[voice:de] [pause:1s]", "<speak/>", '<speak><break time="1s"/></speak>', "ສະບາຍດີ"]
)
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(EmptyText, match="nothing to say"):
        read(text, "de")


def test_a_text_over_the_limit_is_refused_before_its_markup_is_read() -> None:
    with pytest.raises(TextTooLong, match=r"the limit is 0\.001 MB"):
        read(f"<speak>{'a ' * 1000}", limits=Limits(max_text_mb=0.001))


def test_rates_of_their_own_for_every_word_cost_little() -> None:
    parts = "".join(f'<prosody rate="{100 + number / 1000:g}%">a</prosody>' for number in range(5000))
    assert len(list(Readers(job(f"<speak>{parts}</speak>")).sentences())) == 5000


def test_a_word_that_is_said_in_thousands_of_characters_is_refused_before_anything_is_spoken() -> None:
    ligatures = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 90
    with pytest.raises(BadLexicon, match=r"16\d\d characters"):
        read("a", lexicon=f"a = {ligatures}")
    with pytest.raises(BadMarkup, match=r"16\d\d characters"):
        read(f'<speak><sub alias="{ligatures}">a</sub></speak>')
