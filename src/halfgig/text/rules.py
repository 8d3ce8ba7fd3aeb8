"""The one scan over a text: tables of rules, each a pattern and how what it finds is said.

A rule is tried only where its kind of character begins; the first rule of a table that matches and has something to
say takes the stretch.  Nothing is scanned twice, so written and spoken stay aligned to the character.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple


class Mark(IntEnum):
    """What a token does to the sentence it stands in."""

    INSIDE = 0
    END = 1
    PARAGRAPH = 2
    PAUSE = 3
    """Ends a sentence like `END`; its token says how long to be silent."""


class Token(NamedTuple):
    """How one stretch of a text is spoken."""

    spoken: str
    """Words, one of `GLUE`, or "" for what is not said."""
    start: int
    """Where the stretch begins in the text, in characters."""
    end: int
    """Where the stretch ends in the text, in characters."""
    mark: Mark = Mark.INSIDE
    """Whether a sentence or a paragraph ends with it."""


Say = Callable[[re.Match[str]], str | None]
"""Give what a match is spoken as; None leaves it to the next rule."""


class Rule(NamedTuple):
    """One kind of written thing and how it is said."""

    begins: str
    """The kinds of first character it can have: "L" letter, "D" digit, "S" space, "P" any other."""
    pattern: str
    """Every repetition in it is bounded or possessive: no input may make the scan slower than linear."""
    say: str | Say
    """What it is spoken as; a plain string where that is always the same."""
    mark: Mark = Mark.INSIDE
    """Whether a sentence or a paragraph ends with it."""


GLUE = (" ", ",", "—", ":", ";", "…", ".", "?", "!")
"""What stands between words, the weakest first; of several in a row only the strongest is kept."""

LONGEST_SAYING = 300
"""Characters spoken in place of one stretch; what would take more is left to the simpler rules behind."""

Compiled = tuple[Callable[[str, int], re.Match[str] | None], Say, Mark]


def compiled(rules: Sequence[Rule]) -> Mapping[str, Sequence[Compiled]]:
    """Group rules by the kind of character they begin with, in their order."""
    table: dict[str, list[Compiled]] = {kind: [] for kind in "LDSP"}
    for rule in rules:
        entry = (
            re.compile(rule.pattern).match,
            _constant(rule.say) if isinstance(rule.say, str) else rule.say,
            rule.mark,
        )
        for kind in rule.begins:
            table[kind].append(entry)
    return table


def _constant(spoken: str) -> Say:
    return lambda _: spoken


@lru_cache(1024)
def kind_of(character: str) -> str:
    """Return which rules may begin with a character."""
    if character.isspace():
        return "S"
    if character.isdecimal():
        return "D"
    return "L" if character.isalpha() else "P"


def scan(text: str, table: Mapping[str, Sequence[Compiled]]) -> Iterator[Token]:
    """Yield the whole text as tokens, in its order and without gaps."""
    position = 0
    while position < len(text):
        for match_at, say, mark in table[kind_of(text[position])]:
            match = match_at(text, position)
            if match and (spoken := say(match)) is not None and len(spoken) <= LONGEST_SAYING:
                yield Token(spoken, position, match.end(), mark)
                position = match.end()
                break
        else:  # no table should come to this: an unknown character is skipped rather than looped on
            yield Token("", position, position + 1)
            position += 1


def as_written(match: re.Match[str]) -> str:
    """Return what was written."""
    return match[0]


def part(group: str) -> Say:
    """Return a way to say one group of a match as it was written."""
    return lambda match: match[group]


def looked_up(table: Mapping[str, str], group: str | int = 0) -> Say:
    """Return a way to say a match, or one group of it, by a table."""
    return lambda match: table[match[group]]


def any_of(words: Sequence[str] | Mapping[str, object]) -> str:
    """Return a pattern for any of some words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


_WORD_BEFORE = re.compile(r"([^\W\d_]+|\d+)\.?[\s,]{1,3}\Z")


def word_before(match: re.Match[str]) -> str:
    """Return the word in front of a match, "" when there is none beside it."""
    found = _WORD_BEFORE.search(match.string[max(0, match.start() - 30) : match.start()])
    return found[1] if found else ""


def begins_line(match: re.Match[str]) -> bool:
    """Return whether nothing but a few spaces stands before a match on its line."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    rest = before.rstrip(" \t")
    return rest.endswith(("\n", "\r")) or (not rest and match.start() == len(before))
