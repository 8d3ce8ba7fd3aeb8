"""Numbers with a letter or a point of their own: karats, amperes, bonds, type, teams and batting averages."""

import re

from halfgig.text import numbers
from halfgig.text.context import describes, text_before, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule

_BATTING = Pattern(r"\b(?:bat(?:s|ting|ted)|hit(?:s|ting)?|slugging|averag(?:ed|ing))\s\Z")
_AVERAGES = frozenset({"average", "avg", "OPS", "OBP", "SLG", "hitter", "batting", "slugging"})
_ELECTRIC = Pattern(r"\d\s?[kK]?[VW]\b|\b(?:[Ff]use|[Bb]reaker|[Cc]harger|[Cc]urrent|[Cc]ircuit|DC|AC|USB)\b")


def _karat(match: re.Match[str]) -> str:
    return f"{numbers.cardinal(int(match['low']))} karat"


def _amps(match: re.Match[str]) -> str | None:
    """Return a current next to a voltage or a fuse: "12V, 5A"; None for a gate or a size."""
    around = match.string[max(0, match.start() - 30) : match.end() + 30]
    if not _ELECTRIC.search(around):
        return None
    return f"{numbers.number(match['low'])} amp{'' if match['low'] == '1' or describes(match) else 's'}"


def _average(match: re.Match[str]) -> str | None:
    """Return a batting average, .305, as it is said: "three oh five"."""
    is_batting = _BATTING.search(text_before(match)) or word_after(match) in _AVERAGES
    return numbers.in_pairs(match["low"]) if is_batting and match["low"][0] != "0" else None


def _by_a_letter(match: re.Match[str]) -> str:
    """Return the years of a bond, 10Y, or the points of type, 12pt."""
    return f"{numbers.cardinal(int(match['low']))} {'year' if match[0][-1] == 'Y' else 'point'}"


def _teams(match: re.Match[str]) -> str:
    return f"{numbers.cardinal(int(match['low']))} V {numbers.cardinal(int(match['high']))}"


def _percent(match: re.Match[str]) -> str:
    return f"{numbers.number(match['low'])} percent"


RULES = (
    Rule("D", r"(?P<low>8|9|10|14|18|22|24)[kK](?=\s(?:gold|white|yellow|rose|solid|plated)\b)", _karat),
    Rule("D", r"(?P<low>\d{1,3}(?:\.\d{1,2})?)\s?A(?![\w-])", _amps),
    Rule("P", r"\.(?P<low>\d{3})(?!\w)", _average),
    Rule("D", r"(?P<low>\d{1,3}(?:\.\d{1,2})?)pc(?!\w)(?!\s(?:set|sofa|kit|bundle|pack|puzzle|dining)\b)", _percent),
    Rule("D", r"(?P<low>\d{1,2})(?:Y(?=\s(?:yield|Treasury|note|bond|at\s\d|\d))|pt(?!\w))", _by_a_letter),
    Rule("D", r"(?P<low>\d{1,2})v(?P<high>\d{1,2})(?!\w|\.\d)", _teams),
)
