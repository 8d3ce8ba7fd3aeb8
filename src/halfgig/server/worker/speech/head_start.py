"""How long the first sound of a speech is held back, so that what follows comes before it was heard.

A short first sentence is over before a network has made a long second one.  Held back as long as the pace asks for, it
is heard a little later, and no silence follows it.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_HELD_S = 6.0
"""Longest time that sound is held back; then a gap is better than more silence before it."""

MOST_SENTENCES = 12
"""Sentences that are looked at: after them the speech is ahead, or the pace is none to be held."""

LONGEST_PASS_S = 11.0
"""Most seconds that are made at once; of a longer sentence the first part comes before the rest."""

CHARACTER_S, WIDE_CHARACTER_S, PAUSE_S = 0.065, 0.2, 0.35
"""Seconds that a character is spoken in, one of Chinese, Japanese or Korean, and the pause after a sentence."""

_ENDS = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|[。！？]+|\n+")  # noqa: RUF001 - ends of Chinese and Japanese


def head_start_s(made_s: float, lengths: Iterable[float], pace: float) -> float:
    """Return how many seconds from now sound has to begin, so that what is made in turn is there when it is due.

    `made_s` seconds of sound are there, `lengths` are those of what follows.  None are enough where making takes longer
    than hearing: then it begins at once.
    """
    if pace >= 1:
        return 0.0
    needed = there_s = 0.0
    for length in lengths:
        there_s += pace * length
        needed = max(needed, there_s - made_s)
        made_s += length
    return needed


def lengths_of(text: str, start: int, given_s: float, speed: float) -> Iterator[float]:
    """Yield about how many seconds each pass over the rest of a text is, from `start` on, where `given_s` were made."""
    for length in islice(_sentences(text, start), MOST_SENTENCES):
        left_s = max(0.0, length / speed - given_s)
        given_s = 0.0
        while left_s > LONGEST_PASS_S:
            yield LONGEST_PASS_S
            left_s -= LONGEST_PASS_S
        yield left_s


def _sentences(text: str, start: int) -> Iterator[float]:
    """Yield the seconds of the sentences of a text at speed 1."""
    while start < len(text):
        match = _ENDS.search(text, start)
        end = match.end() if match else len(text)
        said = text[start:end].strip()
        if said:
            yield PAUSE_S + sum(_seconds(character) for character in said)
        start = end


def _seconds(character: str) -> float:
    return WIDE_CHARACTER_S if unicodedata.east_asian_width(character) == "W" else CHARACTER_S
