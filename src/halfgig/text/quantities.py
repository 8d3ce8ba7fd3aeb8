"""Numbers in a sentence: counts, ranges, fractions, units of measure, ordinals, powers."""

import re

from halfgig.text import numbers
from halfgig.text.rules import Rule, any_of, word_before

WHOLE = r"(?:\d{1,3}(?:,\d{3}){1,6}|\d{1,2}(?:,\d{2}){1,4},\d{3}|\d{1,40})(?!\d)"
"""A whole number, with thousands separators (American or Indian) or without."""

NUMBER = rf"(?:{WHOLE}(?:\.\d{{1,40}}(?!\d))?|\.\d{{1,40}}(?!\d))"
"""A number with or without decimals."""

SCALES = r"(?:thousand|million|billion|trillion)"
"""The names of large numbers."""

SIGN = r"(?P<sign>(?<![\w.,)\]%°])[-\u2212+±~≈])?"
"""A sign before a number, where it cannot be a hyphen."""

DASH = r"(?:-|\s?[\u2013\u2014]\s?)"
"""Between the two ends of a range."""

_METRES = {"nm": "nanometer", "µm": "micrometer", "μm": "micrometer", "mm": "millimeter", "cm": "centimeter",
           "m": "meter", "km": "kilometer"}  # fmt: skip
_LENGTHS = {**_METRES, "ft": "foot", "in.": "inch", "yd": "yard", "mi": "mile"}
_OTHERS = {
    "µg": "microgram", "μg": "microgram", "mg": "milligram", "g": "gram", "kg": "kilogram",
    "lb": "pound", "lbs": "pound", "oz": "ounce",
    "ml": "milliliter", "mL": "milliliter", "cl": "centiliter", "dl": "deciliter", "l": "liter", "L": "liter",
    "gal": "gallon", "tsp": "teaspoon", "tbsp": "tablespoon",
    "ns": "nanosecond", "µs": "microsecond", "μs": "microsecond", "ms": "millisecond", "s": "second",
    "sec": "second", "secs": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour",
    "mo": "month", "yr": "year", "yrs": "year",
    "mph": "mile per hour", "kph": "kilometer per hour", "kmh": "kilometer per hour", "rpm": "revolution per minute",
    "fps": "frame per second", "bpm": "beat per minute", "ppm": "part per million", "dpi": "dot per inch",
    "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte",
    "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte", "TiB": "tebibyte",
    "kbps": "kilobit per second", "Kbps": "kilobit per second", "Mbps": "megabit per second",
    "Gbps": "gigabit per second", "px": "pixel", "MP": "megapixel",
    "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz", "dB": "decibel",
    "mV": "millivolt", "V": "volt", "kV": "kilovolt", "mA": "milliamp", "mAh": "milliamp hour",
    "mW": "milliwatt", "W": "watt", "kW": "kilowatt", "MW": "megawatt", "GW": "gigawatt",
    "Wh": "watt hour", "kWh": "kilowatt hour", "MWh": "megawatt hour", "Ω": "ohm", "kΩ": "kilohm",
    "J": "joule", "kJ": "kilojoule", "cal": "calorie", "kcal": "kilocalorie",
    "Pa": "pascal", "hPa": "hectopascal", "kPa": "kilopascal", "MPa": "megapascal",
    "°C": "degree Celsius", "° C": "degree Celsius", "℃": "degree Celsius",
    "°F": "degree Fahrenheit", "° F": "degree Fahrenheit", "℉": "degree Fahrenheit",
    "°": "degree", "\N{PRIME}": "foot", "″": "inch", "%": "percent", "‰": "per mille", "¢": "cent",
}  # fmt: skip
_AREAS = {
    **{f"sq {sign}": f"square {name}" for sign, name in _LENGTHS.items()},
    **{f"sq. {sign}": f"square {name}" for sign, name in _LENGTHS.items()},
    **{f"{sign}{power}": f"square {name}" for sign, name in _LENGTHS.items() for power in ("²", "2", "^2")},
    **{f"{sign}{power}": f"cubic {name}" for sign, name in _LENGTHS.items() for power in ("³", "3", "^3")},
    "cc": "cubic centimeter",
}
UNITS = {**_LENGTHS, **_OTHERS, **_AREAS}
"""Symbols of units and their singular names."""

_PERIODS = ("second", "minute", "hour", "day", "night", "week", "month", "year", "person", "mile", "pound", "gallon")
_PER = {**UNITS, **{period: period for period in _PERIODS}, "s²": "second squared", "s^2": "second squared"}

PER = rf"/(?P<per>{any_of(_PER)})(?!\w)"
"""A rate after a unit or a sum of money: "/h"."""

UNIT = rf"(?P<gap>[\s-]?)(?P<unit>{any_of(UNITS)})(?!\w)(?:{PER})?(?:\.(?=\s[a-z]|,))?"
"""A unit after a number, with its own full stop if the sentence goes on."""

_UNCHANGED = ("percent", "hertz", "kilohertz", "megahertz", "gigahertz", "per mille")
_IRREGULAR = {"foot": "feet", "inch": "inches"}

_FREE = r"(?=x\d)|(?![^\W_]|\.\d)"
"""The number ends here."""

_SIGNS = {"-": "minus ", "\N{MINUS SIGN}": "minus ", "+": "plus ", "±": "plus or minus ", "~": "about ", "≈": "about "}
_YEAR_WORDS = frozenset({"in", "In", "since", "Since", "until", "Until", "circa", "ca", "year", "AD"})
_NAMED = frozenset({"room", "flight", "route", "highway", "interstate", "bus", "suite", "apartment"})
_CALLED = frozenset({"call", "called", "dial", "dialed", "dialled"})
_EMERGENCY_DIGITS = 3
_MORE = {"k": "thousand", "K": "thousand", "M": "million"}


def sign_words(match: re.Match[str]) -> str:
    """Return the sign matched by `SIGN`, followed by a space; "" if there is none."""
    return _SIGNS.get(match["sign"] or "", "")


def plural_unit(name: str) -> str:
    """Return the plural of a unit: "mile per hour" gives "miles per hour"."""
    if name in _UNCHANGED:
        return name
    if name.startswith("degree "):
        return name.replace("degree", "degrees", 1)
    head, per, tail = name.partition(" per ")
    *front, last = head.split(" ")
    return " ".join([*front, _IRREGULAR.get(last, last + "s")]) + per + tail


def unit_words(match: re.Match[str], *, one: bool) -> str:
    """Return the unit matched by `UNIT` after a space; "" if there is none.

    `one` is true if the number before the unit is one.
    """
    sign = match["unit"]
    if not sign:
        return ""
    name = UNITS[sign]
    return f" {name if one or match['gap'] == '-' else plural_unit(name)}{per_words(match)}"


def per_words(match: re.Match[str]) -> str:
    """Return the rate matched by `PER` after a space; "" if there is none."""
    return f" per {_PER[match['per']]}" if match["per"] else ""


def _quantity(match: re.Match[str]) -> str:
    low, high, scale, unit = match["low"], match["high"], match["scale"], match["unit"]
    if low.isdecimal() and not (match["sign"] or high or scale or unit):
        return _lone(low, word_before(match))
    spoken = numbers.number(low) + (f" to {numbers.number(high)}" if high else "") + (f" {scale}" if scale else "")
    return sign_words(match) + spoken + unit_words(match, one=low == "1" and not high and not scale)


def _lone(digits: str, before: str) -> str:
    """Return a number without sign or unit; only the word before it shows what kind it is."""
    if before.lower() in _NAMED:
        return numbers.in_pairs(digits)
    if before.lower() in _CALLED and len(digits) == _EMERGENCY_DIGITS:
        return numbers.spelled(digits)
    if numbers.is_year(digits) or (len(digits) == 4 and digits[0] != "0" and before in _YEAR_WORDS):
        return numbers.year(int(digits))
    return numbers.whole(digits)


def _shortened(match: re.Match[str]) -> str:
    return f"{sign_words(match)}{numbers.number(match['low'])} {_MORE[match['more']]}"


def _ordinal(match: re.Match[str]) -> str:
    digits = match["low"].replace(",", "")
    return numbers.ordinal(int(digits)) if len(digits) <= numbers.MAX_DIGITS else numbers.spelled(digits)


_SAID_OTHERWISE = {"24/7": "twenty-four seven", "9/11": "nine eleven", "50/50": "fifty fifty", "20/20": "twenty twenty"}


def _fraction(match: re.Match[str]) -> str | None:
    above, below, count = int(match["above"]), int(match["below"]), match["count"]
    if below < 2:
        return None
    if match[0] in _SAID_OTHERWISE:
        return _SAID_OTHERWISE[match[0]]
    unit = unit_words(match, one=above <= below and not count)
    if count:
        return f"{sign_words(match)}{numbers.mixed(int(count), above, below)}{unit}"
    if below == 10 or above == below or above > 2 * below:
        joined = "out of" if above <= below else "over"
        return f"{sign_words(match)}{numbers.cardinal(above)} {joined} {numbers.cardinal(below)}{unit}"
    return f"{sign_words(match)}{numbers.fraction(above, below)}{unit}"


_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅐": (1, 7), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip


def _vulgar(match: re.Match[str]) -> str:
    part = _VULGAR[match["part"]]
    spoken = numbers.mixed(int(match["count"]), *part) if match["count"] else numbers.fraction(*part)
    return sign_words(match) + spoken + unit_words(match, one=not match["count"])


_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = str.maketrans(_SUPERSCRIPTS + "⁻⁺", "0123456789-+")
_POWERS = {"2": "squared", "3": "cubed"}


def _power(raised: str) -> str:
    digits = raised.translate(_LOWERED).lstrip("+")
    if digits in _POWERS:
        return _POWERS[digits]
    size = digits.lstrip("-\N{MINUS SIGN}")
    return f"to the power of {'' if size == digits else 'minus '}{numbers.whole(size)}"


def _raised(match: re.Match[str]) -> str:
    return _power(match[0].removeprefix("^"))


def _scientific(match: re.Match[str]) -> str:
    power = _power(match["power"].removeprefix("^")).replace("squared", "to the power of two")
    spoken = f"{numbers.number(match['low'])} times " if match["low"] else ""
    return f"{sign_words(match)}{spoken}ten {power.replace('cubed', 'to the power of three')}"


def _times(match: re.Match[str]) -> str:
    spaced = match[0].strip() != match[0]
    return "times" if "*" in match[0] or (spaced and "\u00d7" in match[0]) else "by"


def _feet(match: re.Match[str]) -> str:
    return f"{numbers.cardinal(int(match['feet']))} foot {numbers.number(match['inches'])}"


def _long(match: re.Match[str]) -> str:
    return numbers.spelled(match[0])


_FRACTION = r"(?<!/)(?:(?P<count>\d{1,4})[ -])?(?P<above>\d{1,4})[/\u2044](?P<below>\d{1,4})(?![\d/])"
_EXPONENT = rf"[-+\u2212]?\d{{1,4}}(?!\w)|\^[-\u2212]?\d{{1,4}}(?!\w)|[⁻⁺]?[{_SUPERSCRIPTS}]{{1,5}}"
_TEN = rf"10(?=[\^⁻⁺{_SUPERSCRIPTS}])"
_TIMES_TEN = rf"\s?[\u00d7x*·]\s?{_TEN}"
_FEET = r"(?:['\u2032\u2019]|\s?ft\.?)"
_INCHES = r"[\"\u2033\u201d]|''|\s?in"

RULES = (
    Rule(
        "DP",
        rf"{SIGN}(?:(?P<low>{NUMBER})(?:[eE](?=[-+\u2212\d])|{_TIMES_TEN})|{_TEN})(?P<power>{_EXPONENT})",
        _scientific,
    ),
    Rule("D", rf"(?P<feet>\d{{1,2}}){_FEET}\s?(?P<inches>\d{{1,2}}(?:\.\d)?)(?:{_INCHES})?(?!\w)", _feet),
    Rule("DP", rf"{SIGN}{_FRACTION}(?:{UNIT})?(?![^\W_]|\.\d)", _fraction),
    Rule("DP", rf"{SIGN}(?P<count>\d{{1,9}})?\s?(?P<part>[{''.join(_VULGAR)}])(?:{UNIT})?", _vulgar),
    Rule("D", rf"(?P<low>{WHOLE})(?:st|nd|rd|th)(?!\w)", _ordinal),
    Rule("DP", rf"{SIGN}(?P<low>{NUMBER})(?P<more>[kM]|(?<=\d\d)K)(?!\w)", _shortened),
    Rule(
        "DP",
        rf"{SIGN}(?P<low>{NUMBER})(?:{DASH}(?P<high>{NUMBER}))?(?:[\s-]?(?P<scale>{SCALES})(?!\w))?(?:{UNIT}|{_FREE})",
        _quantity,
    ),
    Rule("SLP", r"(?<=\d)\s?[x\u00d7*]\s?(?=\.?\d)", _times),
    Rule("S", r"(?<=\d)\s[-\u2212]\s(?=\d[\d.,]{0,20}\s?=)", "minus"),
    Rule("S", r"(?<=\d)\s-\s(?=\d)", "to"),
    Rule("P", r"(?:(?<=[\d%°])|(?<=°[CF])|(?<=[aApP][mM])|(?<=[mM]\.))[-\u2013\u2014](?=[$€£¥]?\d)", "to"),
    Rule("P", rf"(?<=[\w)])(?:\^[-\u2212]?\d{{1,9}}(?!\w)|[⁻⁺]?[{_SUPERSCRIPTS}]{{1,9}})", _raised),
)

DIGITS = (Rule("D", r"\d{1,40}", _long),)
"""Digits that no other rule matched."""
