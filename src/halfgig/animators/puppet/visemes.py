"""Visemes: the shape of the mouth for each phoneme, and its dominance over neighbouring ones.

The grouping of phonemes follows HeadTTS, the timing Rhubarb Lip Sync; the parameters are our own, tuned by eye.
"""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from halfgig.animators.puppet.blendshapes import Mouth


@dataclass(frozen=True, slots=True)
class Viseme:
    """The mouth of one class of phonemes."""

    name: str
    """As in the Oculus set, with a separate "WW": "PP", "aa"."""
    mouth: Mouth
    """Weights when fully reached."""
    dominance: float
    """Weight relative to neighbours: about 1; high ones are never averaged away, low ones adapt to their neighbours."""
    closes: bool = False
    """Whether the lips must meet."""


SILENCE = Viseme("sil", Mouth(), 0.8)
VISEMES = {
    viseme.name: viseme
    for viseme in (
        SILENCE,
        Viseme("PP", Mouth(close=1.0), 4.0, closes=True),
        Viseme("FF", Mouth(jaw_open=0.12, stretch=0.1, upper_up=1.0, roll_lower=1.0), 3.0),
        Viseme("TH", Mouth(jaw_open=0.26, upper_up=0.4, tongue_up=1.0), 1.2),
        Viseme("DD", Mouth(jaw_open=0.22, stretch=0.1, upper_up=0.4, tongue_up=0.7), 0.6),
        Viseme("SS", Mouth(jaw_open=0.10, stretch=0.3, upper_up=0.9), 1.4),
        Viseme("CH", Mouth(jaw_open=0.12, funnel=0.5, upper_up=0.6), 1.6),
        Viseme("kk", Mouth(jaw_open=0.25, upper_up=0.2), 0.4),
        Viseme("RR", Mouth(jaw_open=0.20, pucker=0.4, upper_up=0.3), 1.0),
        Viseme("WW", Mouth(jaw_open=0.12, pucker=1.0), 3.0),
        Viseme("I", Mouth(jaw_open=0.22, stretch=0.7, upper_up=0.5), 1.2),
        Viseme("E", Mouth(jaw_open=0.45, stretch=0.4, upper_up=0.4), 1.2),
        Viseme("@", Mouth(jaw_open=0.38, stretch=0.1, upper_up=0.2), 0.8),
        Viseme("aa", Mouth(jaw_open=0.90, stretch=0.1, upper_up=0.4), 1.5),
        Viseme("O", Mouth(jaw_open=0.6, funnel=0.9), 1.6),
        Viseme("U", Mouth(jaw_open=0.28, pucker=0.9), 2.2),
        Viseme("hh", Mouth(jaw_open=0.25, upper_up=0.2), 0.2),
    )
}

_SYMBOLS = {
    "PP": "pbmɓʙ",
    "FF": "fvɸβʋⱱɱ",
    "TH": "θðʇ",
    "DD": "tdnlɾɖʈɗɳɭɫɬɮɺrⱦ",
    "SS": "szʂʐɕʑʦʣʥʨ\uab67",
    "CH": "ʃʒʧʤɟcçʝɲʎ",
    "kk": "kɡgŋxɣqɢɴχʁʀħʕɠʛɰ",
    "RR": "ɹɻɚɝɽ",
    "WW": "wʍɥ",
    "I": "iɪjɨyʏᵻ",
    "E": "eɛøœɘɶᴇ",
    "@": "əɜɐʌɞɵᵊ",
    "aa": "aɑæɒ",
    "O": "oɔɤ",
    "U": "uʊʉɯ",
    "hh": "hɦʔ",
}
CLASS_OF = {symbol: VISEMES[name] for name, symbols in _SYMBOLS.items() for symbol in symbols}
"""The viseme of each base letter of the IPA, and of the letters Kokoro writes for affricates."""

DIPHTHONGS = {"A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "Q": "əʊ", "T": "ɾ", "S": "s"}
"""Letters of Kokoro's alphabet for two sounds, a flap, or a long s."""

PAUSES = frozenset(";:,.!?—…")
"""Signs of Kokoro's alphabet that sound as silence."""

ROUNDED = "yʏøœɶɒʷ"
"""Letters with rounded lips whose viseme is not rounded."""

VOWELS = frozenset({"I", "E", "@", "aa", "O", "U"})
FIRST_SHARE = 0.6
"""Share of a diphthong's length taken by its first vowel."""

LONG_VOWEL_S = 0.15
SHORT_SCHWA_S = 0.06
"""An open vowel shorter than the first is not fully reached; a schwa shorter than the second hardly moves the jaw."""


def is_vowel(viseme: Viseme) -> bool:
    """Return whether a viseme is that of a vowel."""
    return viseme.name in VOWELS


def _letters(symbol: str) -> list[str]:
    """Return the base letters of an IPA symbol, without length, ties and other marks."""
    spelt = "".join(DIPHTHONGS.get(letter, letter) for letter in symbol)
    return [letter for letter in unicodedata.normalize("NFD", spelt) if letter in CLASS_OF]


def _for_length(viseme: Viseme, seconds: float) -> Viseme:
    """Return the viseme as far as it is reached in its time: short vowels open the jaw less."""
    mouth = viseme.mouth
    if viseme.name == "aa" and seconds < LONG_VOWEL_S:
        return replace(viseme, mouth=mouth._replace(jaw_open=0.6))
    if viseme.name == "@" and seconds < SHORT_SCHWA_S:
        return replace(viseme, mouth=mouth._replace(jaw_open=0.6 * mouth.jaw_open))
    return viseme


def visemes_of(symbol: str, seconds: float) -> list[tuple[Viseme, float]]:
    """Return the visemes of a phoneme of `seconds` length, in order, each with its share of that time.

    `symbol` is IPA in espeak-ng's notation or a letter of Kokoro's alphabet; "" is a pause.  The mouth of an unknown
    symbol follows its neighbours.
    """
    if PAUSES.issuperset(symbol.strip()):
        return [(SILENCE, 1.0)]
    letters = _letters(symbol)
    if not letters:
        return [(VISEMES["hh"], 1.0)]
    classes = [CLASS_OF[letter] for letter in letters]
    if any(letter in ROUNDED for letter in symbol):
        classes = [replace(one, mouth=one.mouth._replace(pucker=max(0.6, one.mouth.pucker))) for one in classes]
    if len(classes) == 1:
        return [(_for_length(classes[0], seconds), 1.0)]
    first, last = classes[0], classes[-1]
    if is_vowel(first):
        return [(_for_length(first, seconds), FIRST_SHARE), (last, 1 - FIRST_SHARE)]
    return [(first, 0.5), (last, 0.5)]
