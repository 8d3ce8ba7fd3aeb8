"""Tables of normalization rules: all of them for English, only the language-independent ones for other languages.

The first rule of a table that matches wins, so special rules come before general ones: dates, addresses, numbers,
words, punctuation. To support something new, add a `Rule` to the module of its kind and run
`python -m tools.rule_needs`; the scan never changes.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from halfgig.text.rules import Rule, Table, Token, scan


def tokens(text: str, language: str = "en-us", given: Iterable[Token] = ()) -> Iterator[Token]:
    """Yield the tokens of a text in order and without gaps; each has its spoken form and its place in the text.

    `given` are tokens that markup or a lexicon puts in the places of others.
    """
    return scan(text, _table(_base(language)), given)


def rules(language: str) -> tuple[Rule, ...]:
    """Return the rules for a language, in the order they are tried."""
    if is_english(language):
        from halfgig.text import english  # a cell seldom speaks a second language

        return english.RULES
    from halfgig.text import foreign

    return foreign.rules(_base(language))


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
