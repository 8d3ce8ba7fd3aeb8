"""Several voices in one text: which passage each one says."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import BadMarkup
from halfgig.text.lexicon import Lexicon
from halfgig.text.script import MAX_VOICES, is_ssml, read_script


def read(text: str, language: str = "en-us") -> list[tuple[str, str, float]]:
    """Return voice, spoken form and pause of each sentence."""
    script = read_script(text)
    return [
        (passage.voice, sentence.spoken, sentence.pause_s)
        for passage in script.passages
        for sentence in script.sentences(passage, Lexicon().finder(language, reads_phonemes=True))
    ]


def test_a_text_without_directives_is_one_passage_of_the_voice_that_was_asked_for() -> None:
    assert [passage.voice for passage in read_script("Good morning. Is it?").passages] == [""]


def test_a_directive_changes_the_voice_from_there_on_and_an_empty_one_changes_it_back() -> None:
    assert read("Hi. [voice:af_bella] Oh, hi! [voice: af_bella(2)+af_sky]You too? [voice:] So.") == [
        ("", "Hi.", 0.0),
        ("af_bella", "Oh, hi!", 0.0),
        ("af_bella(2)+af_sky", "You too?", 0.0),
        ("", "So.", 0.0),
    ]


def test_the_voices_of_a_text_are_named_once_each() -> None:
    assert read_script("[voice:a] One. [voice:b] Two. [voice:a] Three. [voice:] Four.").voices == ("a", "b")


def test_the_end_of_a_passage_ends_a_sentence_without_a_full_stop() -> None:
    assert [spoken for _, spoken, _ in read("[voice:a] Did you [voice:b] I did")] == ["Did you", "I did"]


def test_positions_are_those_of_the_whole_text() -> None:
    text = "[voice:a] One. [voice:b] Two. [pause:1s] Three."
    script = read_script(text)
    for passage in script.passages:
        for sentence in script.sentences(passage, Lexicon().finder("en-us", reads_phonemes=True)):
            assert text[sentence.start :].startswith(sentence.written)


def test_a_pause_between_two_voices_is_heard() -> None:
    assert read("[voice:a] One. [voice:b] [pause:1s] [voice:a] Two.") == [
        ("a", "One.", 0.0),
        ("b", "", 1.0),
        ("a", "Two.", 0.0),
    ]


@pytest.mark.parametrize("text", ["[voice:", "[voice:a\nb] c", "[voices:a] b", "see [voice] above"])
def test_what_is_no_directive_is_read(text: str) -> None:
    assert read_script(text).voices == ()


def test_more_voices_than_the_limit_are_refused() -> None:
    text = "".join(f"[voice:v{number}] Hi. " for number in range(MAX_VOICES + 1))
    with pytest.raises(BadMarkup, match=r"17 voices.*limit is 16"):
        read_script(text)


def test_more_changes_of_voice_than_the_limit_are_refused() -> None:
    with pytest.raises(BadMarkup, match="more than 20000 times"):
        read_script("[voice:a]b[voice:c]d" * 20_000)


@pytest.mark.parametrize(
    "text", ["<speak>a</speak>", ' \n<speak version="1.1">a</speak>', "\ufeff<?xml version='1.0'?>"]
)
def test_a_text_that_begins_as_ssml_does_is_ssml(text: str) -> None:
    assert is_ssml(text)


@pytest.mark.parametrize("text", ["a < b", "<b>Hi</b>", "<speaker> says", "I <speak> so", "x <speak>y</speak>"])
def test_a_text_that_merely_has_signs_of_markup_stays_plain(text: str) -> None:
    assert not is_ssml(text)


@given(st.lists(st.sampled_from(["[voice:a]", "[voice:]", "[pause:1s]", "oh", ". ", "[", "voice:", "]", "\n\n"])))
def test_directives_in_any_place_never_lose_a_word(parts: list[str]) -> None:
    spoken = "".join(said for _, said, _ in read("".join(parts)))
    assert spoken.count("oh") == parts.count("oh")


@given(st.text("[]voice:a <>/speak.\ud800", max_size=60))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    with contextlib.suppress(BadMarkup):
        assert all(voice == voice.strip() for voice, _, _ in read(text))


OPEN = '<speak>I said, <prosody rate="slow">well</prosody> so. <s>No</s> <lang xml:lang="fr">b</lang></speak>'


def test_a_passage_of_the_same_voice_goes_on_in_the_same_sentence() -> None:
    script = read_script(OPEN)
    finder = Lexicon().finder("en-us", reads_phonemes=True)
    made = [each for passage in script.passages for each in script.sentences(passage, finder)]
    assert [(each.spoken, each.is_open) for each in made] == [
        ("I said,", True),
        ("well", True),
        ("so.", False),
        ("No", False),
        ("b", False),
    ]


def test_another_voice_ends_the_sentence() -> None:
    script = read_script("I said [voice:a] no.")
    finder = Lexicon().finder("en-us", reads_phonemes=True)
    assert not any(each.is_open for passage in script.passages for each in script.sentences(passage, finder))
