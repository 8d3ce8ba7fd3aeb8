"""A pronounced sentence as a row of pieces: words with what the text has for them, and what stands between."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from halfgig.text.sentences import Sentence
    from halfgig.tts.kokoro.g2p.tokens import Token


class Piece(NamedTuple):
    """A word, or the pause or space between two."""

    phonemes: str
    """In Kokoro's alphabet; the pieces' phonemes joined are the sentence's."""
    text: str = ""
    """The word as it was written; "" for what stands between words."""
    source: str = ""
    """All that the text has for it, marks and spaces behind it included; joined, these are the sentence as written."""


def pieces_of(sentence: Sentence, tokens: Sequence[Token], phonemes: Sequence[str]) -> list[Piece]:
    """Join what is said to what was written; tokens of one written word become one piece.

    A word without phonemes of its own is said with the one before it, and shown with it.
    """
    pieces: list[Piece] = []
    places: list[int] = []  # the span each piece begins with
    for group in _groups(tokens):
        first = tokens[group[0]].first
        said = [(tokens[index], phonemes[index]) for index in group if phonemes[index].strip()]
        if said and pieces and said[0][0].is_spaced:
            pieces.append(Piece(" "))
            places.append(first)
        if said:
            text = "" if said[0][0].is_pause else _written(sentence, first, tokens[group[-1]].last)
            pieces.append(Piece(_run(said), text))
            places.append(first)
        elif pieces and pieces[-1].text:
            text = _written(sentence, places[-1], tokens[group[-1]].last)
            pieces[-1] = pieces[-1]._replace(text=text)
    return _with_sources(sentence, pieces, places)


def _run(said: Sequence[tuple[Token, str]]) -> str:
    return "".join((" " if token.is_spaced and number else "") + each for number, (token, each) in enumerate(said))


def _with_sources(sentence: Sentence, pieces: Sequence[Piece], places: Sequence[int]) -> list[Piece]:
    """Share all of the sentence out among its pieces."""
    edges = [0, *places[1:], len(sentence.spans)]
    written = [span.written for span in sentence.spans]
    return [
        piece._replace(source="".join(written[start:end]))
        for piece, (start, end) in zip(pieces, pairwise(edges), strict=False)
    ]


def _groups(tokens: Sequence[Token]) -> Iterator[range]:
    """Yield the tokens that share a stretch of the text; a pause stands alone unless it is inside a word."""
    start = 0
    for index in range(1, len(tokens) + 1):
        if index == len(tokens) or tokens[index].first > tokens[index - 1].last or _closes(tokens, index):
            yield range(start, index)
            start = index


def _closes(tokens: Sequence[Token], index: int) -> bool:
    # The stop after "5 p.m." comes from the word's own span.
    return tokens[index].is_pause and index == len(tokens) - 1


def _written(sentence: Sentence, first: int, last: int) -> str:
    return "".join(span.written for span in sentence.spans[first : last + 1]).strip()
