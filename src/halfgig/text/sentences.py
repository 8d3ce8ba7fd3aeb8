"""From a text as people write it to sentences as people say them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from halfgig.text.markup import LONGEST_PAUSE_S, pause_seconds
from halfgig.text.normalise import tokens
from halfgig.text.rules import GLUE, Mark, Token

MOST_SPOKEN = 400
"""Characters spoken in one go; a longer sentence is parted at a pause, else between words, else anywhere."""

_MOST_TOKENS = 1000  # a sentence full of silent signs must end too
_PARAGRAPH_PAUSE_S = 0.35


class Span(NamedTuple):
    """How one stretch of the written text is spoken."""

    spoken: str
    """What the speaker is given: "three dollars and fifty cents"."""
    written: str
    """What the text has in its place: "$3.50"."""
    start: int
    """Where `written` begins in the whole text, in characters."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, spoken and written, side by side."""

    spans: tuple[Span, ...]
    """In the order of the text; their `spoken` parts joined without a separator are the sentence."""
    pause_s: float = 0.0
    """Extra silence after it in seconds, beyond what the speaker leaves after a sentence: more after a paragraph, and
    where the text asks for it."""

    @property
    def spoken(self) -> str:
        """The sentence as it is said."""
        return "".join(span.spoken for span in self.spans)

    @property
    def written(self) -> str:
        """The sentence as it was written."""
        return "".join(span.written for span in self.spans)


def sentences(text: str, language: str = "en-us") -> Iterator[Sentence]:
    """Yield what is to be said of a text, sentence by sentence, as the text is read.

    A sentence's spans follow each other without gaps: one for each word, one for what stands between two.  Between
    sentences the white space is left out, and stretches in which nothing is spoken; a text of nothing else yields no
    sentence.  English ("en", "en-gb" ...) is put into words; other languages keep their figures for the speaker.
    "[pause:0.5s]" ends a sentence and asks for that silence; before the first words it comes as a sentence of no spans.
    """
    last: Sentence | None = None
    asked_s = 0.0
    for piece, mark in _pieces(tokens(text, language)):
        spans = _spans(text, piece, is_whole=mark is not Mark.INSIDE)
        if spans:
            if last or asked_s:
                yield _followed(last or Sentence(()), asked_s)
            last, asked_s = Sentence(spans), 0.0
        if mark is Mark.PAUSE:
            asked_s += pause_seconds(text[piece[-1].start : piece[-1].end])
        elif mark is Mark.PARAGRAPH and last:
            last = replace(last, pause_s=_PARAGRAPH_PAUSE_S)
    if last:
        yield replace(last, pause_s=min(asked_s, LONGEST_PAUSE_S))


def _followed(sentence: Sentence, asked_s: float) -> Sentence:
    """Return a sentence the silence that is asked for behind it."""
    return replace(sentence, pause_s=max(sentence.pause_s, min(asked_s, LONGEST_PAUSE_S)))


def _pieces(scanned: Iterable[Token]) -> Iterator[tuple[list[Token], Mark]]:
    """Gather tokens to sentences, or to parts of those that grow too long."""
    held: list[Token] = []
    length = 0
    for token in scanned:
        while held and (length + _room(token) > MOST_SPOKEN or len(held) >= _MOST_TOKENS):
            cut = _best_cut(held)
            yield held[:cut], Mark.INSIDE
            held = held[cut:]
            length = sum(map(_room, held))
        held.append(token)
        length += _room(token)
        if token.mark:
            yield held, token.mark
            held, length = [], 0
    yield held, Mark.END


def _room(token: Token) -> int:
    """Count the characters a token takes at most, with the spaces that may be set around it."""
    return len(token.spoken) + (token.spoken not in {"", " "}) + (token.spoken == "—")


def _best_cut(held: Sequence[Token]) -> int:
    """Find the token after which a piece that is too long had best end."""
    lengths = list(accumulate(len(token.spoken) for token in held))
    late = [index for index in range(len(held)) if lengths[index] > lengths[-1] // 3]
    pauses = [index for index in late if held[index].spoken in GLUE]
    return 1 + max((i for i in pauses if held[i].spoken != " "), default=max(pauses, default=len(held) - 1))


_WEAK = (" ", ",", ";", ":", "—")  # what a whole sentence cannot end with


def _spans(text: str, piece: Sequence[Token], *, is_whole: bool) -> tuple[Span, ...]:
    """Set words and the pauses between them; nothing where nothing is spoken."""
    words = [index for index, token in enumerate(piece) if token.spoken and token.spoken not in GLUE]
    if not words:
        return ()
    spoken = ["" if token.spoken in GLUE else token.spoken for token in piece]
    for before, after in pairwise(words):
        gap = [index for index in range(before + 1, after) if piece[index].spoken]
        if gap:
            strongest = _set_mark(spoken, piece, before, gap)
            space = max((index for index in gap if piece[index].spoken == " "), default=strongest)
            spoken[max(strongest, space)] += " "
        elif _needs_space(text, piece[before], piece[after]):
            spoken[after] = f" {spoken[after]}"
    end = [index for index in range(words[-1] + 1, len(piece)) if piece[index].spoken]
    if end and not (is_whole and all(piece[index].spoken in _WEAK for index in end)):
        _set_mark(spoken, piece, words[-1], end)
    return _trimmed(
        [Span(said, text[token.start : token.end], token.start) for said, token in zip(spoken, piece, strict=True)]
    )


def _set_mark(spoken: list[str], piece: Sequence[Token], word: int, gap: Sequence[int]) -> int:
    """Say the strongest of the pauses behind a word and return its place."""
    strongest = max(gap, key=lambda index: GLUE.index(piece[index].spoken))
    mark = piece[strongest].spoken
    is_said = mark == "." and spoken[word].endswith(".")
    spoken[strongest] = "" if is_said else {" ": "", "—": " —"}.get(mark, mark)
    return strongest


def _needs_space(text: str, before: Token, after: Token) -> bool:
    """Return whether two words that touch must be parted: not those written as one, nor an "'s"."""
    if after.spoken.startswith("'"):
        return False
    return any(token.spoken != text[token.start : token.end] for token in (before, after))


def _trimmed(spans: list[Span]) -> tuple[Span, ...]:
    """Drop the white space around a sentence."""
    first, last = 0, len(spans)
    while spans[first].written.isspace():
        first += 1
    while spans[last - 1].written.isspace():
        last -= 1
    return tuple(spans[first:last])
