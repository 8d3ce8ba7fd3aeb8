"""espeak-ng's IPA in Kokoro's alphabet; after misaki's tables (its `espeak.py`), with what its output needs besides.

espeak-ng ties the letters of one phoneme with "^" here; "(en)" says that it goes on in another language.
"""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import re

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
    """Write an English word of espeak-ng's in Kokoro's alphabet."""
    said = _replaced(_SWITCH.sub("", ipa), _ENGLISH)
    said = _SYLLABIC.sub(r"ᵊ\1", said)
    said = _replaced(said, _BRITISH if is_british else _AMERICAN)
    # espeak-ng writes the r of "memory" twice, once in the vowel.
    return said.replace("^", "").replace("o", "ɔ").replace("ɹɹ", "ɹ").replace("ɾ", "T").replace("ʔ", "t")


def foreign_symbols(ipa: str) -> str:
    """Write words of another language in Kokoro's alphabet."""
    return _replaced(_SWITCH.sub("", ipa), _OTHERS)


def plain_symbols(ipa: str, *, is_british: bool) -> str:
    """Write English phonemes that a person has noted in IPA, untied, in Kokoro's alphabet."""
    vowels = (("əʊ", "Q"), ("eə", "ɛː")) if is_british else (("oʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ː", ""))
    pairs = (("aɪ", "I"), ("aʊ", "W"), ("eɪ", "A"), ("ɔɪ", "Y"), ("dʒ", "ʤ"), ("tʃ", "ʧ"), ("ɚ", "əɹ"), ("r", "ɹ"))
    return _replaced(_replaced(ipa.replace("\u0361", ""), pairs), vowels).replace("ɾ", "T")


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text
