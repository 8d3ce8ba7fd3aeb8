"""Two numbers with a slash between: fractions, scores, blood pressure, seasons, months; and fractions in one sign."""

import re

from halfgig.text import numbers
from halfgig.text.context import text_before, word_after
from halfgig.text.dates import MONTHS
from halfgig.text.pattern import Pattern
from halfgig.text.quantities import SIGN, sign_words
from halfgig.text.rules import Rule
from halfgig.text.units import PRESSURES, UNIT, unit_words

_SAID_OTHERWISE = {"24/7": "twenty-four seven", "9/11": "nine eleven", "4/20": "four twenty"}
_HUNDRED = 100

_PRESSURE = Pattern(r"\b(?:blood pressure|bp|pressure|reading)(?: (?:of|is|was|at|to|reads?)|:)?\s\Z", re.IGNORECASE)
_SEASON = Pattern(r"\b(?:season|year|fy|ay|campaign|winter)\s\Z", re.IGNORECASE)
_WICKETS = 10
_CRICKET = Pattern(r"\b(?:ov|overs?|wickets?|innings)\b")
_METERS = frozenset({"time", "meter", "metre", "beat", "groove", "signature"})
_MILEAGE = Pattern(r"\bmpg:?\s(?:of |is )?\Z", re.IGNORECASE)
_YEARS = Pattern(r"\b(?:in|since|for)\s\Z", re.IGNORECASE)
_SEASONS = frozenset({"season", "seasons", "school", "academic", "campaign", "fiscal", "financial", "winter", "tax",
                      "year", "budget", "edition", "league", "intake"})  # fmt: skip
_SCORE = Pattern(
    r"\b(?:scores?|scored|rated|rating|rate|got|gets?|grade|mark|marks|result|received|earned|gave|give|gives|deserves)"
    r"(?: (?:it|this|him|her|them|you|me|a|an|of|is|was|at|as|the film|the book|around|about)){0,3}:?\s\Z",
    re.IGNORECASE,
)
_SCORED = frozenset({"stars", "points", "marks", "correct", "rating", "score", "answers", "right"})
_PLACE = Pattern(
    r"\b(?:lap|photo|image|lesson|exercise|row|page|slide|part|step|round|day|week|chapter|episode|stage|question|level|task)\s\Z",
    re.IGNORECASE,
)
_SCALES = frozenset({10, 20, 25, 30, 40, 50, 60, 80, 100})  # what marks are usually out of


def _fraction(match: re.Match[str]) -> str | None:
    above, below, count = int(match["above"]), int(match["below"]), match["count"]
    if below < 2:
        return None
    unit = unit_words(match, one=above <= below and not count and match["unit"] != "mpg")
    if match["unit"] in PRESSURES and above > below and not count:
        return f"{numbers.in_pairs(match['above'])} over {numbers.cardinal(below)}{unit}"
    if count:
        return f"{sign_words(match)}{numbers.mixed(int(count), above, below)}{unit}"
    if (not match["unit"] or match["unit"] == "mpg") and not match["sign"] and (spoken := _pair(match, above, below)):
        return spoken + unit
    if below == 10 or above == below or above > 2 * below:
        joined = "out of" if above <= below else "over"
        return f"{sign_words(match)}{numbers.cardinal(above)} {joined} {numbers.cardinal(below)}{unit}"
    return f"{sign_words(match)}{numbers.fraction(above, below)}{unit}"


def _pair(match: re.Match[str], above: int, below: int) -> str | None:
    """Return two numbers that are no fraction; None for a fraction."""
    written, before, after = match[0], text_before(match), word_after(match).lower()
    if written in _SAID_OTHERWISE:
        return _SAID_OTHERWISE[written]
    if _is_pressure(above, below) or (_PRESSURE.search(before) and above > below):
        return f"{numbers.in_pairs(str(above))} over {numbers.cardinal(below)}"
    if _PLACE.search(before) and above <= below:
        return f"{numbers.cardinal(above)} of {numbers.cardinal(below)}"
    if re.match(r",?\snet\s\d", match.string[match.end() : match.end() + 8]):
        return f"{numbers.cardinal(above)} {numbers.cardinal(below)}"
    if after in _METERS and below in (2, 4, 8, 16):
        return f"{numbers.cardinal(above)} {numbers.cardinal(below)}"
    if below <= _WICKETS and above > below and _CRICKET.search(match.string[match.end() : match.end() + 60]):
        return f"{numbers.cardinal(above)} for {numbers.cardinal(below)}"
    if _MILEAGE.search(before) or match["unit"] == "mpg":
        return f"{numbers.cardinal(above)} {numbers.cardinal(below)}"
    if above + below == _HUNDRED or after == "vision" or (above == below and above >= 20):
        return f"{numbers.cardinal(above)} {numbers.cardinal(below)}"
    if (season := _season(match["above"], match["below"], before, after)) is not None:
        return season
    is_score = _SCORE.search(before) or after in _SCORED or (above > 1 and below in _SCALES and after != "of")
    if is_score and above <= below:
        return f"{numbers.cardinal(above)} out of {numbers.cardinal(below)}"
    return None


def _is_pressure(above: int, below: int) -> bool:
    return 90 <= above <= 230 and 50 <= below <= 130 and above > below


def _season(above: str, below: str, before: str, after: str) -> str | None:
    """Return two years in a row: "twenty-four twenty-five"; None where they are none."""
    if (int(above) + 1) % _HUNDRED != int(below[-2:]) or len(above) < 2 or len(below) not in (2, len(above)):
        return None
    if numbers.is_year(above):
        second = numbers.year(int(below)) if len(below) == len(above) else numbers.in_pairs(below)
        return f"{numbers.year(int(above))} {second}"
    if len(above) == 2 and (after in _SEASONS or _SEASON.search(before) or _YEARS.search(before)):
        return f"{_two_digits(above)} {_two_digits(below)}"
    return None


def _two_digits(digits: str) -> str:
    return f"oh {numbers.cardinal(int(digits))}" if digits[0] == "0" else numbers.cardinal(int(digits))


def _month(match: re.Match[str]) -> str:
    return f"{MONTHS[int(match['month']) - 1]} {numbers.year(int(match['year']))}"


_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅐": (1, 7), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip


def _vulgar(match: re.Match[str]) -> str:
    part = _VULGAR[match["part"]]
    spoken = numbers.mixed(int(match["count"]), *part) if match["count"] else numbers.fraction(*part)
    return sign_words(match) + spoken + unit_words(match, one=not match["count"])


_FRACTION = r"(?<!/)(?:(?P<count>\d{1,4})[ -])?(?P<above>\d{1,4})[/\u2044](?P<below>\d{1,4})(?![\d/])"


def _decimal_score(match: re.Match[str]) -> str | None:
    above, below = match["above"], match["below"]
    return f"{numbers.number(above)} out of {numbers.cardinal(int(below))}" if float(above) <= int(below) else None


def _rooms(match: re.Match[str]) -> str:
    """Return the bedrooms and bathrooms of a home that is let or sold: "3BR/2.5BA"."""
    spoken = f"{numbers.number(match['beds'])} bedroom"
    return f"{spoken}, {numbers.number(match['baths'])} bath" if match["baths"] else spoken


def _hyphenated(match: re.Match[str]) -> str:
    joint = " and " if match["what"] == "record" else " "
    return joint.join(numbers.cardinal(int(match[group])) for group in ("low", "high"))


RULES = (
    Rule(
        "D",
        r"(?P<beds>\d{1,2})\s?(?:BR|BD|bd|br|BHK)(?:\s?[/,]\s?(?P<baths>\d{1,2}(?:\.5)?)\s?(?:BA|ba|Ba|BTH))?(?!\w)",
        _rooms,
    ),
    Rule(
        "D",
        r"(?P<low>\d{1,2})-(?P<high>\d{1,2})(?=\s(?P<what>punch|split|combo|combination|record|hitter)\b)",
        _hyphenated,
    ),
    Rule("D", r"(?<!/)(?P<above>\d{1,3}\.\d{1,2})/(?P<below>4|5|6|10|20|30|100)(?![\w/]|[.,]\d)", _decimal_score),
    Rule("D", r"24/7/365(?!\w)", "twenty-four seven three sixty-five"),
    Rule("D", r"(?<!/)(?P<month>0?[1-9]|1[0-2])/(?P<year>(?:19|20)\d\d)(?![\w/])", _month),
    Rule("DP", rf"{SIGN}{_FRACTION}(?:{UNIT})?(?![^\W_]|\.\d)", _fraction),
    Rule("DP", rf"{SIGN}(?P<count>\d{{1,9}})?\s?(?P<part>[{''.join(_VULGAR)}])(?:{UNIT})?", _vulgar),
)
