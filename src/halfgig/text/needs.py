"""What a text must contain for the pattern of a rule to match anywhere in it, so that other rules are left alone.

The needs of a pattern follow from its syntax, but to parse it takes as long as to compile it. They are therefore kept
in a file that `python -m tools.rule_needs` writes; a pattern without an entry needs nothing.
"""

from collections.abc import Sequence
from functools import cache
from itertools import islice
from operator import add
from pathlib import Path
from sys import intern
from zlib import crc32

FILE = Path(__file__).parents[1] / "assets" / "rule_needs.txt"

SPACE = "\N{OPEN BOX}"
"""Stands for white space, which separates the members of a need in the file, and by tabs the needs of a pattern."""

_PIECE_CHARACTERS = 4096  # of a long text, so that there is no second one of its length

Need = tuple[str, ...]
"""Characters and pairs of adjacent characters, folded; one of them is in every text that matches."""


def needs_of(pattern: str) -> Sequence[Need]:
    """Return what a text must contain for a pattern to match in it; nothing if that is not known."""
    return _stored().get(key(pattern), ())


@cache
def _stored() -> dict[str, tuple[Need, ...]]:
    lines = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
    return {pattern: tuple(map(_need, needs)) for pattern, *needs in lines}


@cache  # many rules have the same need
def _need(stored: str) -> Need:
    return tuple(map(intern, stored.split(" ")))


def key(pattern: str) -> str:
    """Return the name of a pattern in the file."""
    return f"{crc32(pattern.encode()):08x}"


class _Folded(dict[int, str]):
    """Each character and the one that stands for it."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = "0" if character.isdecimal() else SPACE if character.isspace() else character
        return self.setdefault(code, folded)


_FOLDED = _Folded()


def folded(text: str) -> str:
    """Return a text with "0" for every digit and `SPACE` for every white space."""
    return text.translate(_FOLDED)


def contents(text: str) -> set[str]:
    """Return the characters and the pairs of adjacent characters of a text, folded."""
    found = set[str]()
    for start in range(0, len(text), _PIECE_CHARACTERS):
        piece = folded(text[start : start + _PIECE_CHARACTERS + 1])
        found.update(piece, map(add, piece, islice(piece, 1, None)))
    return found


def are_met(needs: Sequence[Need], unseen: frozenset[str]) -> bool:
    """Return whether a member of each need has been seen."""
    return not any(map(unseen.issuperset, needs))
