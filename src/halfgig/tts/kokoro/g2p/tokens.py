"""A sentence as words and pauses to be pronounced, each with the spans of the text it comes from.

`[Nietzsche](/nIʧə/)` gives the phonemes of what stands in the brackets; the text's scan keeps such brackets as spans in
which nothing is spoken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.alphabet import PAUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from halfgig.text.sentences import Sentence, Span

_GIVEN = re.compile(r"\]\(/(?P<phonemes>[^/]+)/\)")
_WORD = re.compile(r"\S+")
_TRAILING = "".join(PAUSES)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, or one pause, of a sentence."""

    text: str
    """The word as it is spoken, or one of `PAUSES`."""
    first: int
    """The first span it comes from."""
    last: int
    """The last span it comes from."""
    is_spaced: bool = False
    """True when white space parts it from what stands before."""
    is_expanded: bool = False
    """True when the text has something else in its place: "three" of "$3"."""
    given: str = ""
    """Its phonemes, where the text gives them."""

    @property
    def is_pause(self) -> bool:
        """Whether it is punctuation."""
        return self.text in PAUSES


def tokens_of(sentence: Sentence) -> list[Token]:
    """Cut a sentence into words and pauses, in its order."""
    tokens: list[Token] = []
    is_spaced = False
    for index, span in enumerate(sentence.spans):
        if match := _GIVEN.fullmatch(span.written):
            _give(tokens, sentence.spans, index, match["phonemes"])
            continue
        for token in _tokens(span, index):
            _append(tokens, replace(token, is_spaced=is_spaced or token.is_spaced))
            is_spaced = False
        is_spaced = span.spoken[-1:].isspace() if span.spoken else is_spaced
    if tokens and _ends_unmarked(sentence, tokens[-1]):
        tokens.append(Token(".", tokens[-1].last, tokens[-1].last))
    return tokens


def _ends_unmarked(sentence: Sentence, last: Token) -> bool:
    # "5 p.m." closes with the stop of its last word, which is no pause yet.
    return last.text.endswith(".") and not last.is_pause and sentence.spoken.endswith(".")


def _tokens(span: Span, index: int) -> Iterator[Token]:
    is_expanded = span.spoken.strip() != span.written.strip()
    spoken = span.spoken.replace("-", " ") if is_expanded else span.spoken
    for match in _WORD.finditer(spoken):
        word = match[0]
        is_spaced = match.start() > 0
        bare = word.rstrip(_TRAILING)
        if "." in bare or word == span.spoken:  # "p.m.", "Esq.": the last stop is its own
            bare += "." * word[len(bare) :].startswith(".")
        if bare:
            yield Token(bare, index, index, is_spaced, is_expanded)
        for mark in word[len(bare) :][:1]:
            yield Token(mark, index, index, is_spaced and not bare, is_expanded)


def _append(tokens: list[Token], token: Token) -> None:
    """Add a token, or join it to the word it touches: the "'s" of "FBI's"."""
    before = tokens[-1] if tokens else None
    touches = before and not (token.is_spaced or token.is_pause or before.is_pause or before.given)
    if before and touches:
        is_expanded = before.is_expanded or token.is_expanded
        tokens[-1] = replace(before, text=before.text + token.text, last=token.last, is_expanded=is_expanded)
    else:
        tokens.append(token)


def _give(tokens: list[Token], spans: Sequence[Span], closing: int, phonemes: str) -> None:
    """Return the words since the opening bracket their phonemes."""
    opening = max((index for index in range(closing) if spans[index].written.endswith("[")), default=closing)
    inside = [index for index, token in enumerate(tokens) if token.first > opening]
    if inside:
        first, last = tokens[inside[0]], tokens[-1]
        tokens[inside[0] :] = [Token(first.text, first.first, last.last, first.is_spaced, given=phonemes.strip())]
