"""Dates, years, times of day, and the names of months and days."""

import re

from halfgig.text import numbers
from halfgig.text.characters import PARAGRAPH_END
from halfgig.text.context import is_noun, joined, text_before, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Boundary, Rule, any_of, as_written, lookup, word_before
from halfgig.text.units import UNITS

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SHORT_MONTHS = {
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "Jun": "June", "Jul": "July",
    "Aug": "August", "Sep": "September", "Sept": "September", "Oct": "October", "Nov": "November", "Dec": "December",
}  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday",
    "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip

_TIME_GOES_ON = ("Eastern", "Central", "Mountain", "Pacific", "Greenwich", *DAYS, *MONTHS)
HALF_DAY_ENDING = (
    rf"(?<=\.)[\"'\u2019\u201d)]{{0,3}}"
    rf"(?=\s{{1,20}}(?!{any_of(_TIME_GOES_ON)}|[A-Z]{{2,4}}\b)[\"'\u2018\u201c(]?[A-Z]|{PARAGRAPH_END})"
)
"""Follows a "p.m." that ends a sentence: within a sentence only a day, a month or a time zone has a capital there."""

DAYS_WITH_STOP = {
    name: SHORT_DAYS[name] for name in ("Mon", "Tue", "Tues", "Wed", "Thu", "Thur", "Thurs", "Fri", "Sat", "Sun")
}
"""Short days that a full stop may follow."""
_MONTHS_WITH_STOP = {name: SHORT_MONTHS[name] for name in SHORT_MONTHS if name != "Mar"}
_DATE_WORDS = frozenset({
    "on", "since", "until", "till", "by", "before", "after", "from", "through", "due", "dated", "expires", "expired",
    "born", "shipped", "ships", "delivered", "arrived", "arrives", "arriving", "eta", "effective", "posted", "updated",
    "published", "released", "scheduled", "starts", "starting", "begins", "beginning", "ends", "ending", "opens",
    "thru", "exp", "expiring", "closes", "closed", "back", "returning",
})  # fmt: skip
_MEETING_WORDS = frozenset({"meet", "meets", "meeting", "sent", "received", "signed", "you", "u", "ya"})
_MONTH = rf"(?:{any_of((*MONTHS, *SHORT_MONTHS))})(?![^\W_])"


def _date(month: int, day: int, year: str = "") -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    spoken = f"{MONTHS[month - 1]} {numbers.ordinal(day)}"
    return f"{spoken}, {_year(year)}" if year else spoken


def _year(digits: str) -> str:
    number = int(digits)
    if len(digits) == 2:
        number += 2000 if number < 70 else 1900
    return numbers.year(number)


def _year_first(match: re.Match[str]) -> str | None:
    date = _date(int(match["month"]), int(match["day"]), match["year"])
    return f"{date} at" if date and match["time"] else date


def _month_first(match: re.Match[str]) -> str | None:
    month, day = int(match["month"]), int(match["day"])
    return _date(day, month, match["year"]) if month > 12 else _date(month, day, match["year"])


def _day_first(match: re.Match[str]) -> str | None:
    return _date(int(match["month"]), int(match["day"]), match["year"])


def _without_year(match: re.Match[str]) -> str | None:
    before = word_before(match).lower()
    is_date = (
        before in _DATE_WORDS
        or (before in _MEETING_WORDS and not is_noun(word_after(match)))
        or word_before(match) in _LONG_NAMES
        or _DATED.search(text_before(match))
        or _AT_A_TIME.match(match.string, match.end())
    )
    is_part = match["day"] in {"2", "3", "4", "8"} and int(match["month"]) < int(match["day"])
    if is_part and before in {"to", "and", "between"}:
        return None  # between 1/4 and 3/4
    is_measure = _PART_OF_A_MEASURE.match(match.string, match.end())
    return _date(int(match["month"]), int(match["day"])) if is_date and not is_measure else None


_DATED = Pattern(
    r"\b(?:(?:letter|e-?mail|memo|note|notes|minutes|invoice|statement|report|message|meeting|decision|ruling|week|"
    r"night|morning|evening|edition|as) of (?:the )?|\d{1,2}\s?[ap]\.?m\.?,? "
    r"|(?:from|between) \d{1,2}/\d{1,2} (?:to|and|thru|through|until) "
    r"|(?:moved|postponed|rescheduled|changed|pushed|delayed|extended)\b[^.!?]{0,30} (?:to|from|until) )\Z",
    re.IGNORECASE,
)
_PART_OF_A_MEASURE = Pattern(
    rf"\s?(?:{any_of(UNITS)}|cups?|of|teaspoons?|tablespoons?|pounds?|ounces?|pints?|quarts?|inch(?:es)?|miles?|full|done|way)(?!\w)"
)
_AT_A_TIME = Pattern(
    r",?\s(?:(?:at|@)\s(?:noon|midnight|\d{1,2}(?::\d\d)?(?!\s?(?:%|percent|\d)))"
    r"|(?:meeting|deadline|appointment|hearing|kickoff|launch|episode|call|edition)\b)"
)


def _dates(match: re.Match[str]) -> str | None:
    """Return a range of days, as in "open 3/1-3/5"; None for fractions: 1/4-1/2 cup."""
    first = _date(int(match["month"]), int(match["day"]))
    last = _date(int(match["last_month"]), int(match["last_day"]))
    is_fraction = int(match["month"]) < int(match["day"]) and int(match["last_month"]) < int(match["last_day"])
    is_named = word_before(match).lower() in _DATE_WORDS or word_before(match) in _LONG_NAMES
    if not (first and last) or (
        is_fraction and not is_named and int(match["day"]) <= 16 and is_noun(word_after(match))
    ):
        return None
    return f"{first} to {last}"


def _is_month(word: str) -> bool:
    return word in MONTHS or word in SHORT_MONTHS


def _day_after_month(match: re.Match[str]) -> str | None:
    low, high = int(match["low"]), match["high"]
    if not _is_month(word_before(match)) or not 1 <= low <= 31:
        return None
    return numbers.ordinal(low) + (f" to {numbers.ordinal(int(high))}" if high else "")


def _day_before_month(match: re.Match[str]) -> str | None:
    low, high = int(match["low"]), match["high"]
    if not 1 <= low <= 31:
        return None
    the = "" if word_before(match).lower() == "the" else "the "
    return f"{the}{numbers.ordinal(low)}{f' to {numbers.ordinal(int(high))}' if high else ''} of"


def _month_after_day(match: re.Match[str]) -> str | None:
    return SHORT_MONTHS[match["name"]] if re.fullmatch(r"\d+|st|nd|rd|th", word_before(match)) else None


def _year_range(match: re.Match[str]) -> str | None:
    low, high = match["low"], match["high"]
    if not numbers.is_year(low) or not (len(high) == 2 or numbers.is_year(high)):
        return None
    if high[0] == "0" and (int(low) + 1) % 100 != int(high):
        return f"{MONTHS[int(high) - 1]} {numbers.year(int(low))}" if high != "00" else None
    end = numbers.in_pairs(high) if len(high) == 2 else numbers.year(int(high))
    return f"{numbers.year(int(low))} {joined(match)} {end}"


_ERAS = {"AD": "A.D.", "BC": "B.C.", "CE": "C.E.", "BCE": "B.C.E."}


def _era(match: re.Match[str]) -> str:
    number = int(match["low"])
    spoken = numbers.year(number) if number >= 1000 else numbers.in_pairs(str(number))
    return f"{spoken} {_ERAS[match['era'].replace('.', '')]}"


def _half_day(match: re.Match[str]) -> str:
    letter = match["half"]
    return f" {letter.lower()}.m." if letter else ""


_RACES = frozenset({"marathon", "half", "triathlon", "ironman", "ultra", "race", "finish", "ride", "split", "swim"})


def _clock(match: re.Match[str]) -> str | None:
    hour, minute, second, half = int(match["hour"]), int(match["minute"]), match["second"], _half_day(match)
    if hour > 24 or minute > 59 or (half and not 1 <= hour <= 12):
        return None
    spoken = "zero" if match["hour"] == "00" else numbers.cardinal(hour)
    if second and word_after(match) in _RACES:
        return f"{spoken} {_minutes(minute) if minute else 'hours'} {_minutes(int(second)) if int(second) else 'flat'}"
    if second:
        return f"{spoken} {_minutes(minute)} and {numbers.cardinal(int(second))} seconds{half}"
    if minute or half:
        return f"{spoken}{' ' + _minutes(minute) if minute else ''}{half}"
    return f"{spoken} o'clock" if 1 <= hour <= 12 else "midnight" if match["hour"] == "00" else f"{spoken} hundred"


def _minutes(minute: int) -> str:
    if not minute:
        return "o'clock"
    return f"oh {numbers.cardinal(minute)}" if minute < 10 else numbers.cardinal(minute)


def _hour(match: re.Match[str]) -> str | None:
    hour = int(match["hour"])
    return f"{numbers.cardinal(hour)}{_half_day(match)}" if 1 <= hour <= 12 else None


def _hours_range(match: re.Match[str]) -> str | None:
    last = _hour(match)
    return f"{numbers.cardinal(int(match['low']))} to {last}" if last and 1 <= int(match["low"]) <= 12 else None


_SCHEDULED = frozenset(
    {"train", "bus", "flight", "show", "news", "meeting", "appointment", "ferry", "boat", "service", "slot"}
)
_MORE_OF_A_TIME = Pattern(
    r"[\"'\u2019\u201d)]{0,3}(?:[.,;:!?](?!\d)|\s?\Z|\n|\s(?:in the|on|this|today|tonight|tomorrow|and|or|to|for|sharp"
    r"|every|each|daily|until|till|when|after|before|we|he|she|they|I|you|the)\b)"
)


def _clock_with_dot(match: re.Match[str]) -> str | None:
    """Return a time such as "at 7.30": after at, by or until, at a multiple of five minutes, and not before a unit."""
    before = word_before(match).lower()
    if before == "the" and word_after(match) in _SCHEDULED:
        return _clock(match)
    is_time = before in {"at", "by", "until", "till"} and int(match["minute"]) % 5 == 0
    return _clock(match) if is_time and _MORE_OF_A_TIME.match(match.string, match.end()) else None


_LONG_NAMES = {**SHORT_MONTHS, **SHORT_DAYS, **{name: name for name in (*MONTHS, *DAYS)}}


_EXPIRES = Pattern(r"\b(?:exp|expiry|expires|expiration)(?: date)?\.?:?\s\Z", re.IGNORECASE)


def _end_of_a_card(match: re.Match[str]) -> str | None:
    """Return the month and year in which a card expires."""
    if not _EXPIRES.search(text_before(match)):
        return None
    return f"{MONTHS[int(match['month']) - 1]} {_year(match['year'])}"


def _part_of_month(match: re.Match[str]) -> str:
    return f"{match['part']} {SHORT_MONTHS[match['name']]}"


def _to_a_day(match: re.Match[str]) -> str | None:
    """Return "to" between two days with their months: "1 Jan-31 Mar"."""
    return "to" if re.search(rf"\d\s{_MONTH}\.?\Z", text_before(match)) else None


def _names(match: re.Match[str]) -> str | None:
    first, second = (_LONG_NAMES[match[group]] for group in ("first", "second"))
    return f"{first} to {second}" if (first in DAYS) == (second in DAYS) else None


_OF_A_RATIO = frozenset({"ratio", "odds", "mix", "split", "score"})


def _lap(match: re.Match[str]) -> str | None:
    """Return minutes and seconds, which are no time of day: "in 45:32", "1:58.34"."""
    minute, second, part = int(match["hour"]), int(match["minute"]), match.groupdict().get("part")
    if (minute == second and not part) or word_after(match) in _OF_A_RATIO or word_before(match) in _OF_A_RATIO:
        return None
    spoken = f"{numbers.cardinal(minute)} {_minutes(second) if second else 'minutes'}"
    return f"{spoken} point {numbers.spelled(part)}" if part else spoken


def _military(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), int(match["minute"])
    spoken = f"oh {numbers.cardinal(hour)}" if 0 < hour < 10 else numbers.cardinal(hour)
    return f"{spoken} {_minutes(minute) if minute else 'hundred'}"


def _ratio(match: re.Match[str]) -> str:
    return f"{numbers.number(match['low'])} to {numbers.number(match['high'])}"


_HALF = r"(?P<half>a(?=m)|A(?=M)|p(?=m)|P(?=M)|[aApP](?=\.))(?:\.\s?[mM]\.?|[mM])(?!\w)"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,6})?Z?)?(?![\d:])"
_DOT_CLOCK = r"(?P<hour>[01]?\d|2[0-4])\.(?P<minute>[0-5]\d)(?P<second>(?!x)x)?(?!\d|\.\d)"
_NAME = any_of(_LONG_NAMES)
_SHORT_DAY = any_of(SHORT_DAYS)
_IN = r"(?:(?<=[Ii]n )|(?<=[Ss]ince )|(?<=[Bb]y )|(?<=[Uu]ntil )|(?<=[Ll]ast )|(?<=[Nn]ext )|(?<=this )|(?<=of ))"
_DAY = r"(?P<low>\d{1,2})(?:st|nd|rd|th)?(?:\s?[-\u2013]\s?(?P<high>\d{1,2})(?:st|nd|rd|th)?)?(?![^\W_])"

RULES = (
    Rule("D", r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:(?P<time>T(?=\d\d:))|(?![\d-]))", _year_first),
    Rule("D", r"(?P<year>\d{4})/(?P<month>\d\d?)/(?P<day>\d\d?)(?P<time>)(?![\d/])", _year_first),
    Rule("D", r"(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>\d{4}|\d\d)(?![\d/])", _month_first),
    Rule("D", r"(?P<month>\d\d?)-(?P<day>\d\d?)-(?P<year>\d{4})(?![\d-])", _month_first),
    Rule("D", r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})(?!\.?\d)", _day_first),
    Rule(
        "D",
        r"(?P<month>\d\d?)/(?P<day>\d\d?)\s?[-\u2013]\s?(?P<last_month>\d\d?)/(?P<last_day>\d\d?)(?![\d/])",
        _dates,
    ),
    Rule("D", r"(?P<month>0[1-9]|1[0-2])/(?P<year>2[4-9]|3\d)(?![\d/])", _end_of_a_card),
    Rule("D", r"(?P<month>\d\d?)/(?P<day>\d\d?)(?![\d/])", _without_year),
    Rule("D", r"(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)\.(?P<part>\d{1,3})(?![\d:]|\.\d)", _lap),
    Rule("D", r"(?P<hour>2[5-9]|[3-5]\d):(?P<minute>[0-5]\d)(?![\d:])", _lap),
    Rule("D", r"(?P<hour>0\d|(?<=at )1\d|(?<=at )2[0-3])(?P<minute>[0-5]\d)(?=\s(?:hours|hrs)\b)", _military),
    Rule("D", rf"{_CLOCK}\s?{_HALF}{HALF_DAY_ENDING}", _clock, Boundary.SENTENCE),
    Rule("D", rf"{_CLOCK}(?:\s?{_HALF})?(?!(?<=\d)[ap]\b)", _clock),
    Rule("D", rf"{_CLOCK}(?P<half>[ap])(?!\w)", _clock),
    Rule("D", r"(?P<hour>\d{1,2})(?P<half>[ap])(?=\s?[-\u2013]\s?\d{1,2}(?::\d\d)?[ap]\b)", _hour),
    Rule("D", r"(?P<low>\d{1,2})[-\u2013](?P<hour>\d{1,2})(?P<half>[ap])(?![\w.])", _hours_range),
    Rule("D", r"(?:(?<=@ )|(?<=\bat ))(?P<hour>\d{1,2})(?P<half>[ap])(?!\w)", _hour),
    Rule("D", r"(?<=[ap][-\u2013])(?P<hour>\d{1,2})(?P<half>[ap])(?!\w)", _hour),
    Rule("P", r"(?<=\d[ap])[-\u2013](?=\d{1,2}(?::\d\d)?[ap]\b)", "to"),
    Rule("D", rf"{_DOT_CLOCK}\s?{_HALF}{HALF_DAY_ENDING}", _clock, Boundary.SENTENCE),
    Rule("D", rf"{_DOT_CLOCK}\s?{_HALF}", _clock),
    Rule("D", rf"{_DOT_CLOCK}(?P<half>(?!x)x)?", _clock_with_dot),
    Rule("D", rf"(?P<hour>\d{{1,2}})\s?{_HALF}{HALF_DAY_ENDING}", _hour, Boundary.SENTENCE),
    Rule("D", rf"(?P<hour>\d{{1,2}})\s?{_HALF}", _hour),
    Rule("D", r"(?P<low>\d{1,6}):(?P<high>\d{1,3}(?:,\d{3}){1,3}|\d{1,6})(?![\d:])", _ratio),
    Rule("D", rf"{_DAY}(?=\s{{1,2}}{_MONTH})", _day_before_month),
    Rule("D", rf"{_DAY}(?![:/%°]|[.,]\d)", _day_after_month),
    Rule("D", r"(?P<low>\d{4})\s?[-\u2013\u2014]\s?(?P<high>\d{4}|\d\d)(?![\d-])(?![^\W_])", _year_range),
    Rule("D", r"(?P<low>\d{1,4})\s?(?P<era>AD|BCE?|CE|A\.D\.|B\.C\.(?:E\.)?|C\.E\.)(?!\w)", _era),
    Rule("L", rf"(?P<first>{_NAME})\.?[-\u2013](?P<second>{_NAME})(?![\w-])(?:\.(?=,|\s[a-z\d]))?", _names),
    Rule("L", rf"(?P<name>{_SHORT_DAY})\.?(?=/{_SHORT_DAY})", lookup(SHORT_DAYS, "name")),
    Rule("P", rf"(?<=[a-z.])/(?=(?P<day>{_SHORT_DAY})\b)", ","),
    Rule("L", rf"(?<=/)(?P<name>{_SHORT_DAY})(?:\.(?=,|\s[a-z\d]))?(?![\w/])", lookup(SHORT_DAYS, "name")),
    Rule("L", rf"(?P<name>{any_of(SHORT_MONTHS)})\.?(?=\s{{1,2}}['\u2019]?\d)", lookup(SHORT_MONTHS, "name")),
    Rule("L", rf"(?P<part>[Mm]id|[Ll]ate|[Ee]arly)-(?P<name>{any_of(SHORT_MONTHS)})\.?(?=\s[a-z\d]|,)", _part_of_month),
    Rule("L", r"(?:noon|midnight)(?=[-\u2013]\d)", as_written),
    Rule("P", r"(?:(?<=noon)|(?<=midnight))[-\u2013](?=\d)", "to"),
    Rule("P", rf"(?<=[a-z.])\s?[-\u2013]\s?(?=\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH})", _to_a_day),
    Rule(
        "L", rf"(?P<name>{_SHORT_DAY})\.?(?=\s?(?:,|&|,? and|,? or)\s{{0,2}}{_SHORT_DAY}\b)", lookup(SHORT_DAYS, "name")
    ),
    Rule("L", rf"(?P<name>{any_of(SHORT_MONTHS)})(?:\.(?=,|\s[a-z\d]))?(?!\w)", _month_after_day),
    Rule("L", rf"(?P<name>{any_of(SHORT_DAYS)})\.?(?=,?\s{{1,2}}(?:\d|{_MONTH}))", lookup(SHORT_DAYS, "name")),
    Rule(
        "L",
        rf"(?P<name>{any_of(DAYS_WITH_STOP)})\.(?=,|\s(?:[a-z]|{any_of(DAYS)}|{_MONTH}))",
        lookup(SHORT_DAYS, "name"),
    ),
    Rule(
        "L",
        rf"(?P<name>{any_of(DAYS_WITH_STOP)})(?=\s(?:morning|afternoon|evening|night|at\s\d)(?!\w))",
        lookup(SHORT_DAYS, "name"),
    ),
    Rule(
        "L",
        rf"{_IN}(?P<name>{any_of(_MONTHS_WITH_STOP)})(?=\.?(?:\s{{0,3}}\Z|[,;)]|\s[A-Z]))",
        lookup(SHORT_MONTHS, "name"),
    ),
    Rule("L", rf"{_IN}Mar\.(?=,|\s[a-z])", "March"),
    Rule("L", rf"(?P<name>{any_of(_MONTHS_WITH_STOP)})\.(?=,|\s[a-z])", lookup(SHORT_MONTHS, "name")),
)
