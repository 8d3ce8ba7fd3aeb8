"""Split pieces into chunks of the length that Kokoro's networks accept, at the best pauses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from halfgig.tts.kokoro.g2p.alphabet import SILENT
from halfgig.tts.kokoro.g2p.tokens import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_PHONEMES = 510
"""Maximum phonemes per pass of the networks, without the pads at both ends."""

_BREAKS = ("!.?…", ":;", ",—", " ")
"""Where to split (after these characters), best first."""

_LEAST_SHARE = 3  # a chunk is not cut in its first third
_AHEAD = 4  # number of chunks that are balanced against each other


class WordSpan(NamedTuple):
    """A word and its range in the phonemes of a chunk."""

    text: str
    """The word as it was written."""
    first: int
    """Index of its first phoneme."""
    end: int
    """Index after its last phoneme."""


@dataclass(frozen=True, slots=True)
class PhonemeChunk:
    """Phonemes spoken in one pass of the networks."""

    phonemes: str
    """At most `MAX_PHONEMES` characters of the vocabulary, one token each; "" for a pause only."""
    words: tuple[WordSpan, ...] = ()
    """In order, without overlap."""
    text: str = ""
    """The part of the text spoken in this chunk, as it was written."""
    pause_s: float = 0.0
    """Extra silence after it in seconds, in addition to that of its punctuation."""


def chunks_of(pieces: Iterable[Piece], most: int = MAX_PHONEMES, pause_s: float = 0.0) -> Iterator[PhonemeChunk]:
    """Yield a sentence as chunks of at most `most` phonemes, split evenly and at the strongest pauses.

    `pause_s` follows the last chunk. Pieces without sound yield nothing.
    """
    limit = max(1, min(most, MAX_PHONEMES))
    before: PhonemeChunk | None = None
    for group in _groups(_cut_words(pieces, limit), limit):
        chunk = _chunk(group)
        if chunk and before:
            yield before
        before = chunk or before
    if before:
        yield replace(before, pause_s=pause_s)


def _groups(pieces: Iterable[Piece], limit: int) -> Iterator[list[Piece]]:
    """Group pieces into chunks, looking a few chunks ahead."""
    held: list[Piece] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece.phonemes)
        if length > _AHEAD * limit:
            end = _end_of_chunk(held, limit)
            yield held[:end]
            held = held[end:]
            length = sum(len(each.phonemes) for each in held)
    while held:
        end = _end_of_chunk(held, limit)
        yield held[:end]
        held = held[end:]


def _cut_words(pieces: Iterable[Piece], limit: int) -> Iterator[Piece]:
    """Split words longer than a chunk at their spaces, else anywhere; the first part has the text of the word."""
    for piece in pieces:
        rest = piece
        while len(rest.phonemes) > limit:
            end = rest.phonemes.rfind(" ", 1, limit) + 1 or limit
            yield rest._replace(phonemes=rest.phonemes[:end])
            rest = Piece(rest.phonemes[end:])
        yield rest


def _end_of_chunk(pieces: Sequence[Piece], limit: int) -> int:
    """Return the number of pieces in the first chunk."""
    lengths = list(accumulate(len(piece.phonemes) for piece in pieces))
    total = lengths[-1]
    if total <= limit:
        return len(pieces)
    even = total / -(-total // limit)  # length of the smallest number of equal chunks
    fitting = [index for index, length in enumerate(lengths) if length <= limit]
    late = [index for index in fitting if lengths[index] * _LEAST_SHARE > limit]
    for signs in _BREAKS:
        places = [index for index in late if _ends_with(pieces[index], signs) and not _is_closed_later(pieces, index)]
        if places:
            return 1 + min(places, key=lambda index: abs(lengths[index] - even))
    return max(1, len(fitting))


def _ends_with(piece: Piece, signs: str) -> bool:
    return piece.phonemes.endswith(tuple(signs)) and (not piece.text or signs == " ")


def _is_closed_later(pieces: Sequence[Piece], index: int) -> bool:
    # Closing punctuation stays with its quotation.
    return index + 1 < len(pieces) and not pieces[index + 1].text and pieces[index + 1].phonemes[:1] in "”)!.?…:;,—"


def _chunk(pieces: Sequence[Piece]) -> PhonemeChunk | None:
    run, words = "", list[WordSpan]()
    text = "".join(piece.source for piece in pieces)
    for piece in pieces:
        phonemes = piece.phonemes if run else piece.phonemes.lstrip()
        if piece.text and phonemes.strip():
            words.append(WordSpan(piece.text, len(run), len(run) + len(phonemes.rstrip())))
        run += phonemes
    run = run.rstrip()
    return PhonemeChunk(run, tuple(words), text) if any(sign not in SILENT for sign in run) else None
