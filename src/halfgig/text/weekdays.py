"""Short days of the week where the words around show that they are days: "on Fri", "closed Sun", "Mon, Wed & Fri"."""

import re

from halfgig.text.context import text_before
from halfgig.text.dates import DAYS, DAYS_WITH_STOP, SHORT_DAYS
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule, any_of

_ON_A_DAY = Pattern(
    r"\b(?:on|by|until|till|every|each|next|last|this|since|thru|closed|open|late|early|eod|cob|due|before|after)\s\Z"
    rf"|\b(?:{any_of((*SHORT_DAYS, *DAYS))})\.?(?:,|,? (?:and|or|to|thru|through|till|until)|\s?[&-])\s?\Z"
    r"|\d\s?[ap]\.?m?\.?,?\s\Z",
    re.IGNORECASE,
)
_A_STAR = Pattern(r"\b(?:on|by|late|early|last|before|after)\s\Z", re.IGNORECASE)


def _short_day(match: re.Match[str]) -> str | None:
    """Return a day after a word that a day follows: "on Fri", "closed Sun"; None for "Sun" where it may be the star."""
    before = text_before(match)
    is_day = _ON_A_DAY.search(before) and not (match["name"] == "Sun" and _A_STAR.search(before))
    return SHORT_DAYS[match["name"]] if is_day else None


RULES = (
    Rule(
        "L",
        rf"(?P<name>{any_of(DAYS_WITH_STOP)})(?:\.(?=,|\s[a-z\d]))?(?![\w'\u2019-])(?!\s[A-Z])",
        _short_day,
    ),
)
