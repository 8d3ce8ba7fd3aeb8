"""Feet and inches, minutes and seconds of arc: marks that look like quotation marks."""

import re

from halfgig.text import numbers
from halfgig.text.context import describes, is_noun, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.quantities import DASH, NUMBER
from halfgig.text.rules import Rule

_SEEN = 300  # characters before and after that are searched for an open quotation
_INCH_MARKS = '"\u2033\u201d'
_MEASURES = frozenset({"tall", "long", "wide", "high", "deep", "thick", "across", "x"})


def _feet(match: re.Match[str]) -> str:
    return f"{numbers.cardinal(int(match['feet']))} foot {numbers.number(match['inches'])}"


def _marked(match: re.Match[str]) -> str | None:
    mark = match["mark"]
    if mark in "\"'\u2019\u201d" and _closes_quotation(match):
        return None
    one, many = ("foot", "feet") if mark in "'\u2019\u2032" else ("inch", "inches")
    after = word_after(match)
    is_noun_next = is_noun(after) and after not in _MEASURES
    is_singular = describes(match) or is_noun_next or (match["low"] == "1" and not match["high"])
    high = f" to {numbers.number(match['high'])}" if match["high"] else ""
    return f"{numbers.number(match['low'])}{high} {one if is_singular else many}"


def _fraction(match: re.Match[str]) -> str | None:
    above, below, count = int(match["above"]), int(match["below"]), match["count"]
    if below < 2 or _closes_quotation(match):
        return None
    spoken = numbers.mixed(int(count), above, below) if count else numbers.fraction(above, below)
    is_singular = describes(match) or is_noun(word_after(match)) or not count
    return f"{spoken} {'inch' if is_singular else 'inches'}"


def _closes_quotation(match: re.Match[str]) -> bool:
    """Return whether the mark closes a quotation that is open: without it the marks of its kind are in pairs."""
    text, mark = match.string, match["mark"]
    before = re.split(r"\n", text[max(0, match.start() - _SEEN) : match.start()])[-1]
    after = re.split(r"\n", text[match.end() : match.end() + _SEEN])[0]
    if mark == "\u201d":
        return before.rfind("\u201c") > before.rfind("\u201d") and after.count("\u201d") <= after.count("\u201c")
    if mark == '"':
        is_open = len(re.findall(r"(?<!\d)\"", before)) % 2 == 1
        return is_open and len(re.findall(r"(?<!\d)\"", after)) % 2 == 0
    opening = r"(?<!\w)['\u2018](?=\w)(?!(?:tis|twas|em|cause|til|n)\b|\d0s)"
    is_open = len(re.findall(opening, before)) > len(re.findall(r"(?<![\d\W])['\u2019](?!\w)", before))
    return is_open and not re.search(r"(?<=[^\W\d])['\u2019](?!\w)|[.,!?]['\u2019]", after)


_SCORERS = Pattern(r"\([A-Z][^\W\d_]+[^()\n]{0,60}\Z")


def _minute_of_play(match: re.Match[str]) -> str | None:
    """Return when a goal was scored, in brackets behind a name: (Saka 12', 90+2')."""
    if not _SCORERS.search(match.string[max(0, match.start() - 80) : match.start()]):
        return None
    more = f" plus {numbers.cardinal(int(match['more']))}" if match["more"] else ""
    return f"{numbers.ordinal(int(match['low']))} minute{more}"


def _minute(match: re.Match[str]) -> str:
    low, more = int(match["low"]), match["more"]
    return f"{numbers.cardinal(low)} plus {numbers.cardinal(int(more))}" if more else numbers.ordinal(low)


def _arc(match: re.Match[str]) -> str:
    seconds, side = match["seconds"], match["side"]
    spoken = f"{numbers.cardinal(int(match['degrees']))} degrees {numbers.cardinal(int(match['minutes']))} minutes"
    if seconds:
        spoken += f" {numbers.number(seconds)} seconds"
    return spoken + (f" {_SIDES[side]}" if side else "")


_SIDES = {"N": "north", "S": "south", "E": "east", "W": "west"}
_FOOT = r"['\u2032\u2019]"
_FEET = rf"(?:{_FOOT}|\s?ft\.?)"
_INCHES = rf"[{_INCH_MARKS}]|''|\s?in(?:\.|(?!\w))"
_MARK = rf"(?P<mark>''|[{_INCH_MARKS}]|{_FOOT})(?!\w)"

RULES = (
    Rule("D", rf"(?P<low>\d{{1,3}})(?:\+(?P<more>\d{{1,2}}))?{_FOOT}(?=\s(?:minute|min)\b)", _minute),
    Rule("D", rf"(?P<low>\d{{1,3}})(?:\+(?P<more>\d{{1,2}}))?{_FOOT}(?=[,;)]|\s[A-Z(])", _minute_of_play),
    Rule(
        "D",
        rf"(?:(?P<count>\d{{1,3}})[ -])?(?P<above>\d{{1,2}})/(?P<below>\d{{1,2}})(?P<mark>[{_INCH_MARKS}])(?!\w)",
        _fraction,
    ),
    Rule(
        "D",
        rf"(?P<degrees>\d{{1,3}})\s?°\s?(?P<minutes>\d{{1,2}}){_FOOT}"
        rf"(?:\s?(?P<seconds>\d{{1,2}}(?:\.\d{{1,4}})?)(?:[{_INCH_MARKS}]|''))?(?:\s?(?P<side>[NSEW])(?!\w))?",
        _arc,
    ),
    Rule("D", rf"(?P<feet>\d{{1,2}}){_FEET}[\s-]?(?P<inches>\d{{1,2}}(?:\.\d)?)(?:{_INCHES})(?!\w)", _feet),
    Rule("D", rf"(?P<feet>\d{{1,2}}){_FEET}\s?(?P<inches>1[01]|\d)(?![\w.]|\s?x|')", _feet),
    Rule("D", rf"(?P<low>{NUMBER})(?:(?:{_FOOT}|[{_INCH_MARKS}])?{DASH}(?P<high>{NUMBER}))?\s?{_MARK}", _marked),
)
