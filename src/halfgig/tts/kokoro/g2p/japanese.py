"""Japanese to phonemes: readings by the optional pyopenjtalk-plus, and a table from kana to Kokoro's alphabet."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from halfgig.errors import ExtraMissing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from halfgig.tts.kokoro.g2p.tokens import Token

_VOWELS = "aiɯeo"

# Rows of the kana table: the consonants before a, i, u, e, o, and the kana; "." if it is in another row.
_ROWS = (
    (("", "", "", "", ""), "アイウエオ"),
    (("k", "kʲ", "k", "k", "k"), "カキクケコ"),
    (("ɡ", "ɡʲ", "ɡ", "ɡ", "ɡ"), "ガギグゲゴ"),
    (("s", "ɕ", "s", "s", "s"), "サシスセソ"),
    (("ʣ", "ʥ", "z", "ʣ", "ʣ"), "ザジズゼゾ"),
    (("t", "ʨ", "ʦ", "t", "t"), "タチツテト"),
    (("d", "ʥ", "z", "d", "d"), "ダヂヅデド"),
    (("n", "ɲ", "n", "n", "n"), "ナニヌネノ"),
    (("h", "ç", "ɸ", "h", "h"), "ハヒフヘホ"),
    (("b", "bʲ", "b", "b", "b"), "バビブベボ"),
    (("p", "pʲ", "p", "p", "p"), "パピプペポ"),
    (("m", "mʲ", "m", "m", "m"), "マミムメモ"),
    (("j", "", "j", "", "j"), "ヤ.ユ.ヨ"),
    (("ɾ", "ɾʲ", "ɾ", "ɾ", "ɾ"), "ラリルレロ"),
    (("β", "", "", "", ""), "ワヰ.ヱヲ"),
    (("v", "vʲ", "v", "v", "v"), "ヷヸヴヹヺ"),
    (("k", "", "", "k", ""), "ヵ..ヶ."),
)
_SYLLABLES = {
    sign: (consonant, vowel)
    for consonants, row in _ROWS
    for consonant, sign, vowel in zip(consonants, row, _VOWELS, strict=True)
}
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "ɯ", "ェ": "e", "ォ": "o", "ャ": "a", "ュ": "ɯ", "ョ": "o", "ヮ": "a"}
_OTHERS = {"ッ": "ʔ", "ー": "ː"}
_FRONTED = ("s", "z", "ʦ", "ɕ", "ʥ", "ʨ", "ɲ", "ç", "ʲ")  # u is fronted after these
_SOFT = ("ɕ", "ʥ", "ʨ", "ɲ", "ç")


class Japanese:
    """Pronouncer of Japanese. Raises `ExtraMissing` without pyopenjtalk."""

    def __init__(self) -> None:
        try:
            pyopenjtalk = importlib.import_module("pyopenjtalk")
        except ImportError as failure:
            raise ExtraMissing(f"Japanese needs the package {failure.name}; run: pip install halfgig[ja]") from failure
        self._words = pyopenjtalk.run_frontend

    def phonemes(self, tokens: Sequence[Token]) -> list[str]:
        """Return the phonemes of each token, its words separated by spaces."""
        return [token.text if token.is_mark else token.given or self._run(token.text) for token in tokens]

    def _run(self, text: str) -> str:
        try:
            words = self._words(text)
        except OSError as failure:  # the package pyopenjtalk, without -plus, downloads its dictionary on first use
            raise ExtraMissing(
                f"the package pyopenjtalk has no Japanese dictionary and cannot download it ({failure}); "
                "replace it by the one that brings it along: pip uninstall pyopenjtalk && pip install halfgig[ja]"
            ) from failure
        return " ".join(filter(None, (kana_phonemes(word["pron"]) for word in words)))


def kana_phonemes(kana: str) -> str:
    """Convert katakana to Kokoro's alphabet; other characters are dropped."""
    said = ""
    for index, sign in enumerate(kana):
        consonant, vowel = _SYLLABLES.get(sign, ("", ""))
        following = kana[index + 1 : index + 2]
        if sign == "ン":
            said += _nasal(following)
        elif sign in _OTHERS:
            said += _OTHERS[sign]
        elif vowel and following in _SMALL and _joins(consonant, vowel, following):
            said += _glided(consonant, vowel, following)
        elif vowel:
            said += _syllable(consonant, vowel)
        elif sign in _SMALL and not _was_joined(kana, index):
            said += {"ャ": "j", "ュ": "j", "ョ": "j", "ヮ": "β"}.get(sign, "") + _SMALL[sign]
    return said


def _syllable(consonant: str, vowel: str) -> str:
    is_front = vowel == "ɯ" and consonant.endswith(_FRONTED)
    return consonant + ("ɨ" if is_front else vowel)


def _joins(consonant: str, vowel: str, small: str) -> bool:
    """Return whether a small kana changes the vowel before it, rather than lengthening it."""
    if small in "ャュョ":
        return bool(consonant)
    return _SMALL[small] != vowel and (bool(consonant) or vowel in "iɯ")


def _was_joined(kana: str, index: int) -> bool:
    consonant, vowel = _SYLLABLES.get(kana[index - 1], ("", "")) if index else ("", "")
    return bool(vowel) and _joins(consonant, vowel, kana[index])


def _glided(consonant: str, vowel: str, small: str) -> str:
    """Return a syllable with a small kana: kya, she, two, kwa."""
    new = _SMALL[small]
    if not consonant:
        return f"{'j' if vowel == 'i' else 'β'}{new}"
    if small in "ャュョ" and consonant == "v":
        return _syllable("bʲ", new)
    if small in "ャュョ" and not consonant.endswith((*_SOFT, "ʲ")):
        return _syllable(f"{consonant}ʲ", new)
    if vowel == "ɯ" and consonant in ("k", "ɡ"):
        return f"{consonant}ᵝ{new}"
    if new == "i" and consonant in ("t", "d", "ʦ", "ɸ", "v"):
        return f"{consonant}ʲi"
    return consonant + new if new != "ɯ" or consonant in ("t", "d") else _syllable(consonant, new)


def _nasal(following: str) -> str:
    consonant = _SYLLABLES.get(following, ("", ""))[0]
    if consonant[:1] in ("p", "b", "m"):
        return "m"
    if consonant[:1] in ("k", "ɡ"):
        return "ŋ"
    if consonant[:1] in ("ɲ", "ʨ", "ʥ"):
        return "ɲ"
    return "n" if consonant[:1] in ("n", "t", "d", "ɾ", "z") else "ɴ"
