# ruff: noqa: RUF001 - letters of the IPA look like others
"""Phonemes can be said instead of a text."""

import pytest

from halfgig.errors import BadSetting
from halfgig.tts.phoneme_text import text_of_phonemes


def test_each_word_is_said_as_it_stands_with_its_marks_outside() -> None:
    assert text_of_phonemes("“hˈI,  ðˈɛɹ.” …") == "“[hˈI](/hˈI/), [ðˈɛɹ](/ðˈɛɹ/).” …"


@pytest.mark.parametrize("phonemes", ["a/b", "[a]", "h3lo", "a|b", "x" * 301])
def test_what_is_no_phoneme_is_refused_with_what_to_write(phonemes: str) -> None:
    with pytest.raises(BadSetting, match=r"spaces between words"):
        text_of_phonemes(phonemes)
