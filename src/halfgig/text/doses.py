"""Prescriptions: how often and how a medicine is taken, as "10 mg b.i.d." and "q6h prn"."""

import re

from halfgig.text import numbers
from halfgig.text.context import text_before
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule, any_of, lookup

_ADVICE = {
    "bid": "twice a day", "tid": "three times a day", "qid": "four times a day", "qd": "once a day",
    "qod": "every other day", "qhs": "at bedtime", "hs": "at bedtime", "prn": "as needed", "po": "by mouth",
    "ac": "before meals", "pc": "after meals", "stat": "immediately",
}  # fmt: skip
"""Latin short forms, without full stops."""

_DOSE = Pattern(
    r"\d\s?(?:mg|mcg|g|mL|ml|cc|IU|units?|tabs?\.?|tablets?|caps?|capsules?|pills?|drops?|gtts?|puffs?|tsp|tbsp|sprays?)(?!\w)"
    r"[^.!?\n]{0,30}\Z|\bq\.?\s?\d{1,2}\s?h[^.!?\n]{0,10}\Z",
)


def _advice(match: re.Match[str]) -> str:
    """Return what a Latin short form asks for."""
    return _ADVICE[match[0].replace(".", "").lower()]


def _advice_for_a_dose(match: re.Match[str]) -> str | None:
    """Return what a Latin short form asks for; None where no dose stands before it."""
    return _advice(match) if _DOSE.search(text_before(match)) else None


def _every(match: re.Match[str]) -> str:
    low, high = match["low"], match["high"]
    if low == "1" and not high:
        return "every hour"
    span = f" to {numbers.whole(high)}" if high else ""
    return f"every {numbers.whole(low)}{span} hours"


_PILLS = {"tab": "tablet", "tabs": "tablets", "cap": "capsule", "caps": "capsules"}


def _days(match: re.Match[str]) -> str | None:
    if not _DOSE.search(text_before(match)) and not re.search(
        r"\b[btq]\.?i\.?d\.?\s\Z", text_before(match), re.IGNORECASE
    ):
        return None
    return f"for {numbers.whole(match['low'])} day{'' if match['low'] == '1' else 's'}"


def _duration(match: re.Match[str]) -> str:
    return f"for {numbers.whole(match['low'])}"


_WITH_STOPS = [r"\.".join(name) for name in ("bid", "tid", "qid", "qod", "qhs", "prn")]

RULES = (
    Rule("L", r"[qQ]\.?\s?(?P<low>\d{1,2})(?:-(?P<high>\d{1,2}))?\s?(?:h|hrs?|hours?)(?!\w)", _every),
    Rule("L", rf"(?:{'|'.join(_WITH_STOPS)})(?:\.(?=[,;)]|\s[a-z(]))?(?!\w)", _advice),
    Rule("L", rf"(?:{any_of(_ADVICE)}|{any_of([name.upper() for name in _ADVICE])})(?![\w-])", _advice_for_a_dose),
    Rule("L", r"(?:p\.o|P\.O|q\.d|a\.c|p\.c)(?:\.(?=[,;)]|\s[a-z(]))?(?!\w|\.\w)", _advice_for_a_dose),
    Rule(
        "L",
        r"(?P<name>tabs?|caps?)\.?(?=\s(?:p\.?o|PO|by mouth|[bt]\.?i\.?d|[BT]ID|q\.?\s?\d|daily|at bedtime|prn|PRN))",
        lookup(_PILLS, "name"),
    ),
    Rule("L", r"x\s?(?P<low>\d{1,2})\s?d\.?(?!\w)", _days),
    Rule("L", r"x\s?(?P<low>\d{1,2})(?=\s(?:hours?|hrs|days?|wks|weeks?|months?|years?|yrs|doses)\b)", _duration),
)
