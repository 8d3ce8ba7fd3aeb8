"""Tables of normalization rules: all of them for English, only the language-independent ones for other languages.

The first rule of a table that matches wins, so special rules come before general ones: dates, addresses, numbers,
words, punctuation. To support something new, add a `Rule` to the module of its kind and run
`python -m tools.rule_needs`; the scan never changes.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from halfgig.text import (
    abbreviations,
    addresses,
    arithmetic,
    characters,
    chat,
    codes,
    dates,
    directions,
    doses,
    durations,
    foreign_addresses,
    formulas,
    german,
    identifiers,
    inches,
    lines,
    markup,
    money,
    pairs,
    punctuation,
    quantities,
    ratings,
    romance,
    romans,
    verses,
    weekdays,
    words,
)
from halfgig.text.characters import PART_OF_WORD, SILENT, WORD
from halfgig.text.rules import Rule, Table, Token, as_written, scan
from halfgig.text.words import plain_word


def tokens(text: str, language: str = "en-us", given: Iterable[Token] = ()) -> Iterator[Token]:
    """Yield the tokens of a text in order and without gaps; each has its spoken form and its place in the text.

    `given` are tokens that markup or a lexicon puts in the places of others.
    """
    return scan(text, _table(_base(language)), given)


def rules(language: str) -> tuple[Rule, ...]:
    """Return the rules for a language, in the order they are tried."""
    return _english() if is_english(language) else _foreign(_base(language))


def is_english(language: str) -> bool:
    """Return whether a BCP 47 tag is English: "en", "en-gb"."""
    return re.match(r"en(?![a-z])", language.lower()) is not None


_WITH_RULES = ("en", "de", "fr", "es", "it", "pt")

TABLES = (*_WITH_RULES, "pt-pt", "")
"""The languages that have a table each; "" stands for all others."""


def _base(language: str) -> str:
    """Return the language of a tag, if there are rules for it: "pt" for "pt-br", "" for Finnish; "pt-pt" is its own."""
    if language.lower().replace("_", "-") == "pt-pt":
        return "pt-pt"
    base = re.split(r"[-_]", language.lower(), maxsplit=1)[0]
    return base if base in _WITH_RULES else ""


@cache
def _table(language: str) -> Table:
    return Table(rules(language))


def _english() -> tuple[Rule, ...]:
    return (
        *markup.DIRECTIVES,
        *punctuation.COMMON,
        *punctuation.ENGLISH_COMMON,
        *words.COMMON,
        *punctuation.PARAGRAPHS,
        *markup.COUNTERS,
        *chat.RULES,
        *formulas.RULES,
        *arithmetic.FIRST,
        *identifiers.RULES,
        *verses.RULES,
        *dates.RULES,
        *weekdays.RULES,
        *codes.RULES,
        *addresses.RULES,
        *money.RULES,
        *durations.RULES,
        *doses.RULES,
        *inches.RULES,
        *arithmetic.RULES,
        *pairs.RULES,
        *ratings.RULES,
        *quantities.RULES,
        *directions.RULES,
        *abbreviations.RULES,
        *romans.RULES,
        *words.RULES,
        *quantities.DIGITS,
        *lines.RULES,
        *markup.RULES,
        *characters.RULES,
        *punctuation.SPACES,
        *punctuation.ENGLISH,
    )


def _foreign_word(match: re.Match[str]) -> str:
    return plain_word(match[0])


_FOREIGN_WORDS = (
    Rule("L", rf"(?:https?://|www\.)[^\s<>|\"*`\[\](){{}}{SILENT}]{{1,200}}(?<![.,:;!?])", as_written),
    Rule("LP", rf"{WORD}(?:['\u2019\u02bc\u2010\u2011.@:/_-]{WORD}){{0,6}}", _foreign_word),
    Rule("LP", PART_OF_WORD, _foreign_word),
    Rule(
        "DP",
        r"(?:(?<!\w)[-\u2212+])?\d{1,40}(?:(?:[.,:/'\u2019-]|[ \xa0\u202f](?=\d{3}(?!\d)))\d{1,40}){0,6}",
        as_written,
    ),
    Rule("P", r"[%‰$€£¥₹°§&+=@\u00d7÷/√∞≤≥≠±²³¹½¼¾⅓⅔]", as_written),
)


def _foreign(language: str) -> tuple[Rule, ...]:
    return (
        *markup.DIRECTIVES,
        *punctuation.COMMON,
        *punctuation.PARAGRAPHS,
        *foreign_addresses.rules(language[:2]),
        *(german.RULES if language == "de" else romance.rules(language)),
        *_FOREIGN_WORDS,
        *lines.RULES,
        *markup.RULES,
        *characters.SILENT_SYMBOLS,
        *punctuation.SPACES,
        *punctuation.FOREIGN,
    )
