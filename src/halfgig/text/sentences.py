"""Written text to normalized sentences: spans of spoken words aligned with the written text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from halfgig.text.markup import MAX_PAUSE_S, pause_seconds
from halfgig.text.normalization import tokens
from halfgig.text.rules import SEPARATORS, Boundary, Token

MAX_SENTENCE_CHARACTERS = 400
"""Maximum spoken characters of a sentence; a longer one is split at a pause, else between words, else anywhere."""

_MAX_TOKENS = 1000  # bounds a sentence of silent characters
_PARAGRAPH_PAUSE_S = 0.35


class Span(NamedTuple):
    """A part of the written text with its spoken form."""

    spoken: str
    """Text for the engine: "three dollars and fifty cents"."""
    written: str
    """The part as it was written: "$3.50"."""
    start: int
    """Offset of `written` in the whole text, in characters."""
    phonemes: str = ""
    """Its phonemes in IPA where markup or a lexicon gives them."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in spoken and written form."""

    spans: tuple[Span, ...]
    """In text order; their `spoken` parts joined without a separator make the sentence."""
    pause_s: float = 0.0
    """Extra pause after the sentence in seconds, after a paragraph or for a "[pause:...]" in the text."""
    offset: int = 0
    """Offset in the whole text, in characters, of a sentence without spans."""
    is_open: bool = False
    """True when the next one continues it: a pause after it would cut a sentence in two."""

    @property
    def start(self) -> int:
        """Offset of the sentence in the whole text, in characters; no two sentences have the same."""
        return self.spans[0].start if self.spans else self.offset

    @property
    def spoken(self) -> str:
        """The sentence as it is spoken."""
        return "".join(span.spoken for span in self.spans)

    @property
    def written(self) -> str:
        """The sentence as it was written."""
        return "".join(span.written for span in self.spans)


def sentences(
    text: str, language: str = "en-us", given: Iterable[Token] = (), offset: int = 0, *, continues: bool = False
) -> Iterator[Sentence]:
    """Yield the sentences of a text lazily.

    The spans of a sentence have no gaps: one per word, one for the text between two words. White space and silent text
    between sentences are left out; a text without spoken words yields nothing. English ("en", "en-gb" ...) is fully
    normalized; in other languages numbers are left to the engine. "[pause:0.5s]" ends a sentence and adds a pause;
    before the first words it yields a sentence without spans. `given` are tokens of the text that stand instead of what
    is written in their places; `offset` is where the text begins in a longer one, which `continues` a
    sentence that the text does not end.
    """
    last: Sentence | None = None
    requested_s = 0.0
    end = Boundary.NONE if continues else Boundary.SENTENCE
    for piece, boundary in _pieces(tokens(text, language, given), end):
        spans = _moved(_spans(text, piece, is_whole=boundary is not Boundary.NONE), offset)
        if spans:
            if last or requested_s:
                yield _followed(last or Sentence((), offset=offset), requested_s)
            last, requested_s = Sentence(spans, is_open=boundary is Boundary.NONE), 0.0
        if boundary is Boundary.PAUSE:
            requested_s += piece[-1].pause_s or pause_seconds(text[piece[-1].start : piece[-1].end])
        elif boundary is Boundary.PARAGRAPH and last:
            last = replace(last, pause_s=_PARAGRAPH_PAUSE_S)
    if last:
        yield replace(last, pause_s=min(requested_s, MAX_PAUSE_S))


def _moved(spans: tuple[Span, ...], offset: int) -> tuple[Span, ...]:
    """Return spans of a text that begins at `offset` of a longer one."""
    return tuple(span._replace(start=span.start + offset) for span in spans) if offset else spans


def _followed(sentence: Sentence, requested_s: float) -> Sentence:
    """Return the sentence with at least the requested pause after it."""
    return replace(sentence, pause_s=max(sentence.pause_s, min(requested_s, MAX_PAUSE_S)))


def _pieces(scanned: Iterable[Token], end: Boundary) -> Iterator[tuple[list[Token], Boundary]]:
    """Group tokens into sentences, the last with the boundary `end`; split those that are too long."""
    held: list[Token] = []
    length = 0
    for token in scanned:
        while held and (length + _spoken_length(token) > MAX_SENTENCE_CHARACTERS or len(held) >= _MAX_TOKENS):
            cut = _best_cut(held)
            yield held[:cut], Boundary.NONE
            held = held[cut:]
            length = sum(map(_spoken_length, held))
        held.append(token)
        length += _spoken_length(token)
        if token.boundary:
            yield held, token.boundary
            held, length = [], 0
    yield held, end


def _spoken_length(token: Token) -> int:
    """Return the maximum spoken length of a token, including the spaces that may be added around it."""
    return len(token.spoken) + (token.spoken not in {"", " "}) + (token.spoken == "—")


def _best_cut(held: Sequence[Token]) -> int:
    """Return the number of tokens before the best split of a sentence that is too long."""
    lengths = list(accumulate(len(token.spoken) for token in held))
    late = [index for index in range(len(held)) if lengths[index] > lengths[-1] // 3]
    pauses = [index for index in late if held[index].spoken in SEPARATORS]
    return 1 + max((i for i in pauses if held[i].spoken != " "), default=max(pauses, default=len(held) - 1))


_WEAK = (" ", ",", ";", ":", "—")  # a complete sentence cannot end with these


def _spans(text: str, piece: Sequence[Token], *, is_whole: bool) -> tuple[Span, ...]:
    """Return word and pause spans; empty if the text has nothing to speak."""
    words = [index for index, token in enumerate(piece) if token.spoken and token.spoken not in SEPARATORS]
    if not words:
        return ()
    spoken = ["" if token.spoken in SEPARATORS else token.spoken for token in piece]
    for before, after in pairwise(words):
        gap = [index for index in range(before + 1, after) if piece[index].spoken]
        if gap:
            strongest = _set_separator(spoken, piece, before, gap)
            space = max((index for index in gap if piece[index].spoken == " "), default=strongest)
            spoken[max(strongest, space)] += " "
        elif _needs_space(text, piece[before], piece[after]):
            spoken[after] = f" {spoken[after]}"
    end = [index for index in range(words[-1] + 1, len(piece)) if piece[index].spoken]
    if end and not (is_whole and all(piece[index].spoken in _WEAK for index in end)):
        _set_separator(spoken, piece, words[-1], end)
    return _trimmed(
        [
            Span(spoken, text[token.start : token.end], token.start, token.phonemes)
            for spoken, token in zip(spoken, piece, strict=True)
        ]
    )


def _set_separator(spoken: list[str], piece: Sequence[Token], word: int, gap: Sequence[int]) -> int:
    """Keep only the strongest separator after a word and return its index."""
    strongest = max(gap, key=lambda index: SEPARATORS.index(piece[index].spoken))
    separator = piece[strongest].spoken
    is_spoken = separator == "." and spoken[word].endswith(".")
    spoken[strongest] = "" if is_spoken else {" ": "", "—": " —"}.get(separator, separator)
    return strongest


def _needs_space(text: str, before: Token, after: Token) -> bool:
    """Return whether adjacent words need a space: not if both are spoken as written, and not before "'s"."""
    if after.spoken.startswith("'"):
        return False
    return any(token.spoken != text[token.start : token.end] for token in (before, after))


def _trimmed(spans: list[Span]) -> tuple[Span, ...]:
    """Return the spans without white space at either end."""
    first, last = 0, len(spans)
    while spans[first].written.isspace():
        first += 1
    while spans[last - 1].written.isspace():
        last -= 1
    return tuple(spans[first:last])
