"""Split a sentence into tokens to pronounce, and align the pronounced tokens with the written text.

`[Nietzsche](/nIʧə/)` gives the phonemes of the text in brackets; normalization keeps such brackets as silent spans.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from halfgig.tts.kokoro.g2p.alphabet import OPENING_QUOTE, PAUSES, QUOTES, kokoro_symbols
from halfgig.tts.kokoro.g2p.quotes import quote_marks
from halfgig.tts.kokoro.g2p.suffixes import with_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from halfgig.text.sentences import Sentence, Span

_GIVEN = re.compile(r"\]\(/(?P<phonemes>[^/]+)/\)")
_WORD = re.compile(r"\S+")
_TRAILING = "".join(PAUSES)
_AND = ("'n'", "\u2019n\u2019", "\u2018n\u2019")  # "rock 'n' roll"
_LETTER_A = ("A", "ay")  # normalization writes the letter so


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a pause of a sentence."""

    text: str
    """The word as it is spoken, or one of `PAUSES`."""
    first: int
    """Index of its first span."""
    last: int
    """Index of its last span."""
    is_spaced: bool = False
    """Whether white space precedes it."""
    is_expanded: bool = False
    """Whether the text is written differently: "three" of "$3"."""
    given: str = ""
    """Its phonemes, if the text gives them."""
    is_letter: bool = False
    """Whether it is the name of a letter, where the same word could be an article."""

    @property
    def is_pause(self) -> bool:
        """Whether the token is a pause."""
        return self.text in PAUSES

    @property
    def is_mark(self) -> bool:
        """Whether the token is punctuation: a pause or a quotation mark."""
        return self.text in PAUSES or self.text in QUOTES


def tokens_of(sentence: Sentence) -> list[Token]:
    """Split a sentence into words, pauses and quotation marks."""
    tokens: list[Token] = []
    is_spaced = False
    quotes = quote_marks([span.written for span in sentence.spans], [_is_word(span) for span in sentence.spans])
    for index, span in enumerate(sentence.spans):
        if match := _GIVEN.fullmatch(span.written):
            _set_given(tokens, sentence.spans, index, match["phonemes"])
            continue
        if span.phonemes:
            given, is_apart = kokoro_symbols(span.phonemes), is_spaced or span.spoken[:1].isspace()
            tokens.append(Token(span.spoken.strip(), index, index, is_apart, given=given))
            is_spaced = False
            continue
        for token in [*_tokens(span, index), *(Token(mark, index, index) for mark in quotes.get(index, ()))]:
            is_opening = token.text == OPENING_QUOTE
            follows_space = is_opening and index > 0 and sentence.spans[index - 1].written[-1:].isspace()
            _append(tokens, replace(token, is_spaced=is_spaced or token.is_spaced or follows_space))
            is_spaced = False
        is_spaced = span.spoken[-1:].isspace() if span.spoken else is_spaced
        is_spaced = is_spaced and not (tokens and tokens[-1].text == OPENING_QUOTE)
        if span.written == "/" and tokens and len(tokens[-1].text) == 1:  # "A/B testing"
            tokens[-1] = replace(tokens[-1], is_letter=True)
    last = next((token for token in reversed(tokens) if token.text not in QUOTES), None)
    if last and _ends_unmarked(sentence, last):
        tokens.append(Token(".", tokens[-1].last, tokens[-1].last))
    return tokens


def _is_word(span: Span) -> bool:
    return any(character.isalnum() for character in span.spoken)


def _ends_unmarked(sentence: Sentence, last: Token) -> bool:
    # "5 p.m." ends with the full stop of its last word, which is not a pause.
    return last.text.endswith(".") and not last.is_mark and sentence.spoken.endswith(".")


def _tokens(span: Span, index: int) -> Iterator[Token]:
    is_expanded = span.spoken.strip() != span.written.strip()
    spoken = span.spoken.replace("-", " ") if is_expanded else span.spoken
    if span.written.strip() in _AND:
        spoken = "'n'"
    for match in _WORD.finditer(spoken):
        word = match[0]
        is_spaced = match.start() > 0
        bare = word.rstrip(_TRAILING)
        if "." in bare or word == span.spoken:  # "p.m.", "Esq.": the full stop belongs to the word
            bare += "." * word[len(bare) :].startswith(".")
        if bare:
            is_letter = is_expanded and bare in _LETTER_A
            yield Token("A" if is_letter else bare, index, index, is_spaced, is_expanded, is_letter=is_letter)
        for mark in word[len(bare) :][:1]:
            yield Token(mark, index, index, is_spaced and not bare, is_expanded)


def _append(tokens: list[Token], token: Token) -> None:
    """Append a token, or join it to the adjacent word: the "'s" of "FBI's", an apostrophe, "o' clock"."""
    before = tokens[-1] if tokens else None
    if before and before.given and not token.is_spaced and token.text == "'s":
        given = with_s(before.given, is_british=False)
        tokens[-1] = replace(before, text=f"{before.text}'s", last=token.last, given=given)
        return
    touches = before and not (token.is_spaced or token.is_mark or before.is_mark or before.given)
    if before and (touches or (before.text.lower() == "o'" and token.text.lower() == "clock")):
        is_expanded = before.is_expanded or token.is_expanded
        tokens[-1] = replace(before, text=before.text + token.text, last=token.last, is_expanded=is_expanded)
    else:
        tokens.append(token)


def _set_given(tokens: list[Token], spans: Sequence[Span], closing: int, phonemes: str) -> None:
    """Replace the words since the opening bracket with one token that has the given phonemes."""
    opening = max((index for index in range(closing) if spans[index].written.endswith("[")), default=closing)
    inside = [index for index, token in enumerate(tokens) if token.first > opening]
    if inside:
        first, last = tokens[inside[0]], tokens[-1]
        tokens[inside[0] :] = [Token(first.text, first.first, last.last, first.is_spaced, given=phonemes.strip())]


class Piece(NamedTuple):
    """A word, or the pause or space between two words."""

    phonemes: str
    """In Kokoro's alphabet; joined, the pieces are the whole sentence."""
    text: str = ""
    """The word as it was written; "" between words."""
    source: str = ""
    """Its part of the written text, with following punctuation and spaces; joined, the whole written sentence."""


def align(sentence: Sentence, tokens: Sequence[Token], phonemes: Sequence[str]) -> list[Piece]:
    """Align phonemes with the written text; the tokens of one written word become one piece.

    A word without phonemes of its own is part of the word before it.
    """
    pieces: list[Piece] = []
    places: list[int] = []  # first span of each piece
    for group in _groups(tokens):
        first = tokens[group[0]].first
        said = [(tokens[index], phonemes[index]) for index in group if phonemes[index].strip()]
        if said and pieces and said[0][0].is_spaced:
            pieces.append(Piece(" "))
            places.append(first)
        if said:
            text = "" if said[0][0].is_mark else _written(sentence, first, tokens[group[-1]].last)
            pieces.append(Piece(_run(said), text))
            places.append(first)
        elif pieces and pieces[-1].text:
            text = _written(sentence, places[-1], tokens[group[-1]].last)
            pieces[-1] = pieces[-1]._replace(text=text)
    return _with_sources(sentence, pieces, places)


def _run(said: Sequence[tuple[Token, str]]) -> str:
    return "".join((" " if token.is_spaced and number else "") + each for number, (token, each) in enumerate(said))


def _with_sources(sentence: Sentence, pieces: Sequence[Piece], places: Sequence[int]) -> list[Piece]:
    """Return the pieces with the whole written sentence divided among them."""
    edges = [0, *places[1:], len(sentence.spans)]
    written = [span.written for span in sentence.spans]
    return [
        piece._replace(source="".join(written[start:end]))
        for piece, (start, end) in zip(pieces, pairwise(edges), strict=False)
    ]


def _groups(tokens: Sequence[Token]) -> Iterator[range]:
    """Yield groups of tokens from the same written text; a pause is separate unless it is inside a word."""
    start = 0
    for index in range(1, len(tokens) + 1):
        if index == len(tokens) or tokens[index].first > tokens[index - 1].last or _closes(tokens, index):
            yield range(start, index)
            start = index


def _closes(tokens: Sequence[Token], index: int) -> bool:
    # The full stop after "5 p.m." is in the span of the word.
    return tokens[index].is_mark and index == len(tokens) - 1


def _written(sentence: Sentence, first: int, last: int) -> str:
    return "".join(span.written for span in sentence.spans[first : last + 1]).strip()
