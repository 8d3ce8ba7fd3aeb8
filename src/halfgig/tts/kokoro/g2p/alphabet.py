"""Kokoro's alphabet: which letters are vowels, what marks stress, how each letter is written in IPA.

One Unicode character is one token.  Which characters there are says the model's configuration; after misaki's
description of its phonemes (EN_PHONES.md).
"""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

PRIMARY, SECONDARY = "\N{MODIFIER LETTER VERTICAL LINE}", "\N{MODIFIER LETTER LOW VERTICAL LINE}"
"""Marks of stress; they stand right before the vowel."""

STRESS = PRIMARY + SECONDARY

VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ")
"""The vowels of English words."""

CONSONANTS = frozenset("bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ")
"""The consonants of English words."""

PAUSES = frozenset(";:,.!?—…")
"""Punctuation that is heard as a pause."""

SILENT = PAUSES | frozenset(' "()“”')
"""What sounds as nothing: pauses, quotes, brackets and the space."""

LENGTHENING = frozenset("ːʰʲ\u0303↓→↗↘")
"""Marks that belong to the letter before them: length, breath, nasality, tones."""

IPA = {
    "A": "eɪ",
    "I": "aɪ",
    "O": "oʊ",
    "Q": "əʊ",
    "S": "ss",
    "T": "ɾ",
    "W": "aʊ",
    "Y": "ɔɪ",
    "ʣ": "dz",
    "ʤ": "dʒ",
    "ʦ": "ts",
    "ʧ": "tʃ",
    "ᵊ": "ə",
    "ᵻ": "ɪ",
    "\uab67": "ʈʂ",
}
"""What Kokoro's own letters stand for; any other letter is IPA already."""

# Seen in what people write and in espeak-ng's voices; the letters Kokoro lacks.
_NEAREST = str.maketrans(
    {
        "g": "ɡ",
        "'": PRIMARY,
        "\u2019": PRIMARY,
        "ɝ": "ɜɹ",
        "ɫ": "l",
        "ʍ": "w",
        "ɱ": "m",
        "ʉ": "u",
        "ɘ": "ə",
        "ɵ": "ə",
        "ɞ": "ɜ",
        "ʏ": "y",
        "ʀ": "ʁ",
        "ħ": "h",
        "ɦ": "h",
        "ʑ": "ʒ",
        "ɭ": "l",
        "ɬ": "l",
        "ˑ": "ː",
        "–": "—",
        "-": None,
    }
)


def within(phonemes: str, vocabulary: Container[str]) -> str:
    """Keep what a vocabulary has; a letter it lacks becomes its nearest, or nothing."""
    if all(letter in vocabulary for letter in phonemes):
        return phonemes
    near = (letter if letter in vocabulary else letter.translate(_NEAREST) for letter in phonemes)
    return "".join(letter for letters in near for letter in letters if letter in vocabulary)


def ids_of(phonemes: str, vocabulary: Mapping[str, int]) -> list[int]:
    """Return the tokens of phonemes, with the pad before and behind; what the vocabulary lacks is dropped."""
    return [0, *(vocabulary[letter] for letter in phonemes if letter in vocabulary), 0]
