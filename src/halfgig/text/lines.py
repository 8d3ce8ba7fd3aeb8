"""Single line breaks: the end of a line in a list or a letter, or a place where prose was wrapped."""

import re
from itertools import pairwise

from halfgig.text.characters import INLINE, NEWLINE
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Boundary, Rule

_SEEN = 400  # characters before and after a line break that are looked at
_SHORTEST_WRAP = 55  # prose is wrapped at 60 to 80 characters
_NARROWEST_WRAP = 30
_SLACK = 10  # by hand, lines are wrapped earlier than they must be
_ITEM = 30  # characters of the longest list item without capitals

_HEADER = Pattern(r"[A-Z][\w-]{1,20}(?: [A-Z]?[\w-]{1,20})?:\s")
_BROKEN = Pattern(
    r"(?:[,(\u2013\u2014&+/=-]|\b(?:a|an|the|of|and|or|to|in|on|at|for|with|by|from|is|was|are|my|your|his|her))\Z"
)
_ENDED = Pattern(r"[.!?…:;][\"'\u2019\u201d)\]*_]{0,4}\Z")


def _line_end(match: re.Match[str]) -> str | None:
    """Return "" for a line break that ends a line of its own; None where the sentence goes on."""
    before, after = _lines_before(match), _lines_after(match)
    line, following = before[-1], after[0]
    if not line or not following or _BROKEN.search(line):
        return None
    if _HEADER.match(following) or _HEADER.match(line):
        return ""
    first = following[0]
    if first.islower() or (line[0].islower() and not first.isupper()):
        return "" if _is_list([*before, *after]) else None
    if not first.isalnum() and first not in "\"'\u201c\u2018([*_$€£¿¡«":
        return None
    return None if _is_wrapped(before, after) else ""


def _lines_before(match: re.Match[str]) -> list[str]:
    return _paragraph(match.string[max(0, match.start() - _SEEN) : match.start()], last=True)


def _lines_after(match: re.Match[str]) -> list[str]:
    return _paragraph(match.string[match.end() : match.end() + _SEEN], last=False)


def _paragraph(text: str, *, last: bool) -> list[str]:
    """Return the lines of the last or first paragraph of a text, without space around them."""
    rows = [row.strip() for row in re.split(NEWLINE, text)]
    if last:
        rows.reverse()
    kept = rows[: rows.index("")] if "" in rows[1:] else rows
    return kept[::-1] if last else kept


def _is_list(rows: list[str]) -> bool:
    return len(rows) > 2 and all(
        row[:1].isalnum() and len(row) <= _ITEM and not _ENDED.search(row) and "," not in row for row in rows
    )


def _is_wrapped(before: list[str], after: list[str]) -> bool:
    rows = [*before, *after]
    line, word = before[-1], after[0].split(" ", 1)[0]
    longest = max(map(len, rows))
    if len(rows) > 2 and all(row[:1].isupper() or not row[:1].isalpha() for row in rows):
        return False
    could_stand = len(line) + 1 + len(word) <= longest - _SLACK
    if len(line) >= _SHORTEST_WRAP:
        return not could_stand
    is_greedy = all(len(row) + 1 + len(follower.split(" ", 1)[0]) > longest - 2 for row, follower in pairwise(rows))
    return len(rows) > 3 and longest >= _NARROWEST_WRAP and is_greedy


RULES = (Rule("S", rf"{INLINE}{{0,200}}+{NEWLINE}{INLINE}{{0,200}}+", _line_end, Boundary.SENTENCE),)
