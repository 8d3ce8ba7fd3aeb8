"""Write what a text must contain for each rule of normalization to match in it; see `halfgig.text.needs`.

python -m tools.rule_needs [OUT]     (default: src/halfgig/assets/rule_needs.txt)

Every character of a match, and of what looks ahead of it and behind it, is in the text. The parse tree of a pattern
says which characters its parts can begin and end with, hence which characters, and which pairs of neighbours, are in
every text that it matches. The rarest in prose are kept.
"""

import re
import sys
from itertools import product
from math import fsum, prod
from pathlib import Path
from re import _constants as syntax
from re import _parser
from typing import Any, NamedTuple

from halfgig.text.needs import FILE, SPACE, folded, key
from halfgig.text.normalization import TABLES, rules

Characters = frozenset[str]
Need = frozenset[str]
Parts = list[tuple[Any, Any]]

MOST_KEPT = 2
MOST_FREQUENT = 0.05
RAREST = 0.00003
MOST_CHARACTERS = 300
MOST_PAIRS = 200
ANYTHING: Characters | None = None
NOTHING: Characters = frozenset()
COMMON = f"{SPACE}etaoinshrdlcumwfgypbvk,.-'\"ITASHWMBCDEFGJKLNOPRUVY"
"""The characters of prose, the most frequent first; others are rare."""


class Part(NamedTuple):
    """What the syntax of a part of a pattern says about its matches."""

    first: Characters | None = NOTHING
    """The characters it can begin with; None: any."""
    last: Characters | None = NOTHING
    """The characters it can end with; None: any."""
    can_be_empty: bool = True
    needs: tuple[Need, ...] = ()
    """Sets; every text that it matches has a member of each."""
    ahead: Characters | None = NOTHING
    """For what only looks ahead: the characters that come next; empty if not known."""
    behind: Characters | None = NOTHING
    """For what only looks behind: the characters that come before."""


UNKNOWN = Part(ANYTHING, ANYTHING)


def needs_of(pattern: str, most: int = MOST_KEPT) -> list[str]:
    """Return the needs of a pattern that are rare in prose, the rarest first."""
    tree = _parser.parse(pattern)
    if tree.state.flags & re.IGNORECASE:
        return []
    found = sorted(set(sequence(tree).needs), key=lambda need: (frequency(need), sorted(need)))
    return [" ".join(sorted(need)) for need in found[:most] if frequency(need) < MOST_FREQUENT]


def frequency(need: Need) -> float:
    """Return about how often a member of a need is found in prose; a long need is also slower to look for."""
    return fsum(max(RAREST, prod(map(share, member))) for member in need)


def share(character: str) -> float:
    """Return about what part of prose a character is."""
    return 0.2 / (1 + COMMON.index(character)) if character in COMMON else 0.001


def sequence(parts: Parts) -> Part:
    """Return what is known about parts that follow each other."""
    each = [part_of(kind, what) for kind, what in parts]
    needs = [need for part in each for need in part.needs]
    for place in range(1, len(each)):
        needs += neighbours(each[:place], each[place:])
    first, starts_empty = start([(part.first, part.can_be_empty) for part in each])
    last, _ = start([(part.last, part.can_be_empty) for part in reversed(each)])
    return Part(first, last, starts_empty, tuple(needs))


def start(parts: list[tuple[Characters | None, bool]]) -> tuple[Characters | None, bool]:
    """Return the characters that parts can begin with, and whether all of them can be empty."""
    characters: Characters | None = NOTHING
    for first, can_be_empty in parts:
        characters = either(characters, first)
        if not can_be_empty:
            return characters, False
    return characters, True


def neighbours(before: list[Part], after: list[Part]) -> list[Need]:
    """Return the pairs of characters that can be where two parts of a sequence meet."""
    last, can_be_empty = start([(part.last, part.can_be_empty) for part in reversed(before)])
    if before[-1].behind:
        last, can_be_empty = before[-1].behind, False
    first, nothing_follows = start([(part.first, part.can_be_empty) for part in after])
    if after[0].ahead:
        first, nothing_follows = after[0].ahead, False
    if can_be_empty or nothing_follows or last is None or first is None or len(last) * len(first) > MOST_PAIRS:
        return []
    return [frozenset(a + b for a, b in product(last, first))]


def either(one: Characters | None, other: Characters | None) -> Characters | None:
    """Return the characters of both sets."""
    return None if one is None or other is None else one | other


def part_of(kind: Any, what: Any) -> Part:
    """Return what is known about one part of the parse tree of a pattern."""
    if kind is syntax.LITERAL:
        return one_of(frozenset(folded(chr(what))))
    if kind is syntax.IN:
        return one_of(characters(what))
    if kind in (syntax.ANY, syntax.NOT_LITERAL):
        return one_of(ANYTHING)
    if kind in (syntax.AT, syntax.ASSERT_NOT):
        return Part()
    if kind is syntax.ASSERT:
        return beside(*what)
    if kind is syntax.SUBPATTERN and not (what[1] or what[2]):  # flags of its own
        return sequence(what[3])
    if kind is syntax.ATOMIC_GROUP:
        return sequence(what)
    if kind is syntax.BRANCH:
        return choice([sequence(branch) for branch in what[1]])
    if kind in (syntax.MAX_REPEAT, syntax.MIN_REPEAT, syntax.POSSESSIVE_REPEAT):
        return repeated(*what)
    return UNKNOWN


def one_of(allowed: Characters | None) -> Part:
    """Return what is known about a single character."""
    return Part(allowed, allowed, can_be_empty=False, needs=(allowed,) if allowed else ())


def characters(members: Parts) -> Characters | None:
    """Return the characters of a set, folded; None if they are many."""
    allowed = set()
    for kind, what in members:
        if kind is syntax.LITERAL:
            allowed.add(folded(chr(what)))
        elif kind is syntax.RANGE and what[1] - what[0] < MOST_CHARACTERS:
            allowed |= set(folded("".join(map(chr, range(what[0], what[1] + 1)))))
        elif kind is syntax.CATEGORY and what is syntax.CATEGORY_DIGIT:
            allowed.add("0")
        elif kind is syntax.CATEGORY and what is syntax.CATEGORY_SPACE:
            allowed.add(SPACE)
        else:
            return ANYTHING
    return frozenset(allowed)


def beside(direction: int, parts: Parts) -> Part:
    """Return what is known about what must come next, or before, without being part of the match."""
    inner = sequence(parts)
    if inner.can_be_empty:
        return Part(needs=inner.needs)
    if direction > 0:
        return Part(needs=inner.needs, ahead=inner.first or NOTHING)
    return Part(needs=inner.needs, behind=inner.last or NOTHING)


def choice(branches: list[Part]) -> Part:
    """Return what is known about one of several parts: each has a need, and one of the needs is met."""
    first, last = branches[0].first, branches[0].last
    for branch in branches[1:]:
        first, last = either(first, branch.first), either(last, branch.last)
    needs: tuple[Need, ...] = ()
    if all(branch.needs for branch in branches):
        needs = (frozenset().union(*(min(branch.needs, key=frequency) for branch in branches)),)
    return Part(first, last, any(branch.can_be_empty for branch in branches), needs)


def repeated(least: int, _: int, parts: Parts) -> Part:
    """Return what is known about a repeated part."""
    inner = sequence(parts)
    if least == 0:
        return Part(inner.first, inner.last)
    again = neighbours([inner], [inner]) if least > 1 else []
    return Part(inner.first, inner.last, inner.can_be_empty, (*inner.needs, *again))


def all_needs() -> dict[str, list[str]]:
    """Return the needs of every rule of every language that has any."""
    patterns = {rule.pattern for language in TABLES for rule in rules(language)}
    found = {key(pattern): needs_of(pattern) for pattern in patterns}
    if len(found) < len(patterns):
        raise SystemExit("Two patterns have the same key; give halfgig.text.needs.key more bits.")
    return {name: found[name] for name in sorted(found) if found[name]}


def written() -> str:
    """Return the file: a line for each rule."""
    return "".join("\t".join((name, *needs)) + "\n" for name, needs in all_needs().items())


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else FILE).write_text(written(), encoding="utf-8")
