"""Mandarin to phonemes: words by jieba, syllables by pypinyin (both optional), and a table from pinyin to IPA.

Letters as in misaki for Kokoro 1.0: a tone is an arrow after the vowel, aspiration a small h.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.errors import ExtraMissing
from halfgig.tts.kokoro.g2p.pinyin import Pinyin
from halfgig.tts.kokoro.g2p.segmenter import load_segmenter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from halfgig.tts.kokoro.g2p.tokens import Token

_INITIALS = {
    "zh": "\uab67", "ch": "\uab67ʰ", "sh": "ʂ", "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ",
    "n": "n", "l": "l", "g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "r": "ɻ", "z": "ʦ",
    "c": "ʦʰ", "s": "s",
}  # fmt: skip

# "0" is the place of the tone.
_FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0", "en": "ə0n",
    "eng": "ə0ŋ", "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0", "in": "i0n",
    "iu": "jou0", "ing": "i0ŋ", "iong": "jʊ0ŋ", "ong": "ʊ0ŋ", "ou": "ou0", "u": "u0", "ui": "wei0", "ua": "wa0",
    "uai": "wai0", "uan": "wa0n", "un": "wə0n", "uang": "wa0ŋ", "ueng": "wə0ŋ", "uo": "wo0", "o": "wo0",
    "ü": "y0", "üe": "ɥe0", "üan": "ɥɛ0n", "ün": "y0n",
}  # fmt: skip

_WHOLE = {
    "er": "ɚ0", "o": "ɔ0", "io": "jɔ0", "yo": "jɔ0",
    "ê": "ɛ0", "m": "m0", "n": "n0", "ng": "ŋ0", "hm": "hm0", "hng": "hŋ0",
}  # fmt: skip

_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_SYLLABLE = re.compile(r"(?P<letters>[a-zê\u00fc]+)(?P<tone>[1-5])")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_BUZZING = ("zh", "ch", "sh", "r", "z", "c", "s")


class Mandarin:
    """Pronouncer of Mandarin. Raises `ExtraMissing` without jieba and pypinyin."""

    def __init__(self) -> None:
        self._cut = load_segmenter(_folder_of("jieba"))
        self._pinyin = Pinyin(_folder_of("pypinyin"))

    def phonemes(self, tokens: Sequence[Token]) -> list[str]:
        """Return the phonemes of each token, its words separated by spaces; text that is not Chinese is silent."""
        return [token.text if token.is_mark else token.given or self._run(token.text) for token in tokens]

    def _run(self, text: str) -> str:
        words = [word for han in _HAN.findall(text) for word in self._cut(han)]
        return " ".join(filter(None, map(self._word, words)))

    def _word(self, word: str) -> str:
        return "".join(map(syllable_phonemes, self._pinyin.syllables(word)))


def _folder_of(package: str) -> Path:
    """Return the folder of an optional package, which is not imported.  Raises `ExtraMissing`."""
    found = importlib.util.find_spec(package)
    if not found or not found.origin:
        raise ExtraMissing(f"Mandarin needs the package {package}; run: pip install halfgig[zh]")
    return Path(found.origin).parent


def syllable_phonemes(pinyin: str) -> str:
    """Convert a pinyin syllable with tone ("zhong1") to Kokoro's alphabet; "" if it is not a syllable."""
    match = _SYLLABLE.fullmatch(pinyin)
    if not match:
        return ""
    letters, tone = match["letters"], _TONES[match["tone"]]
    if letters in _WHOLE:
        return _WHOLE[letters].replace("0", tone)
    initial = next((each for each in _INITIALS if letters.startswith(each)), "")
    final = _strict_final(initial, letters.removeprefix(initial))
    said = "ɨ0" if final == "i" and initial in _BUZZING else _FINALS.get(final, "")
    return (_INITIALS.get(initial, "") + said).replace("0", tone) if said else ""


def _strict_final(initial: str, final: str) -> str:
    """Undo the spelling rules of pinyin: "yu" is ü, "wo" is uo, "ju" is jü."""
    if initial in ("j", "q", "x") and final.startswith("u"):
        return f"ü{final[1:]}"
    if initial:
        return final
    if final.startswith("yu"):
        return "iong" if final == "yong" else f"ü{final[2:]}"
    if final.startswith("y"):
        rest = final[1:]
        return {"ou": "iu"}.get(rest, rest if rest.startswith("i") else f"i{rest}")
    if final.startswith("w"):
        rest = final[1:]
        return {"ei": "ui", "en": "un"}.get(rest, rest if rest.startswith("u") else f"u{rest}")
    return final
