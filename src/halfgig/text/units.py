"""Units of measure: their symbols, names and plurals."""

import re

from halfgig.text import numbers
from halfgig.text.context import describes
from halfgig.text.rules import any_of

_METRES = {"nm": "nanometer", "µm": "micrometer", "μm": "micrometer", "mm": "millimeter", "cm": "centimeter",
           "m": "meter", "km": "kilometer"}  # fmt: skip
_LENGTHS = {**_METRES, "ft": "foot", "in.": "inch", "yd": "yard", "mi": "mile"}
_OTHERS = {
    "µg": "microgram", "μg": "microgram", "mcg": "microgram", "mg": "milligram", "g": "gram", "kg": "kilogram",
    "lb": "pound", "lbs": "pound", "oz": "ounce",
    "fl oz": "fluid ounce", "fl. oz": "fluid ounce",
    "ml": "milliliter", "mL": "milliliter", "cl": "centiliter", "dl": "deciliter", "dL": "deciliter",
    "µL": "microliter", "μL": "microliter", "bbl": "barrel", "mol": "mole", "mmol": "millimole", "ha": "hectare",
    "l": "liter", "L": "liter",
    "Tbsp": "tablespoon", "TBSP": "tablespoon", "tbs": "tablespoon", "Tbs": "tablespoon", "Tsp": "teaspoon",
    "pcs": "piece", "mpg": "mile per gallon", "bps": "basis point", "pts": "point", "rebs": "rebound", "reb": "rebound",
    "asts": "assist", "ast": "assist",
    "gal": "gallon", "qt": "quart", "qts": "quart", "tsp": "teaspoon", "tbsp": "tablespoon",
    "ns": "nanosecond", "µs": "microsecond", "μs": "microsecond", "ms": "millisecond", "s": "second",
    "sec": "second", "secs": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour",
    "mo": "month", "mos": "month", "wk": "week", "wks": "week", "kt": "knot", "kts": "knot", "ct": "count",
    "pk": "pack", "yr": "year", "yrs": "year",
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
    "mmHg": "millimeter of mercury", "mm Hg": "millimeter of mercury", "psi": "pound per square inch",
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

PRESSURES = frozenset({"mmHg", "mm Hg"})
"""Units in which blood pressure is written: upper and lower value with a slash between."""

_PERIODS = ("second", "minute", "hour", "day", "night", "week", "month", "year", "person", "mile", "pound", "gallon")
_PER = {
    **UNITS, **{period: period for period in _PERIODS}, "s²": "second squared", "s^2": "second squared",
    "wk": "week", "pp": "person", "ea": "each", "pc": "piece", "serving": "serving",
    "portion": "portion", "share": "share", "game": "game", "side": "side", "head": "head",
    "capita": "capita", "unit": "unit",
}  # fmt: skip

_TIMES = (
    r"(?:(?:(?<=g/)|(?<=U/)|(?<=l/)|(?<=J/)|(?<=L/)|(?<=s/))(?P<times>\d{1,4})\s?"
    r"(?=[md]?[lL]\b|hr?\b|min\b|km\b|(?<=(?:l/100 |J/100 ))g\b|(?<=(?:al/100|kJ/100))g\b))?"
)
"""A number in a rate, of volume, time or distance: another measure of mass behind one is the same in another unit."""

PER = rf"/{_TIMES}(?P<per>{any_of(_PER)})(?!\w)(?:\.(?=\s[a-z]|[,)]))?"
"""A rate after a unit or a sum of money: "/h", "/5 mL"."""

_HYPHENATED = ("yr", "mo", "hr", "min", "sec", "oz", "lb", "in", "ft", "gal", "pk", "ct", "yd")
_HYPHENATED_STOP = rf"(?:{'|'.join(f'(?<=-{name})' for name in _HYPHENATED)})\.(?=\s[A-Z])"
"""The full stop of "a 10-yr. Treasury", which describes what follows."""

_STOP = r"\.(?=\s[a-z@&]|[,)]|/\d|\s\(\d|\s[NS]?[NSEW]{1,2}\b|\s\d{1,2}\s?(?:mos?|wks?|days?|in|oz|mins?|secs?|hrs?)\b)"
UNIT = rf"(?P<gap>[\s-]?)(?P<unit>{any_of(UNITS)})(?:(?!\w)|(?=x\d))(?:{PER}|{_STOP}|{_HYPHENATED_STOP})?"
"""A unit after a number, with its own full stop if the sentence goes on."""

_UNCHANGED = ("percent", "hertz", "kilohertz", "megahertz", "gigahertz", "per mille", "count")
_IRREGULAR = {"foot": "feet", "inch": "inches"}


def plural_unit(name: str) -> str:
    """Return the plural of a unit: "mile per hour" gives "miles per hour"."""
    if name in _UNCHANGED:
        return name
    if name.startswith("degree "):
        return name.replace("degree", "degrees", 1)
    head, per, tail = name.partition(" of " if " of " in name else " per ")
    *front, last = head.split(" ")
    return " ".join([*front, _IRREGULAR.get(last, last + "s")]) + per + tail


def unit_words(match: re.Match[str], *, one: bool) -> str:
    """Return the unit matched by `UNIT` after a space; "" if there is none.

    `one` is true if the number before the unit is one. A unit that describes a noun is singular: "a 5 km run".
    """
    sign = match["unit"]
    if not sign:
        return ""
    name = UNITS[sign]
    is_singular = one or match["gap"] == "-" or describes(match)
    return f" {name if is_singular else plural_unit(name)}{per_words(match)}"


def per_words(match: re.Match[str]) -> str:
    """Return the rate matched by `PER` after a space; "" if there is none."""
    if not match["per"]:
        return ""
    if match["per"] == "ea":
        return " each"
    name, times = _PER[match["per"]], match["times"]
    return f" per {name}" if not times else f" per {numbers.whole(times)} {name if times == '1' else plural_unit(name)}"
