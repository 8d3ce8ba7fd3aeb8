from __future__ import annotations

import unicodedata

import pytest

from halfgig.text.sentences import MAX_SENTENCE_CHARACTERS, sentences
from tests.support.cost import costs_at_most

MOST_TIMES = 30
"""What the first sentence of a flood may take, in what a plain text of its length takes as a whole."""

PLAIN = "The cat sat on the mat. " * 2000

LIGATURE = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"

FLOODS = {
    "ligatures": LIGATURE * 50_000,
    "squared_words": "\N{SQUARE APAATO}" * 50_000,
    "fractions": "\N{VULGAR FRACTION ONE QUARTER}" * 50_000,
    "one_number": "9" * 50_000,
    "numbers": "1234567 " * 7_000,
    "quotes": '"' * 50_000,
    "accents": "e" + "\N{COMBINING ACUTE ACCENT}" * 50_000,
    "addresses": "http://" + "a." * 25_000,
    "degrees": "1°" * 25_000,
    "open_brackets": "[pause:" * 7_000,
}


@pytest.mark.parametrize("language", ["en-us", "fi"])
@pytest.mark.parametrize("name", FLOODS)
def test_the_first_sentence_of_any_text_comes_soon_and_none_is_long(name: str, language: str) -> None:
    assert costs_at_most(
        MOST_TIMES,
        lambda: next(sentences(FLOODS[name], language), None),
        lambda: list(sentences(PLAIN, language)),
    )
    some = [sentence for sentence, _ in zip(sentences(FLOODS[name], language), range(100), strict=False)]
    assert all(len(sentence.spoken) <= MAX_SENTENCE_CHARACTERS for sentence in some)


@pytest.mark.parametrize("language", ["en-us", "de", "fi"])
def test_ligatures_are_spoken_letter_by_letter_however_many_stand_together(language: str) -> None:
    whole = "".join(sentence.spoken for sentence in sentences(LIGATURE * 1000, language))
    assert whole.replace(" ", "") == unicodedata.normalize("NFKC", LIGATURE).replace(" ", "") * 1000
