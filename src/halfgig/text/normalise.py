"""Tables of what is written and how it is said: English in full, other languages without a foreign word put in.

A table is a list of rules, and the first that fits wins, so what is special stands before what is general: dates before
addresses, addresses before numbers, numbers before words, words before punctuation.  To teach something new, write a
`Rule` beside its like and put it into the table; the scan itself never changes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from halfgig.text import abbreviations, addresses, dates, markup, money, punctuation, quantities, symbols, words
from halfgig.text.characters import SILENT, WORD
from halfgig.text.rules import Compiled, Rule, Token, as_written, compiled, scan
from halfgig.text.words import said_word


def tokens(text: str, language: str = "en-us") -> Iterator[Token]:
    """Yield a text as tokens, spoken and written side by side, in its order and without gaps."""
    return scan(text, _table("en" if _is_english(language) else "other"))


def rules(language: str) -> tuple[Rule, ...]:
    """List the rules for a language, those tried first in front."""
    return _english() if _is_english(language) else _foreign()


def _is_english(language: str) -> bool:
    return re.match(r"en(?![a-z])", language.lower()) is not None


@cache
def _table(language: str) -> Mapping[str, Sequence[Compiled]]:
    return compiled(rules(language))


def _english() -> tuple[Rule, ...]:
    return (
        *markup.MARKERS,
        *punctuation.COMMON,
        *words.COMMON,
        *punctuation.PARAGRAPHS,
        *markup.COUNTERS,
        *dates.RULES,
        *addresses.RULES,
        *money.RULES,
        *quantities.RULES,
        *abbreviations.RULES,
        *words.RULES,
        *quantities.DIGITS,
        *markup.RULES,
        *symbols.RULES,
        *punctuation.SPACES,
        *punctuation.ENGLISH,
    )


def _foreign_word(match: re.Match[str]) -> str:
    return said_word(match[0])


_FOREIGN_WORDS = (
    Rule("L", rf"(?:https?://|www\.)[^\s<>|\"*`\[\](){{}}{SILENT}]{{1,200}}(?<![.,:;!?])", as_written),
    Rule("LP", rf"{WORD}(?:['\u2019\u02bc\u2010\u2011.@:/_-]{WORD}){{0,6}}", _foreign_word),
    Rule(
        "DP",
        r"(?:(?<!\w)[-\u2212+])?\d{1,40}(?:(?:[.,:/'\u2019-]|[ \xa0\u202f](?=\d{3}(?!\d)))\d{1,40}){0,6}",
        as_written,
    ),
    Rule("P", r"[%‰$€£¥₹°§&+=@\u00d7÷/√∞≤≥≠±²³¹½¼¾⅓⅔]", as_written),
)


def _foreign() -> tuple[Rule, ...]:
    return (
        *markup.MARKERS,
        *punctuation.COMMON,
        *punctuation.PARAGRAPHS,
        *_FOREIGN_WORDS,
        *markup.RULES,
        *symbols.SILENCE,
        *punctuation.SPACES,
        *punctuation.FOREIGN,
    )
