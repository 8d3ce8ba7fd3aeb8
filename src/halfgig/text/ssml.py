"""SSML's useful part: a document of markup read as a `Script`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig.errors import BadMarkup
from halfgig.text.lexicon import LANGUAGE_TAG
from halfgig.text.markup import MAX_PAUSE_S
from halfgig.text.pattern import Pattern
from halfgig.text.say_as import check_say_as
from halfgig.text.script import Mark, Passage, Script, add_passage
from halfgig.text.xml_reader import XmlHandlers, XmlReader

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ALIAS = 300
"""Most characters of a sub's alias and of a phoneme's ph."""

_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.5}
_STRENGTHS = {
    "none": "",
    "x-weak": "",
    "weak": "comma",
    "medium": "comma",
    "strong": "sentence",
    "x-strong": "paragraph",
}
_NUMBER = r"(?:\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})"
_TIME = Pattern(rf"\+?(?P<number>{_NUMBER})(?P<unit>m?s)")
_RATE = Pattern(rf"(?P<sign>[+-]?)(?P<number>{_NUMBER})(?P<percent>%?)")
_NOT_PHONEMES = Pattern(r"[\[\]/\d<>{}|\\]")
_LANG = "xml:lang"
_CLOSING = Pattern(r"[.,;:!?\u2026)\]\"'\u201d\u2019\u00bb]+(?=\s|\Z)")
_WHITE = Pattern(r"[ \t\r\n]+")

_ATTRIBUTES = {
    "speak": (_LANG, "version"),
    "p": (_LANG,),
    "s": (_LANG,),
    "break": ("time", "strength"),
    "say-as": ("interpret-as", "format"),
    "sub": ("alias",),
    "phoneme": ("alphabet", "ph"),
    "prosody": ("rate",),
    "voice": ("name", _LANG),
    "lang": (_LANG,),
}
"""The elements that are supported, with their attributes."""

_MUST_HAVE = {
    "say-as": "interpret-as",
    "sub": "alias",
    "phoneme": "ph",
    "prosody": "rate",
    "voice": "name",
    "lang": _LANG,
}
"""The attribute without which an element means nothing."""

_REPLACED = ("say-as", "sub", "phoneme")
"""The elements whose text is said otherwise than it is written."""


class _State(NamedTuple):
    voice: str = ""
    rate: float = 1.0
    language: str = ""


class _Replaced(NamedTuple):
    """An element whose text is said otherwise than it is written, while its text is being read."""

    name: str
    attributes: Mapping[str, str]
    start: int
    first_piece: int


def read_ssml(text: str) -> Script:
    """Read an SSML document.  Raises `BadMarkup`, with the line, for what is wrong or not supported."""
    return _SsmlReader().read(text)


class _SsmlReader:
    def __init__(self) -> None:
        self._xml = XmlReader("SSML", BadMarkup)
        self._pieces: list[str] = []
        self._length = 0
        self._begin = 0  # of the passage that is being read
        self._states = [_State()]
        self._open: list[str] = []
        self._passages: list[Passage] = []
        self._marks: list[Mark] = []
        self._replaced: _Replaced | None = None
        self._is_spaced = True

    def read(self, text: str) -> Script:
        self._xml.read(text, XmlHandlers(self._start, self._end, self._text))
        return Script("".join(self._pieces), tuple(self._passages), tuple(self._marks))

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._check(name, attributes)
        state = self._states[-1]
        match name:
            case "p" | "s":
                self._bound(name)
            case "break":
                self._break(attributes)
            case "prosody":
                state = state._replace(rate=state.rate * self._rate(attributes["rate"]))
            case "voice":
                # A voice that is named speaks its own language, whatever the language around it.
                state = state._replace(voice=attributes["name"].strip(), language="")
        if name in _REPLACED:
            self._replaced = _Replaced(name, attributes, self._length, len(self._pieces))
        if _LANG in attributes:
            state = state._replace(language=self._language(attributes[_LANG]))
        if state != self._states[-1]:
            self._cut(self._states[-1])
        self._states.append(state)
        self._open.append(name)

    def _end(self, name: str) -> None:
        if self._replaced:
            self._mark_replaced(self._replaced)
            self._replaced = None
        self._open.pop()
        state = self._states.pop()
        if state != self._states[-1] or len(self._states) == 1:
            self._cut(state)
        if name in ("p", "s") and len(self._states) > 1:
            self._bound(name)

    def _cut(self, state: _State) -> None:
        """End the passage that is being read."""
        add_passage(self._passages, Passage(self._begin, self._length, state.voice, state.rate, state.language))
        self._begin, self._is_spaced = self._length, True

    def _text(self, data: str) -> None:
        plain = _WHITE.sub(" ", data)
        if self._passages and self._passages[-1].end == self._begin == self._length:
            plain = self._append_closing(plain)
        self._append(plain[1:] if self._is_spaced and plain[:1] == " " else plain)

    def _append_closing(self, plain: str) -> str:
        """Add the punctuation that a text begins with to the passage before it; return the rest."""
        closing = _CLOSING.match(plain)
        if closing:
            self._append(closing[0])
            self._passages[-1] = self._passages[-1]._replace(end=self._length)
            self._begin, self._is_spaced = self._length, True
        return plain[closing.end() :] if closing else plain

    def _append(self, plain: str) -> None:
        if plain:
            self._pieces.append(plain)
            self._length += len(plain)
            self._is_spaced = plain[-1] == " "

    def _bound(self, name: str) -> None:
        self._mark("paragraph" if name == "p" else "sentence")

    def _mark(self, kind: str, value: str = "") -> None:
        """Append a space that stands for a pause or the end of a sentence."""
        self._marks.append(Mark(self._length, self._length + 1, kind, value))
        self._append(" ")

    def _mark_replaced(self, replaced: _Replaced) -> None:
        written = "".join(self._pieces[replaced.first_piece :])
        begin = replaced.start + len(written) - len(written.lstrip())
        end = begin + len(written.strip())
        if begin == end:
            raise self._xml.refusal(f"<{replaced.name}> is empty; write the words it is about between its tags")
        kind, value = self._reading(replaced, written.strip())
        self._marks.append(Mark(begin, end, kind, value))

    def _reading(self, replaced: _Replaced, written: str) -> tuple[str, str]:
        """Return kind and value of the mark for an element."""
        attributes = replaced.attributes
        if replaced.name == "say-as":
            try:
                return "say-as", check_say_as(attributes["interpret-as"], attributes.get("format", ""), written)
            except BadMarkup as error:
                raise self._xml.refusal(str(error)) from None
        key = "alias" if replaced.name == "sub" else "ph"
        value = " ".join(attributes[key].split())
        if not value or len(value) > MAX_ALIAS:
            raise self._xml.refusal(
                f"{key} of <{replaced.name}> has {len(value)} characters; write 1 to {MAX_ALIAS} characters"
            )
        if replaced.name == "sub":
            return "sub", value
        if wrong := _NOT_PHONEMES.search(value):
            raise self._xml.refusal(
                f'{wrong[0]!r} in ph="{value:.60}" is no phoneme; write IPA, as t\u0259me\u026ato\u028a'
            )
        return "phonemes", value

    def _check(self, name: str, attributes: Mapping[str, str]) -> None:
        """Refuse an element or an attribute that is not supported."""
        is_root = len(self._states) == 1
        if is_root != (name == "speak"):
            wrong = f"the document begins with <{name:.40}>" if is_root else "<speak> is inside another element"
            raise self._xml.refusal(f"{wrong}; SSML is one <speak> element with all others inside")
        if name not in _ATTRIBUTES:
            known = ", ".join(_ATTRIBUTES)
            raise self._xml.refusal(f"<{name:.40}> is not supported; these elements are: {known}")
        if self._replaced or (self._open and self._open[-1] == "break"):
            raise self._xml.refusal(f"<{name}> is inside <{self._open[-1]}>, which holds text alone; move it out")
        for attribute in attributes:
            if attribute not in _ATTRIBUTES[name] and not (is_root and attribute.startswith(("xmlns", "xsi:"))):
                known = ", ".join(_ATTRIBUTES[name])
                raise self._xml.refusal(f"{attribute:.40} of <{name}> is not supported; it may have: {known}")
        if (needed := _MUST_HAVE.get(name)) and not attributes.get(needed, "").strip():
            raise self._xml.refusal(f'<{name}> has no {needed}; write <{name} {needed}="...">')
        if attributes.get("alphabet", "ipa").lower() != "ipa":
            raise self._xml.refusal(
                f'alphabet="{attributes["alphabet"]:.40}" is not supported; write the phonemes in ipa'
            )

    def _break(self, attributes: Mapping[str, str]) -> None:
        strength = attributes.get("strength", "medium")
        if strength not in _STRENGTHS:
            raise self._xml.refusal(f'strength="{strength:.40}" of <break> may be: {", ".join(_STRENGTHS)}')
        if "time" in attributes:
            seconds = self._seconds(attributes["time"])
            if seconds:
                self._mark("pause", str(seconds))
        elif kind := _STRENGTHS[strength]:
            self._mark(kind)

    def _seconds(self, written: str) -> float:
        match = _TIME.fullmatch(written.strip())
        seconds = float(match["number"]) / (1000 if match["unit"] == "ms" else 1) if match else -1.0
        if not 0 <= seconds <= MAX_PAUSE_S:
            raise self._xml.refusal(f'time="{written:.40}" of <break> must be 0s to {MAX_PAUSE_S:g}s, as 500ms or 1.5s')
        return seconds

    def _rate(self, written: str) -> float:
        rate = _RATES.get(written.strip())
        if rate is not None:
            return rate
        match = _RATE.fullmatch(written.strip())
        if not match or (match["sign"] and not match["percent"]):
            known = ", ".join(_RATES)
            raise self._xml.refusal(
                f'rate="{written:.40}" of <prosody> must be a percentage, as 80%, or one of: {known}'
            )
        value = float(match["number"]) / (100 if match["percent"] else 1)
        return {"": value, "+": 1 + value, "-": 1 - value}[match["sign"]]

    def _language(self, written: str) -> str:
        language = written.strip().lower().replace("_", "-")
        if not LANGUAGE_TAG.fullmatch(language):
            raise self._xml.refusal(f'xml:lang="{written:.40}" is no language tag; write one such as en-gb or fr')
        return language
