"""Numbers in a sentence: counts, years, ranges, units of measure, ordinals."""

import re

from halfgig.text import numbers
from halfgig.text.context import counts, is_noun, joined, plural_after, text_before, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.romans import is_counted_word
from halfgig.text.rules import Rule, any_of, begins_line, word_before
from halfgig.text.units import UNIT, UNITS, plural_unit, unit_words

WHOLE = r"(?:\d{1,3}(?:,\d{3}){1,6}|\d{1,2}(?:,\d{2}){1,4},\d{3}|\d{1,40})(?!\d)"
"""A whole number, with thousands separators (American or Indian) or without."""

NUMBER = rf"(?:{WHOLE}(?:\.\d{{1,40}}(?!\d))?|\.\d{{1,40}}(?!\d))"
"""A number with or without decimals."""

SCALES = r"(?:thousand|million|billion|trillion)"
"""The names of large numbers."""

SIGN = r"(?P<sign>(?<![\w.,)\]%°])[-\u2212+±~≈])?"
"""A sign before a number, where it cannot be a hyphen."""

DASH = r"(?:[-~]|\s?[\u2013\u2014]\s?)"
"""Between the two ends of a range."""

_WIDE_DASH = r"(?:[-~]|\s?[\u2013\u2014]\s?|\s[-~]\s)"  # where both ends have a unit, a hyphen may stand apart
_FREE = r"(?=x\d)|(?![^\W_]|\.\d|:\d\d(?!\d))"  # the number ends here

_SIGNS = {"-": "minus ", "\N{MINUS SIGN}": "minus ", "+": "plus ", "±": "plus or minus ", "~": "about ", "≈": "about "}
_YEAR_WORDS = frozenset({
    "in", "since", "until", "till", "circa", "ca", "year", "ad", "by", "from", "during", "before", "after", "around",
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "spring", "summer", "autumn", "fall", "winter", "early", "late", "mid",
})  # fmt: skip
_COUNT_WORDS = frozenset({
    "over", "nearly", "almost", "exactly", "only", "than", "least", "most", "another", "roughly", "totaling", "just",
    "to", "weighs", "exceeds",
})  # fmt: skip
_UP_TO_YEAR = Pattern(
    r"\b(?:back|prior|dat(?:e|es|ed|ing)|(?:1[1-9]|20)\d\d) (?:to|through|and|until) \Z", re.IGNORECASE
)
"""What precedes the last of several years."""
_ANOTHER_YEAR = Pattern(
    r" (?:to|through|and|until) (?:1[1-9]|20)\d\d(?![\d,]\d|\.\d| (?:people|men|women|children|percent|[a-z]{3,}s)\b)"
)
"""What follows the first of several years; with a noun in the plural they would be counts."""
_SET_APART = Pattern(r"\s(?:or (?:more|less|so|fewer)|in total|each|apiece|of (?:them|these|those|the|us|our|their))\b")

MORE = {
    "k": "thousand", "m": "million", "mm": "million", "mn": "million", "b": "billion", "bn": "billion",
    "t": "trillion", "tn": "trillion",
}  # fmt: skip
"""Short signs of large numbers, in lower case."""


def sign_words(match: re.Match[str]) -> str:
    """Return the sign matched by `SIGN`, followed by a space; "" if there is none."""
    return _SIGNS.get(match["sign"] or "", "")


def _quantity(match: re.Match[str]) -> str:
    low, scale, unit = match["low"], match["scale"], match["unit"]
    if low.isdecimal() and not (match["sign"] or scale or unit):
        return _lone(match)
    spoken = numbers.number(low) + (f" {scale}" if scale else "")
    return sign_words(match) + spoken + unit_words(match, one=low == "1" and not scale)


def _lone(match: re.Match[str]) -> str:
    """Return a number without sign or unit; the words around it show whether it is a year or a count."""
    digits, before = match["low"], word_before(match).lower()
    is_named = before in _YEAR_WORDS and len(digits) == len("1999") and digits[0] != "0"
    if is_named or (numbers.is_year(digits) and not _is_count(match, before)):
        return numbers.year(int(digits))
    return numbers.whole(digits)


def _is_count(match: re.Match[str], before: str) -> bool:
    if _UP_TO_YEAR.search(match.string, 0, match.start()):
        return counts(match) or plural_after(match)
    if _ANOTHER_YEAR.match(match.string, match.end()):
        return False
    if before in _COUNT_WORDS or _SET_APART.match(match.string, match.end()):
        return True
    return counts(match) or (before not in {"the", "of", "this", "that"} and plural_after(match))


def _range(match: re.Match[str]) -> str | None:
    low, high, scale, unit = match["low"], match["high"], match["scale"], match["unit"]
    if len(high) > 1 and high.isdecimal() and high[0] == "0" and not (scale or unit):
        return f"{numbers.spelled(low)}, {numbers.spelled(high)}" if low.isdecimal() else None
    if match["low_unit"] and (not unit or UNITS[match["low_unit"]] != UNITS[unit]):
        return None
    if not (match["sign"] or scale or unit) and _is_pair(low, high):
        return f"{numbers.number(low)} {numbers.number(high)}"
    spoken = f"{numbers.number(low)} {joined(match)} {numbers.number(high)}" + (f" {scale}" if scale else "")
    return sign_words(match) + spoken + unit_words(match, one=False)


def _is_pair(low: str, high: str) -> bool:
    """Return whether two numbers are no range: 50-50, 20-20, 24-7."""
    return (low == high and len(low) > 1) or (low, high) == ("24", "7")


_RACED = Pattern(
    r"\b(?:r[au]n|runs|running|race[sd]?|racing|walk(?:ed|s|ing)?|jog(?:ged|s|ging)?|finish(?:ed|es|ing)?|swam|swim|"
    r"cycled?|biked?|hiked?|train(?:ed|s|ing)? for|entered|sign(?:ed|ing)? up for)"
    r"(?: (?:an?|the|my|his|her|their|our|your|this|first|last|another|fast|slow|full|charity|local)){0,3}\s\Z",
    re.IGNORECASE,
)
_RACES = frozenset({
    "race", "races", "run", "runs", "runner", "walk", "course", "distance", "record", "pb", "swim", "loop",
    "trail", "row", "time", "times", "training", "finish", "finisher", "medal", "bib", "route", "marathon",
})  # fmt: skip
_A_RACE = Pattern(r"\b(?:an?|the|my|his|her|our|their|first|charity|local|park)\s\Z", re.IGNORECASE)
_RACE_GOES_ON = Pattern(r"\s(?:starts|begins|is (?:on|at)|in under|in \d|on (?:\w+day|the \d)|this|next|last|at \d)\b")


def _race(match: re.Match[str]) -> str | None:
    """Return kilometers as runners say them: a 10k, the 5K race."""
    is_race = (
        word_after(match).lower() in _RACES
        or _RACED.search(text_before(match))
        or (_A_RACE.search(text_before(match)) and _RACE_GOES_ON.match(match.string, match.end()))
    )
    return f"{numbers.number(match['low'])} K" if is_race and not counts(match) else None


def _shortened(match: re.Match[str]) -> str | None:
    """Return a number with a sign of a large one, if it is no measure or name: 5k, 10M, 1.2bn, 3m people."""
    more, low = match["more"], match["low"]
    is_counted = counts(match)
    if (more in {"m", "b", "B", "t", "T"} and not is_counted) or (
        more == "K" and low.isdecimal() and len(low) == 1 and not is_counted
    ):
        return None
    if (low, more, is_counted) == ("3", "M", False):
        return None  # the company
    return f"{sign_words(match)}{numbers.number(low)} {MORE[more.lower()]}{unit_words(match, one=False)}"


def _shortened_range(match: re.Match[str]) -> str | None:
    more = match["more"]
    if more in {"m", "b", "B", "t", "T"} and not counts(match):
        return None
    return sign_words(match) + scaled_range(match["low"], match["low_more"], match["high"], more, joined(match))


def scaled_range(low: str, low_more: str | None, high: str, more: str, joint: str) -> str:
    """Return a range of large numbers: "ten thousand to twenty thousand"; `joint` is "to" or "and"."""
    below, above = (MORE.get((sign or "").lower(), sign or "") for sign in (low_more, more))
    first = f" {below}" if below and (below != above or below == "thousand") else ""
    return f"{numbers.number(low)}{first} {joint} {numbers.number(high)} {above}"


def _ordinal(match: re.Match[str]) -> str:
    spoken = ordinal_of(match["low"])
    return spoken.capitalize() if match["street"] else spoken


def ordinal_of(written: str) -> str:
    """Return the ordinal of a number as it is written: "1,000" is "one thousandth"."""
    digits = written.replace(",", "")
    return numbers.ordinal(int(digits)) if len(digits) <= numbers.MAX_DIGITS else numbers.spelled(digits)


def _ordinal_range(match: re.Match[str]) -> str:
    return f"{ordinal_of(match['low'])} {joined(match)} {ordinal_of(match['high'])}"


def _with_comma(match: re.Match[str]) -> str:
    """Return a measure with a decimal comma, which separates no thousands: "2,5 kg"."""
    spoken = numbers.number(f"{match['low']}.{match['part']}") + (f" {match['scale']}" if match["scale"] else "")
    return sign_words(match) + spoken + unit_words(match, one=False)


_VOLUMES = {
    "mm3": "cubic millimeter", "mm³": "cubic millimeter", "µL": "microliter", "μL": "microliter", "uL": "microliter",
    "mL": "milliliter", "dL": "deciliter", "L": "liter", "min": "minute", "hr": "hour",
}  # fmt: skip
"""What a count is divided by: 350/mm3, 16/min."""


def _per_volume(match: re.Match[str]) -> str:
    return f"per {_VOLUMES[match['per']]}"


_MEASURE_BEFORE = Pattern(rf"\d\s?(?:{any_of(UNITS)}|[CF]|cups?)\.?\Z")


def _other_measure(match: re.Match[str]) -> str | None:
    """Return a pause between the same measure in two units: "4 oz/115 g"."""
    return "," if _MEASURE_BEFORE.search(text_before(match)) else None


def _minus(match: re.Match[str]) -> str | None:
    """Return the sign of a number with letters that are no unit, "-3.5Q"; None for the hyphen of a list."""
    return None if match.start() and begins_line(match) else "minus"


_END_OF_NUMBER = Pattern(
    rf"(?<![\w.])\d[\d.,]{{0,20}}(?:\s?(?:{any_of(UNITS)}|bn|mn|[kKMBmx]|st|nd|rd|th|s|{SCALES}|[\"'\u2032\u2033\u2019]))?\Z"
    r"|\d\s?[aApP]\.?[mM]\.?\Z"
)


def _to(match: re.Match[str]) -> str | None:
    before = match.string[max(0, match.start() - 40) : match.start()]
    return "to" if _END_OF_NUMBER.search(before) else None


def _long(match: re.Match[str]) -> str:
    return numbers.spelled(match[0])


_STREETS = r"(?:Avenue|Ave|Street|St|Road|Rd|Boulevard|Blvd|Drive|Lane|Place)"
_MORE = r"(?:bn|mn|tn|[kKmMbBtT])"
_SECOND_END = rf"(?=[$€£¥₹]?{NUMBER}\s?(?:{any_of(UNITS)}|{_MORE}|st|nd|rd|th|s|x)(?!\w)|[$€£¥₹]\d)"

_IN_GROUPS = Pattern(r"[ \u202f\xa0]")


def _spaced(match: re.Match[str]) -> str:
    return numbers.whole(_IN_GROUPS.sub("", match[0]))


_HEATED = Pattern(
    r"\b(?:temp|temps|temperatures?|fever|oven|preheat(?:ed)?|bake|roast|broil|heat(?:ed)?|cook|highs?|lows?|boils|freezes)\b"
    r"[^.!?\d]{0,25}\Z|\b(?:it['\u2019]?s|it is|it was|feels like)\s(?:about |around |only |just |over |almost )?\Z",
    re.IGNORECASE,
)


_OVEN = Pattern(r"\s?(?:fan\b|/\s?gas\b|/\d{2,3}[CF](?!\w)|oven\b)")


def _degrees_of_weather(match: re.Match[str]) -> str | None:
    """Return a temperature without a sign: 98.6F, "bake at 350F"; None for a gate or a figure, as 12C."""
    is_precise = "." in match["low"] and not is_counted_word(word_before(match))
    is_oven = _OVEN.match(match.string, match.end()) or re.search(r"\d[CF]/\Z", text_before(match))
    return _degrees(match) if is_precise or is_oven or _HEATED.search(text_before(match)) else None


_OF_A_GAME = frozenset({"shot", "shots", "lead", "game", "line", "play", "win", "night", "deficit"})


def _pints(match: re.Match[str]) -> str | None:
    """Return points of a percentage, "up 0.1 pt.", or the pints of a recipe, "1 pt. cream"."""
    number = match["number"]
    many = "" if number == "1" else "s"
    if match["next"] in _OF_A_GAME:
        return f"{numbers.number(number)} point"
    if "." in number and match["name"] == "pt":
        return f"{numbers.number(number)} point{many}"
    return f"{numbers.number(number)} pint{many}" if is_noun(match["next"] or "") else None


def _degrees(match: re.Match[str]) -> str:
    unit = UNITS[f"°{match['scale']}"]
    return f"{sign_words(match)}{numbers.number(match['low'])} {unit if match['low'] == '1' else plural_unit(unit)}"


RULES = (
    Rule("P", rf"{SIGN.removesuffix('?')}(?P<low>\d{{1,3}}(?:\.\d)?)\s?(?P<scale>[CF])(?!\w|\.\w)", _degrees),
    Rule("D", r"(?P<sign>(?!x)x)?(?P<low>\d{2,3}(?:\.\d)?)(?P<scale>[CF])(?!\w|\.\w)", _degrees_of_weather),
    Rule(
        "DP",
        rf"{SIGN}(?<![\d,])(?P<low>\d{{1,3}}),(?P<part>\d{{1,2}})(?:\s(?P<scale>{SCALES})(?!\w))?(?:{UNIT}|(?<=lion))",
        _with_comma,
    ),
    Rule("D", r"(?P<number>\d{1,3}(?:\.\d{1,2})?)\s(?P<name>pts?)\.?(?=\s(?P<next>[a-z]{2,20})|[.,;)]|\s?\Z)", _pints),
    Rule("D", r"[1-9]\d{0,2}(?:[\u202f\xa0]\d{3}){1,4}(?![\d-]|[.,]\d)", _spaced),
    Rule("D", r"(?<![\d.,] )[1-9]\d{0,2}(?: \d{3}){0,3} 000 000(?! ?\d|-|[.,]\d)", _spaced),
    Rule("D", rf"(?P<low>{WHOLE})(?:st|nd|rd|th){DASH}(?P<high>{WHOLE})(?:st|nd|rd|th)(?!\w)", _ordinal_range),
    Rule("D", rf"(?P<low>{WHOLE})(?:st|nd|rd|th)(?!\w)(?=(?P<street>\s{_STREETS}(?!\w))?)", _ordinal),
    Rule(
        "DP",
        rf"{SIGN}(?P<low>{NUMBER})(?P<low_more>{_MORE})?{_WIDE_DASH}(?P<high>{NUMBER})(?P<more>{_MORE})(?!\w)",
        _shortened_range,
    ),
    Rule("D", r"(?P<low>\d{1,3})[kK](?!\w)", _race),
    Rule("DP", rf"{SIGN}(?P<low>{NUMBER})(?P<more>{_MORE})(?!\w)(?:(?=\s){UNIT})?", _shortened),
    Rule(
        "DP",
        rf"{SIGN}(?P<low>{NUMBER})(?:\s?(?P<low_unit>{any_of(UNITS)}){_WIDE_DASH}|{DASH})(?P<high>{NUMBER})"
        rf"(?:[\s-]?(?P<scale>{SCALES})(?!\w))?(?:{UNIT}|{_FREE})",
        _range,
    ),
    Rule("DP", rf"{SIGN}(?P<low>{NUMBER})(?:[\s-]?(?P<scale>{SCALES})(?!\w))?(?:{UNIT}|{_FREE})", _quantity),
    Rule("P", rf"(?<=[A-Za-z.])/(?=\d[\d.,]{{0,9}}\s?(?:{any_of(UNITS)}|[CF])(?!\w))", _other_measure),
    Rule("P", r"(?:(?<=[CF])|(?<=fan))/(?=gas\s\d)", ","),
    Rule("P", rf"(?<=\d)/(?P<per>{any_of(_VOLUMES)})(?!\w)", _per_volume),
    Rule("S", rf"\s[-~]\s{_SECOND_END}", _to),
    Rule("S", r"(?<=\d)\s-\s(?=\d)", "to"),
    Rule(
        "P",
        r"(?<![\w.,)\]%°\"'])[-\u2212](?=\.?\d[\d.,]{0,20}[A-Za-z])(?!.\d{1,9}(?:st|nd|rd|th)(?!\w))",
        _minus,
    ),
    Rule("P", r"[-\u2013\u2014~](?=[$€£¥]?\.?\d)", _to),
)

DIGITS = (Rule("D", r"\d{1,40}", _long),)
"""Digits that no other rule matched."""
