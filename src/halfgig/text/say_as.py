"""SSML's say-as: letters, numbers, dates, times and sums of money, as words."""

from __future__ import annotations

import re

from halfgig.errors import BadMarkup
from halfgig.text import numbers
from halfgig.text.dates import MONTHS
from halfgig.text.normalization import is_english
from halfgig.text.spoken_form import spoken_form

_KINDS = {
    "characters": "characters",
    "spell-out": "characters",
    "verbatim": "characters",
    "cardinal": "cardinal",
    "number": "cardinal",
    "ordinal": "ordinal",
    "digits": "digits",
    "telephone": "telephone",
    "date": "date",
    "time": "time",
    "currency": "currency",
}
"""What interpret-as may be, and the kind it means."""

_FORMATS = ("mdy", "dmy", "ymd", "md", "dm", "ym", "my", "y", "m", "d")
"""The orders of day, month and year."""

_PATTERNS = {
    "cardinal": (r"[-\u2212+]?\d[\d,' \u00a0\u202f]{0,40}(?:\.\d{1,20})?", "a number, as 1,204"),
    "ordinal": (r"\d[\d,]{0,20}(?:st|nd|rd|th|\.)?", "a whole number, as 21"),
    "digits": (r"[\d\s.,-]{1,100}", "digits, as 0042"),
    "telephone": (r"[\d\s()+./x-]{1,100}", "a telephone number, as +1 (555) 010-0199"),
    "date": (r"[\w\s,./-]{1,60}", "a date, as 12/5/2024"),
    "time": (r"[\d\s:.'\"apmhAPMH]{1,30}", "a time, as 2:30pm"),
    "currency": (r"[^\W\d_]{0,3}\s?[$€£¥₹]?\s?\d[\d.,]{0,30}\s?[$€£¥₹]?\s?[^\W\d_]{0,3}", "a sum, as USD 45.30"),
}
"""What each kind may be written like, as a pattern and in words."""

_CURRENCIES = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
_SIGNS = {"+": "plus", "-": "dash", "#": "hash", "*": "star", "_": "underscore", ".": "dot", "/": "slash", "@": "at"}
_LETTERS = {"A": "ay", "a": "ay"}  # the letter, not the article


def check_say_as(kind: str, form: str, written: str) -> str:
    """Return the kind and format of a say-as as one value.  Raises `BadMarkup` for what cannot be said so."""
    known = _KINDS.get(kind)
    if known is None:
        raise BadMarkup(f'interpret-as="{kind:.40}" of <say-as> is not supported; it may be: {", ".join(_KINDS)}')
    if known == "date" and form and form not in _FORMATS:
        raise BadMarkup(f'format="{form:.40}" of a date is not supported; it may be: {", ".join(_FORMATS)}')
    pattern, example = _PATTERNS.get(known, (r"[\s\S]{1,200}", "up to 200 characters"))
    text = written.strip()
    if not re.fullmatch(pattern, text) or (known != "characters" and not re.search(r"\d", text)):
        raise BadMarkup(f'<say-as interpret-as="{kind}"> has "{text:.60}"; write {example}')
    if known == "date" and form and len(_numbers(text)) != len(form):
        raise BadMarkup(
            f'the date "{text:.60}" has {len(_numbers(text))} numbers and its format="{form}" {len(form)}; '
            "write them in the order of the format, as 12/5/2024 for mdy"
        )
    return f"{known} {form if known == 'date' else ''}".strip()


def say_as(value: str, written: str, language: str) -> str:
    """Return the words for a value that `check_say_as` returned; in other languages than English engines read more."""
    kind, _, form = value.partition(" ")
    text = " ".join(written.split())
    if kind == "characters":
        return _spelled(text, language)
    if kind in ("digits", "telephone"):
        return _digits(text, language)
    if not is_english(language):
        return re.sub(r"(?<=\d)[,' \xa0\u202f](?=\d{3})", "", text) if kind == "cardinal" else text
    digits = re.sub(r"[^\d.]", "", text)
    match kind:
        case "cardinal":
            minus = "minus " if text[0] in "-\u2212" else ""
            return minus + numbers.number(digits)
        case "ordinal":
            return numbers.ordinal(int(digits.rstrip(".")))
        case "date":
            return _date(text, form)
        case "currency":
            return spoken_form(_sum(text), language)
    return spoken_form(text, language)


def _spelled(text: str, language: str) -> str:
    return " ".join(filter(None, (_character(each, language) for each in text if not each.isspace())))


def _character(character: str, language: str) -> str:
    if character.isdecimal():
        return numbers.spelled(character) if is_english(language) else character
    if character.isalpha():
        return _LETTERS.get(character, character.upper()) if is_english(language) else character
    return _SIGNS.get(character, "") if is_english(language) else character


def _digits(text: str, language: str) -> str:
    """Return digits one by one, with a pause between groups."""
    groups = [group for group in re.split(r"[^\d+x]+", text) if group]
    return ", ".join(_spelled(group, language) for group in groups)


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+|[^\W\d_]{3,}", text)


def _date(text: str, form: str) -> str:
    parts = dict(zip(form, _numbers(text), strict=True)) if form else {}
    if not parts:
        return spoken_form(text, "en-us")
    month = _month(parts["m"]) if "m" in parts else ""
    day = numbers.ordinal(int(parts["d"])) if parts.get("d", "").isdecimal() else parts.get("d", "")
    year = _year(parts["y"]) if "y" in parts else ""
    spoken = f"{month} {day}".strip()
    return f"{spoken}, {year}" if spoken and year and day else f"{spoken} {year}".strip()


def _month(written: str) -> str:
    if not written.isdecimal():
        return spoken_form(written, "en-us")
    return MONTHS[int(written) - 1] if 1 <= int(written) <= len(MONTHS) else numbers.cardinal(int(written))


def _year(written: str) -> str:
    number = int(written) if written.isdecimal() else 0
    if len(written) == len("24"):
        number += 2000 if number < 70 else 1900
    return numbers.year(number) if written.isdecimal() else written


def _sum(text: str) -> str:
    """Return a sum with its sign: "USD 45.30" is "$45.30"."""
    for code, sign in _CURRENCIES.items():
        amount = re.sub(rf"\s*{code}\s*", "", text, flags=re.IGNORECASE)
        if amount != text:
            return f"{sign}{amount}"
    return text
