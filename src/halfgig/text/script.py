"""A text with its markup read: what is written, which voice says what, and what is said otherwise than written.

A text that begins with `<speak` is SSML; any other is plain text, in which `[voice:NAME]` changes the voice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from halfgig.errors import BadMarkup
from halfgig.text.markup import MAX_PAUSE_S, pause_seconds
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Boundary, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from halfgig.text.lexicon import WordFinder
    from halfgig.text.sentences import Sentence

MAX_VOICES = 16
"""Most voices of one text."""

MAX_PASSAGES = 20_000
"""Most changes of voice, language or rate in one text."""

_VOICE = Pattern(r"\[voice:[ \t]?(?P<name>[^\[\]\n\r]{0,200})\]")
_PAUSE = Pattern(r"\[pause:[^\]\n]{1,20}\]")
_SSML = Pattern(r"[\s\ufeff]*(?:<speak(?=[\s/>]|\Z)|<\?xml(?=\s)|<!DOCTYPE(?=\s))", re.IGNORECASE)


class Passage(NamedTuple):
    """A part of a text said by one voice, in one language and at one rate."""

    start: int
    """Offset of its first character in `Script.text`."""
    end: int
    """Offset after its last character."""
    voice: str = ""
    """The name of the voice; "": the one that was asked for."""
    rate: float = 1.0
    """A factor for the speed."""
    language: str = ""
    """BCP 47 tag of its language, in lower case; "": the voice's own."""


class Mark(NamedTuple):
    """A part of a text that markup has said otherwise than it is written."""

    start: int
    """Offset of its first character in `Script.text`."""
    end: int
    """Offset after its last character; never that of the first."""
    kind: str
    """ "sub", "phonemes", "say-as", "pause", "comma", "sentence" or "paragraph"."""
    value: str = ""
    """The words of a sub, IPA, the kind and format of a say-as as "date mdy", or the seconds of a pause."""


@dataclass(frozen=True, slots=True)
class Script:
    """A text whose markup was read."""

    text: str
    """The text without tags; directives of plain text are still there, outside of all passages."""
    passages: tuple[Passage, ...]
    """In order, without overlap."""
    marks: tuple[Mark, ...] = ()
    """In order, without overlap."""

    @property
    def voices(self) -> tuple[str, ...]:
        """The voices that the text names, in order of appearance."""
        return tuple(dict.fromkeys(passage.voice for passage in self.passages if passage.voice))

    @property
    def pauses_s(self) -> float:
        """The pauses that the text asks for, together, in seconds."""
        return sum(self._silence_s(self.text[each.start : each.end], each) for each in self.passages)

    def sentences(self, passage: Passage, finder: WordFinder) -> Iterator[Sentence]:
        """Yield the sentences of a passage in the language of a lexicon's finder; offsets are those of `text`.

        A passage without words yields its pauses as a sentence without spans.
        """
        from halfgig.text.sentences import Sentence, sentences  # a third of the command's start, for its cells alone

        text = self.text[passage.start : passage.end]
        given = self._given(text, passage, finder)
        has_words = False
        continues = self._continues(passage)
        for sentence in sentences(text, finder.language, given, passage.start, continues=continues):
            has_words = True
            yield sentence
        if not has_words and (pause_s := self._silence_s(text, passage)):
            yield Sentence((), min(pause_s, MAX_PAUSE_S), passage.start)

    def _continues(self, passage: Passage) -> bool:
        """Return whether the same voice goes on after a passage in the same sentence."""
        following = bisect_left(self.passages, (passage.end,))
        if following == len(self.passages) or self.passages[following].voice != passage.voice:
            return False
        marks = self.marks_of(self.passages[following])
        is_bound = bool(marks) and marks[0].kind in ("sentence", "paragraph")
        return not (is_bound and not self.text[passage.end : marks[0].start].strip())

    def _silence_s(self, text: str, passage: Passage) -> float:
        written = sum(pause_seconds(match[0]) for match in _PAUSE.finditer(text))
        return written + sum(float(mark.value) for mark in self.marks_of(passage) if mark.kind == "pause")

    def marks_of(self, passage: Passage) -> Sequence[Mark]:
        """Return the marks inside a passage."""
        first = bisect_left(self.marks, (passage.start,))
        return self.marks[first : bisect_left(self.marks, (passage.end,))]

    def spoken(self, mark: Mark, language: str) -> str:
        """Return the words that are spoken in a mark's place, in a language."""
        return _token(mark, self.text[mark.start : mark.end], language).spoken

    def _given(self, text: str, passage: Passage, finder: WordFinder) -> Iterator[Token]:
        """Yield the tokens for marks and for words of the lexicon; where both have one, the mark's."""
        position = 0
        for mark in self.marks_of(passage):
            start, end = mark.start - passage.start, mark.end - passage.start
            yield from finder.tokens(text, position, start)
            yield _token(mark, text[start:end], finder.language)._replace(start=start, end=end)
            position = end
        yield from finder.tokens(text, position, len(text))


def _token(mark: Mark, written: str, language: str) -> Token:
    """Return the token of a mark, without its place."""
    from halfgig.text.say_as import say_as
    from halfgig.text.spoken_form import spoken_form

    match mark.kind:
        case "sub":
            return Token(spoken_form(mark.value, language), 0, 0)
        case "say-as":
            return Token(say_as(mark.value, written, language), 0, 0)
        case "phonemes":
            return Token(written, 0, 0, phonemes=mark.value)
        case "pause":
            return Token("", 0, 0, Boundary.PAUSE, pause_s=float(mark.value))
        case "comma":
            return Token(",", 0, 0)
        case "sentence":
            return Token("", 0, 0, Boundary.SENTENCE)
        case _:
            return Token(" ", 0, 0, Boundary.PARAGRAPH)


def is_ssml(text: str) -> bool:
    """Return whether a text is SSML: whether it begins with `<speak`, or with what comes before that in a file."""
    return _SSML.match(text) is not None


def read_script(text: str) -> Script:
    """Read the markup of a text.  Raises `BadMarkup`."""
    if is_ssml(text):
        from halfgig.text.ssml import read_ssml  # expat is loaded only for XML

        script = read_ssml(text)
    else:
        script = _dialogue(text)
    if len(script.voices) > MAX_VOICES:
        raise BadMarkup(f"the text names {len(script.voices)} voices; the limit is {MAX_VOICES}: take fewer")
    return script


def _dialogue(text: str) -> Script:
    passages = list[Passage]()
    voice, start = "", 0
    for match in _VOICE.finditer(text):
        add_passage(passages, Passage(start, match.start(), voice))
        voice, start = match["name"].strip(), match.end()
    add_passage(passages, Passage(start, len(text), voice))
    return Script(text, tuple(passages))


def add_passage(passages: list[Passage], passage: Passage) -> None:
    """Append a passage that is not empty.  Raises `BadMarkup` when there are too many."""
    if passage.end > passage.start:
        passages.append(passage)
    if len(passages) > MAX_PASSAGES:
        raise BadMarkup(
            f"the text changes its voice, language or rate more than {MAX_PASSAGES} times, which is the limit; split it"
        )
