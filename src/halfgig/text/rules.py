"""Normalization rules, and the single scan that applies a table of them to a text.

A rule is tried only at the character classes it can start with. The first rule that matches and returns spoken words
consumes its match. Nothing is scanned twice, so written and spoken text stay aligned to the character.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from halfgig.text.needs import Need, are_met, contents, needs_of
from halfgig.text.pattern import Pattern


class Boundary(IntEnum):
    """The end of a unit of text after a token."""

    NONE = 0
    SENTENCE = 1
    PARAGRAPH = 2
    PAUSE = 3
    """Ends a sentence; the token gives the length of the pause."""


class Token(NamedTuple):
    """The spoken form of one part of a text."""

    spoken: str
    """Words, one of `SEPARATORS`, or "" if nothing is spoken."""
    start: int
    """Offset of its first character in the text."""
    end: int
    """Offset after its last character in the text."""
    boundary: Boundary = Boundary.NONE
    """Boundary after it."""
    phonemes: str = ""
    """Its phonemes in IPA where markup or a lexicon gives them; then `spoken` is the text that they replace."""
    pause_s: float = 0.0
    """Length of the pause of a `Boundary.PAUSE` that the text itself does not give, in seconds."""


Verbalizer = Callable[[re.Match[str]], str | None]
"""Returns the spoken form of a match; None: try the next rule."""


class Rule(NamedTuple):
    """A pattern of written text and its spoken form."""

    starts_with: str
    """Classes of its first character: "L" letter, "D" digit, "S" space, "P" any other."""
    pattern: str
    """Regular expression; every repetition is bounded or possessive, so that the scan is linear for any input."""
    spoken: str | Verbalizer
    """The spoken form, or a function that returns it."""
    boundary: Boundary = Boundary.NONE
    """Boundary after it."""


SEPARATORS = (" ", ",", "—", ":", ";", "…", ".", "?", "!")
"""Spoken forms of separators, weakest first; of several in a row only the strongest is kept."""

MAX_SPOKEN_CHARACTERS = 300
"""Maximum spoken characters of one match; if a rule returns more, simpler rules are tried."""

CompiledRule = tuple[Callable[..., re.Match[str] | None], Verbalizer, Boundary]

Tried = Mapping[str, Sequence[CompiledRule]]
"""Compiled rules by the class of their first character, in the order they are tried."""


class _State(NamedTuple):
    unseen: frozenset[str]
    """Members of needs that no text had so far."""
    waiting: Mapping[int, tuple[Rule, Sequence[Need]]]
    """Rules by their place in the table, with their needs."""
    compiled: Mapping[int, tuple[Rule, CompiledRule]]
    """Rules by their place in the table."""
    tried: Tried


class Table:
    """Rules in order; one is compiled, and then tried, as soon as the texts so far had what its pattern needs."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        waiting = {place: (rule, needs_of(rule.pattern)) for place, rule in enumerate(rules)}
        unseen = frozenset(member for _, needs in waiting.values() for need in needs for member in need)
        self._state = _after(frozenset(), _State(unseen, waiting, {}, {}))

    def rules_for(self, text: str) -> Tried:
        """Return the rules that can match in a text or in one before it."""
        state = self._state
        news = state.unseen & contents(text)
        if news:
            state = self._state = _after(news, state)  # at once, since other threads read it
        return state.tried


def _after(news: frozenset[str], state: _State) -> _State:
    """Return the state of a table after a text that had these members of needs."""
    unseen = state.unseen - news
    met = {place: _compiled(rule) for place, (rule, needs) in state.waiting.items() if are_met(needs, unseen)}
    waiting = {place: entry for place, entry in state.waiting.items() if place not in met}
    compiled = dict(sorted({**state.compiled, **met}.items()))
    tried: dict[str, list[CompiledRule]] = {kind: [] for kind in "LDSP"}
    for rule, entry in compiled.values():
        for kind in rule.starts_with:
            tried[kind].append(entry)
    return _State(unseen, waiting, compiled, tried)


def _compiled(rule: Rule) -> tuple[Rule, CompiledRule]:
    verbalize = _constant(rule.spoken) if isinstance(rule.spoken, str) else rule.spoken
    return rule, (re.compile(rule.pattern).match, verbalize, rule.boundary)


def _constant(spoken: str) -> Verbalizer:
    return lambda _: spoken


@lru_cache(1024)
def character_class(character: str) -> str:
    """Return the class of a character: "L", "D", "S" or "P"."""
    if character.isspace():
        return "S"
    if character.isdecimal():
        return "D"
    return "L" if character.isalpha() else "P"


def scan(text: str, table: Table, given: Iterable[Token] = ()) -> Iterator[Token]:
    """Yield the tokens of a text in order and without gaps.

    `given` are tokens that stand instead of what the rules would make of their places; in order, none empty.
    """
    rules = table.rules_for(text)
    others = iter(given)
    position, other = 0, next(others, None)
    while position < len(text):
        limit = other.start if other else len(text)
        if other and position == limit:
            yield other
            position, other = other.end, next(others, None)
            continue
        for match_at, verbalize, boundary in rules[character_class(text[position])]:
            match = match_at(text, position)
            if match and match.end() > limit:
                match = match_at(text, position, limit)
            if match and (spoken := verbalize(match)) is not None and len(spoken) <= MAX_SPOKEN_CHARACTERS:
                yield Token(spoken, position, match.end(), boundary)
                position = match.end()
                break
        else:  # unreachable with a complete table; skipping the character avoids an endless loop
            yield Token("", position, position + 1)
            position += 1


def as_written(match: re.Match[str]) -> str:
    """Return the match as it was written."""
    return match[0]


def part(group: str) -> Verbalizer:
    """Return a verbalizer that returns one group of the match as it was written."""
    return lambda match: match[group]


def lookup(table: Mapping[str, str], group: str | int = 0) -> Verbalizer:
    """Return a verbalizer that looks up the match, or one group of it, in a table."""
    return lambda match: table[match[group]]


def with_its_capital(spoken: str) -> Verbalizer:
    """Return a verbalizer of words that begin with a capital where the match does."""
    return lambda match: spoken.capitalize() if match[0][0].isupper() else spoken


def any_of(words: Sequence[str] | Mapping[str, object]) -> str:
    """Return a pattern that matches any of the words, longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) + ")"


_WORD_BEFORE = Pattern(r"([^\W\d_]+|\d+)\.?[\s,]{1,3}\Z")


def word_before(match: re.Match[str]) -> str:
    """Return the word directly before a match; "" if there is none."""
    found = _WORD_BEFORE.search(match.string[max(0, match.start() - 30) : match.start()])
    return found[1] if found else ""


def begins_line(match: re.Match[str]) -> bool:
    """Return whether only spaces precede a match on its line."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    rest = before.rstrip(" \t")
    return rest.endswith(("\n", "\r")) or (not rest and match.start() == len(before))
