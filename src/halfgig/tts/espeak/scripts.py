"""Writing systems: the parts of a text that another language's voice of espeak-ng has to speak.

A voice reads letters of a script that it does not know by their names ("Chinese letter"), so "Привет means hi" is
divided into a Russian part and the rest.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from bisect import bisect_right
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_RANGES = (
    (0x0370, "Greek"), (0x0400, "Cyrillic"), (0x0530, "Armenian"), (0x0590, "Hebrew"), (0x0600, "Arabic"),
    (0x0700, "Unspoken"), (0x0750, "Arabic"), (0x0780, "Unspoken"), (0x08A0, "Arabic"), (0x0900, "Devanagari"),
    (0x0980, "Bengali"), (0x0A00, "Gurmukhi"), (0x0A80, "Gujarati"), (0x0B00, "Oriya"), (0x0B80, "Tamil"),
    (0x0C00, "Telugu"), (0x0C80, "Kannada"), (0x0D00, "Malayalam"), (0x0D80, "Sinhala"), (0x0E00, "Thai"),
    (0x0E80, "Unspoken"), (0x1000, "Myanmar"), (0x10A0, "Georgian"), (0x1100, "Hangul"), (0x1200, "Ethiopic"),
    (0x13A0, "Cherokee"), (0x1400, "Unspoken"), (0x1C80, "Cyrillic"), (0x1C90, "Georgian"), (0x1CC0, ""),
    (0x1F00, "Greek"), (0x2000, ""), (0x2C00, "Unspoken"), (0x2C60, ""), (0x2C80, "Unspoken"), (0x2DE0, "Cyrillic"),
    (0x2E00, ""), (0x2E80, "Han"), (0x3000, ""), (0x3005, "Han"), (0x3008, ""), (0x3041, "Kana"),
    (0x3100, "Unspoken"), (0x3130, "Hangul"), (0x3190, "Unspoken"), (0x31F0, "Kana"), (0x3200, ""), (0x3400, "Han"),
    (0xA000, "Unspoken"), (0xA640, "Cyrillic"), (0xA6A0, "Unspoken"), (0xA700, ""), (0xA800, "Unspoken"),
    (0xA8E0, "Devanagari"), (0xA900, "Unspoken"), (0xA960, "Hangul"), (0xA980, "Unspoken"), (0xAB30, ""),
    (0xAB70, "Cherokee"), (0xABC0, "Unspoken"), (0xAC00, "Hangul"), (0xD7FC, ""), (0xF900, "Han"), (0xFB00, ""),
    (0xFB13, "Armenian"), (0xFB1D, "Hebrew"), (0xFB50, "Arabic"), (0xFE00, ""), (0xFE70, "Arabic"), (0xFEFF, ""),
    (0xFF66, "Kana"), (0xFFA0, "Hangul"), (0xFFE0, ""), (0x10000, "Unspoken"), (0x1AFF0, "Kana"),
    (0x1B170, "Unspoken"), (0x1D000, ""), (0x1E000, "Unspoken"), (0x1F000, ""), (0x20000, "Han"), (0x323B0, ""),
)  # fmt: skip
"""First code point of each block of letters and its script; "" is spoken by any voice, "Unspoken" by none."""

_STARTS = [start for start, _ in _RANGES]

_LANGUAGES = {
    "Greek": ("grk/el", "el grc"),
    "Cyrillic": ("zle/ru", "ru uk be bg mk sr bs kk ky tt ba cv nog uz"),
    "Armenian": ("ine/hy", "hy hyw"),
    "Hebrew": ("sem/he", "he"),
    "Arabic": ("sem/ar", "ar fa ur sd ug"),
    "Devanagari": ("inc/hi", "hi mr ne kok"),
    "Bengali": ("inc/bn", "bn as bpy"),
    "Gurmukhi": ("inc/pa", "pa"),
    "Gujarati": ("inc/gu", "gu"),
    "Oriya": ("inc/or", "or"),
    "Tamil": ("dra/ta", "ta"),
    "Telugu": ("dra/te", "te"),
    "Kannada": ("dra/kn", "kn"),
    "Malayalam": ("dra/ml", "ml"),
    "Sinhala": ("inc/si", "si"),
    "Thai": ("tai/th", "th"),
    "Myanmar": ("sit/my", "my shn"),
    "Georgian": ("ccs/ka", "ka"),
    "Hangul": ("ko", "ko"),
    "Ethiopic": ("sem/am", "am ti"),
    "Cherokee": ("iro/chr", "chr"),
    "Han": ("sit/cmn", "cmn yue"),
    "Kana": ("jpx/ja", "ja"),
}
"""Voice file of each script, and the languages whose own voices read it."""

_LETTERS_OF = (
    ("zle/uk", "\u0404\u0406\u0407\u0490\u0454\u0456\u0457\u0491"),
    ("zle/be", "\u040e\u045e"),
    ("zls/sr", "\u0402\u0408\u0409\u040a\u040b\u040f\u0452\u0458\u0459\u045a\u045b\u045f"),
    ("zls/mk", "\u0403\u0405\u040c\u0453\u0455\u045c"),
    ("ira/fa", "\u067e\u0686\u0698\u06a9\u06af\u06cc"),
    ("inc/ur", "\u0679\u0688\u0691\u06ba\u06d2"),
)
"""Letters that show which language of a script it is; the last voice whose letters occur is taken."""

_GREETINGS = (("\u306b\u3061\u306f", "\u306b\u3061\u308f"), ("\u3070\u3093\u306f", "\u3070\u3093\u308f"))
"""Greetings that end in a particle: written "ha", spoken "wa"."""


_STROKED = {
    "\u0110": "D",
    "\u0111": "d",
    "\u0126": "H",
    "\u0127": "h",
    "\u0166": "T",
    "\u0167": "t",
    "\u0197": "I",
    "\u0180": "b",
}


class Run(NamedTuple):
    """A part of a text in scripts that one voice reads."""

    text: str
    voice: str
    """Voice file of espeak-ng."""
    start: int
    """Offset in the text in characters."""


def script_runs(text: str, voice: str) -> Iterator[Run]:
    """Yield the parts of a text with the voice that reads each; `voice` is the one for all that it can read.

    Punctuation and spaces belong to the part before them. Letters that no voice reads are passed over, kanji in a
    Japanese text among them. A single Greek letter is a symbol with a name in any language.
    """
    if text.isascii():
        yield Run(text, voice, 0)
        return
    if _language_of(voice) == "en":
        text = "".join(map(_plain_latin, text))
    start = 0
    for reader, letters in groupby(_readers(text, voice)):
        end = start + len(list(letters))
        if reader is not None and text[start:end].strip():
            yield Run(_as_spoken(text[start:end]), reader, start)
        start = end


def is_speakable(text: str) -> bool:
    """Return whether a text has a letter or a digit that some voice reads."""
    return any(character.isalnum() and _script(character) != "Unspoken" for character in text)


def _readers(text: str, voice: str) -> Iterator[str | None]:
    """Yield the voice for each character; None passes it over."""
    base, _, variant = voice.partition("+")
    find = functools.cache(functools.partial(_reader, text=text, voice=base))
    reader: str | None = base
    for word in re.findall(r"[^\W\d_]+|[\W\d_]+", text):
        for letter in word:
            if letter.isalpha():
                script = _script(letter)
                is_symbol = script == "Greek" and len(word) == 1
                reader = find(script) if script and not is_symbol else base
            yield f"{reader}+{variant}" if reader and variant else reader


def _reader(script: str, text: str, voice: str) -> str | None:
    """Return the voice for a script in a text whose own voice is `voice`; None if none reads it."""
    language = _language_of(voice)
    is_japanese = language == "ja" or any(_script(letter) == "Kana" for letter in text)
    if script == "Unspoken" or (script == "Han" and is_japanese):
        return None
    default, natives = _LANGUAGES[script]
    if language in natives.split():
        return voice
    own = [(other, letters) for other, letters in _LETTERS_OF if other.rpartition("/")[2] in natives.split()]
    kindred = [other for other, letters in own if any(letter in letters for letter in text)]
    return kindred[-1] if kindred else default


def _language_of(voice: str) -> str:
    return re.split(r"[-+]", voice.rpartition("/")[2])[0]


def _plain_latin(letter: str) -> str:
    """Return a Latin letter that English voices name ("letter one E A seven") without its marks."""
    if letter in _STROKED:
        return _STROKED[letter]
    return (
        unicodedata.normalize("NFD", letter)[0]
        if "\u0180" <= letter <= "\u024f" or "\u1e00" <= letter <= "\u1eff"
        else letter
    )


def _script(letter: str) -> str:
    code = ord(letter)
    if code < _STARTS[0] or not (letter.isalpha() or unicodedata.category(letter).startswith("M")):
        return ""
    return _RANGES[bisect_right(_STARTS, code) - 1][1]


def _as_spoken(text: str) -> str:
    for written, spoken in _GREETINGS:
        text = text.replace(written, spoken)
    return text
