"""A pronounced sentence as a row of pieces: words with what the text has for them, and what stands between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from halfgig.speech.kokoro.tokens import Token
    from halfgig.speech.text import Sentence


class Piece(NamedTuple):
    """Hold a word, or the pause or space between two."""

    phonemes: str
    """In Kokoro's alphabet; the pieces' phonemes joined are the sentence's."""
    text: str = ""
    """The word as it was written; "" for what stands between words."""


def pieces_of(sentence: Sentence, tokens: Sequence[Token], phonemes: Sequence[str]) -> list[Piece]:
    """Join what is said to what was written; tokens of one written word become one piece.

    A word without phonemes of its own is said with the one before it, and shown with it.
    """
    pieces: list[Piece] = []
    first = 0
    for group in _groups(tokens):
        said = [(tokens[index], phonemes[index]) for index in group if phonemes[index].strip()]
        if not said:
            if pieces and pieces[-1].text:
                pieces[-1] = Piece(pieces[-1].phonemes, _written(sentence, tokens[first : group[-1] + 1]))
            continue
        first = group[0]
        if pieces and said[0][0].is_spaced:
            pieces.append(Piece(" "))
        run = "".join((" " if token.is_spaced and number else "") + each for number, (token, each) in enumerate(said))
        text = "" if said[0][0].is_pause else _written(sentence, tokens[first : group[-1] + 1])
        pieces.append(Piece(run, text))
    return pieces


def phoneme_pieces(phonemes: str) -> list[Piece]:
    """Cut phonemes that were given directly into pieces; each word's text is its phonemes."""
    pieces: list[Piece] = []
    for word in phonemes.split():
        bare = word.strip(';:,.!?—…"()“”')
        start = word.index(bare) if bare else len(word)
        if pieces:
            pieces.append(Piece(" "))
        parts = (Piece(word[:start]), Piece(bare, bare), Piece(word[start + len(bare) :]))
        pieces += [part for part in parts if part.phonemes]
    return pieces


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


def _written(sentence: Sentence, tokens: Sequence[Token]) -> str:
    spans = sentence.spans[tokens[0].first : tokens[-1].last + 1]
    return "".join(span.written for span in spans).strip()
