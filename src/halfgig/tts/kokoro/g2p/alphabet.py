"""Kokoro's alphabet of phonemes, its IPA equivalents, and conversion from espeak-ng's IPA.

One Unicode character is one token; the model configuration lists the vocabulary. After misaki's description of its
phonemes (EN_PHONES.md) and the tables of its `espeak.py`. In espeak-ng's IPA here, "^" joins the letters of a phoneme
and "(en)" marks a switch of language.
"""

# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

PRIMARY, SECONDARY = "\N{MODIFIER LETTER VERTICAL LINE}", "\N{MODIFIER LETTER LOW VERTICAL LINE}"
"""Stress marks; they directly precede the vowel."""

STRESS = PRIMARY + SECONDARY

VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ")
"""The vowels of English words."""

CONSONANTS = frozenset("bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ")
"""The consonants of English words."""

PAUSES = frozenset(";:,.!?—…")
"""Punctuation that makes a pause."""

OPENING_QUOTE = "“"
QUOTES = frozenset("“”")
"""Quotation marks, which Kokoro hears in the melody of a sentence."""

SILENT = PAUSES | QUOTES | frozenset(' "()')
"""Characters without sound: pauses, quotes, brackets and the space."""

LENGTHENING = frozenset("ːʰʲ\u0303↓→↗↘")
"""Modifiers of the letter before: length, aspiration, nasality, tones."""

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
"""IPA of Kokoro's own letters; all other letters are IPA."""

# Letters that Kokoro lacks but that users and espeak-ng write.
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


_UNMARKED = str.maketrans({"'": PRIMARY, **dict.fromkeys(".\u0361\u035c\u203f")})
_ONSET = re.compile(rf"([{STRESS}])([^{''.join(sorted(VOWELS))}aeoyøœɨʉɯɤɐɶɘɵɞɚɝ{STRESS}\s]{{1,6}})")
"""A stress mark and the consonants between it and its vowel."""


def within(phonemes: str, vocabulary: Container[str]) -> str:
    """Return phonemes with letters outside the vocabulary replaced by the nearest one, or removed."""
    if all(letter in vocabulary for letter in phonemes):
        return phonemes
    near = (letter if letter in vocabulary else letter.translate(_NEAREST) for letter in phonemes)
    return "".join(letter for letters in near for letter in letters if letter in vocabulary)


def unknown_symbol(ipa: str, vocabulary: Container[str]) -> str:
    """Return the first symbol of IPA that is neither in the vocabulary nor near one that is; "" if there is none."""
    plain = kokoro_symbols(ipa)
    return next((letter for letter in plain if letter not in vocabulary and ord(letter) not in _NEAREST), "")


def kokoro_symbols(ipa: str) -> str:
    """Return IPA as dictionaries print it as Kokoro has it: no ties or syllable dots, stress before the vowel."""
    return _ONSET.sub(r"\2\1", ipa.translate(_UNMARKED))


def ids_of(phonemes: str, vocabulary: Mapping[str, int]) -> list[int]:
    """Return the tokens of phonemes with a pad at each end; letters outside the vocabulary are dropped."""
    return [0, *(vocabulary[letter] for letter in phonemes if letter in vocabulary), 0]


_SWITCH = re.compile(r"\([a-z^-]+\)")
_SYLLABIC = re.compile("(.)[\u0329\u030d]")

_ENGLISH = (
    ("ʔˌn\u0329", "ʔn"),
    ("ʔn\u0329", "ʔn"),
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"),
    ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"),
    ("ə^l", "ᵊl"),
    ("ʲo", "jo"),
    ("ʲə", "jə"),
    ("ʲ", ""),
    ("ɚ", "əɹ"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ç", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
    ("\u0303", ""),
)
_BRITISH = (("e^ə", "ɛː"), ("e", "A"), ("i^ə", "ɪə"), ("iə", "ɪə"), ("ə^ʊ", "Q"))
_AMERICAN = (("e", "A"), ("o^ʊ", "O"), ("ɜː", "ɜɹ"), ("ɜɹɹ", "ɜɹ"), ("ɪ^ə", "iə"), ("ɪə", "iə"), ("ː", ""))
_OTHERS = (
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("d^z", "ʣ"),
    ("d^ʒ", "ʤ"),
    ("e^ɪ", "A"),
    ("o^ʊ", "O"),
    ("ə^ʊ", "Q"),
    ("s^s", "S"),
    ("t^s", "ʦ"),
    ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"),
    ("^", ""),
    ("-", ""),
)


def english_symbols(ipa: str, *, is_british: bool) -> str:
    """Convert an English word from espeak-ng's IPA to Kokoro's alphabet."""
    said = _replaced(_SWITCH.sub("", ipa), _ENGLISH)
    said = _SYLLABIC.sub(r"ᵊ\1", said)
    said = _replaced(said, _BRITISH if is_british else _AMERICAN)
    # espeak-ng writes the r of "memory" twice, once as part of the vowel.
    return said.replace("^", "").replace("o", "ɔ").replace("ɹɹ", "ɹ").replace("ɾ", "T").replace("ʔ", "t")


def foreign_symbols(ipa: str) -> str:
    """Convert words of another language from espeak-ng's IPA to Kokoro's alphabet."""
    return _replaced(_SWITCH.sub("", ipa), _OTHERS)


_NEAREST_ENGLISH = {
    **dict.fromkeys("χxħʜɦç", "h"),
    **dict.fromkeys("ʁʀɾɽɻɹ", "r"),
    **dict.fromkeys("ɕʂ", "ʃ"),
    **dict.fromkeys("ʑʐ", "ʒ"),
    **dict.fromkeys("ɭɫɬʟ", "l"),
    **dict.fromkeys("ɳɴ", "n"),
    **dict.fromkeys("qc", "k"),
    **dict.fromkeys("ɣɟɢ", "ɡ"),
    **dict.fromkeys("βʋ", "v"),
    **dict.fromkeys("ɐɵɘ", "ə"),
    **dict.fromkeys("øœɞ", "ɜː"),
    **dict.fromkeys("yɯʉu", "uː"),
    **dict.fromkeys("aɑ", "ɑː"),
    **dict.fromkeys("0123456789ʔʕʰɰ'^", ""),
    **dict.fromkeys(["t^ɕ", "ʈ^ʂ", "ʨ", "t^ʃ"], "t^ʃ"),
    **dict.fromkeys(["d^ʑ", "d^ʒ"], "d^ʒ"),
    **dict.fromkeys(["a^u", "ɑ^u", "a^ʊ"], "a^ʊ"),
    **dict.fromkeys(["a^i", "a^ɪ"], "a^ɪ"),
    **dict.fromkeys(["e^i", "e^ɪ"], "e^ɪ"),
    **dict.fromkeys(["o^u", "o^ʊ"], "o"),
    "ɲ": "nj",
    "ʎ": "lj",
    "ɸ": "f",
    "ʈ": "t",
    "ɖ": "d",
    "ɥ": "w",
    "ɤ": "ʌ",
    "ʏ": "ʊ",
    "ɨ": "ɪ",
    "i": "iː",
}
_UNIT = re.compile(r"\w\^\w|.")
_PALATAL = re.compile("ʲ(?=[ˈˌ]?[aeiouɑɐəɛɪɔʊʌ])")
_SHORT_E = re.compile("e(?=[bdfhjklmnprstvwzðŋɡʃʒθ])")


def anglicised(ipa: str, *, is_british: bool) -> str:
    """Return words of another language with the nearest sounds of English, both in espeak-ng's IPA."""
    whole = unicodedata.normalize("NFD", _SWITCH.sub("", ipa).replace("ç", "h"))
    plain = "".join(letter for letter in whole if not unicodedata.combining(letter))
    palatal = _PALATAL.sub("j", plain).replace("ji", "i")
    near = _UNIT.sub(lambda match: _NEAREST_ENGLISH.get(match[0], match[0]), palatal).replace("ːː", "ː")
    return re.sub(r"e(?!\^)", "e^ɪ", _SHORT_E.sub("ɛ", near)).replace("o", "ə^ʊ" if is_british else "o^ʊ")


def plain_symbols(ipa: str, *, is_british: bool) -> str:
    """Convert English IPA written by a user, without ties, to Kokoro's alphabet."""
    vowels = (("əʊ", "Q"), ("eə", "ɛː")) if is_british else (("oʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ː", ""))
    pairs = (("aɪ", "I"), ("aʊ", "W"), ("eɪ", "A"), ("ɔɪ", "Y"), ("dʒ", "ʤ"), ("tʃ", "ʧ"), ("ɚ", "əɹ"), ("r", "ɹ"))
    return _replaced(_replaced(ipa.replace("\u0361", ""), pairs), vowels).replace("ɾ", "T")


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text
