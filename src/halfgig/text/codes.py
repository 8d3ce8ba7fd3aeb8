"""Names with numbers in them that are no ranges: aircraft, ISBN, formations, telephone words, paragraphs, grades."""

import re

from halfgig.text import numbers
from halfgig.text.context import text_before, word_after
from halfgig.text.identifiers import letters_and_digits
from halfgig.text.pattern import Pattern
from halfgig.text.romans import is_counted_word
from halfgig.text.rules import Rule, any_of, word_before

_MAKERS = ("Boeing", "Airbus", "Embraer", "Bombardier", "Cessna", "Douglas", "Lockheed", "Antonov", "Tupolev", "Fokker",
           "Model", "model", "Type", "Series", "Core", "Ryzen", "Radeon", "GeForce", "Xeon", "Opteron", "Snapdragon",
           "Part", "part number", "Part number", "part no.", "SKU", "serial number", "catalog number")  # fmt: skip
_MAKER = Pattern(rf"(?:{any_of(_MAKERS)})\s\Z")


def _aircraft(match: re.Match[str]) -> str | None:
    low, high = match["low"], match["high"]
    if not re.fullmatch("7[0-9]7", low) and not _MAKER.search(text_before(match)):
        return None
    return f"{numbers.in_pairs(low)} {numbers.in_pairs(high)}" + (
        f" {' '.join(match['letters'])}" if match["letters"] else ""
    )


def _language_model(match: re.Match[str]) -> str | None:
    if not re.search(r"(?<![\w$€£])[A-Z][A-Za-z]{2,20}\s\Z", text_before(match)):
        return None
    return f"{numbers.number(match['version'])} {numbers.number(match['size'])} B"


def _book(match: re.Match[str]) -> str | None:
    if not re.search(r"IS[BSM]N(?:-1[03])?:?\s\Z|ISBNs?\s\Z", text_before(match)):
        return None
    return letters_and_digits(match[0])


def _formation(match: re.Match[str]) -> str | None:
    parts = match[0].split("-")
    if any(part[0] == "0" and len(part) > 1 for part in parts):
        return None
    return " ".join(numbers.cardinal(int(part)) for part in parts)


def _telephone_words(match: re.Match[str]) -> str:
    digits = re.findall(r"\d+", match["digits"])
    groups = (
        numbers.cardinal(int(part)) if re.fullmatch("[1-9]00", part) else numbers.spelled(part) for part in digits
    )
    words = (numbers.spelled(part) if part.isdecimal() else part for part in match["words"].split("-"))
    return ", ".join([*groups, *words])


def _zone(match: re.Match[str]) -> str:
    minute = match["minute"]
    rest = f" {numbers.cardinal(int(minute))}" if minute and int(minute) else ""
    sign = "plus" if match["sign"] == "+" else "minus"
    return f"{match['zone']} {sign} {numbers.cardinal(int(match['hour']))}{rest}"


def _paragraph(match: re.Match[str]) -> str:
    parts = re.findall(r"[A-Za-z]+|\d+", match["parts"])
    return " ".join([numbers.in_pairs(match["digits"]), *map(_mark, parts)]) + ("s" if match["many"] else "")


def _mark(part: str) -> str:
    if part.isdecimal():
        return numbers.in_pairs(part)
    number = numbers.roman(part.upper()) if re.fullmatch("[ivx]{2,5}", part) else None
    return numbers.cardinal(number) if number else "ay" if part in "aA" else part


_PLANS = {"401": "four oh one", "403": "four oh three", "457": "four fifty-seven", "501": "five oh one"}


def _plan(match: re.Match[str]) -> str:
    number = f" {numbers.cardinal(int(match['number']))}" if match["number"] else ""
    return f"{_PLANS[match['digits']]} {match['letter'].lower()}{number}{'s' if match['many'] else ''}"


def _counter(match: re.Match[str]) -> str | None:
    number = numbers.roman(match["letters"].upper())
    if number is None:
        return None
    is_counted = is_counted_word(word_before(match))
    return numbers.cardinal(number) + ("" if is_counted else ",")


def _same_letters(match: re.Match[str]) -> str | None:
    low, high, letters = int(match["low"]), int(match["high"]), match["letters"]
    if low >= high:
        return None
    shown = "ay" if letters == "A" else letters
    return f"{shown} {numbers.cardinal(low)} to {shown} {numbers.cardinal(high)}"


_SIGNS = {"+": "plus", "-": "minus", "\N{MINUS SIGN}": "minus", "\N{EN DASH}": "minus"}
_BLOOD = frozenset({"blood", "donor", "donors", "type", "positive", "negative", "patients"})


def _grade(match: re.Match[str]) -> str | None:
    letters, sign = match["letters"], _SIGNS[match["sign"]]
    is_blood = word_after(match).lower() in _BLOOD or re.search(
        r"\b(?:blood|type|group)(?: (?:is|type|group))?\s\Z", text_before(match), re.IGNORECASE
    )
    if is_blood and letters in {"A", "B", "AB", "O"}:
        sign = "positive" if sign == "plus" else "negative"
    elif letters in {"AB", "O"}:
        return None
    return f"{' '.join('ay' if letter == 'A' else letter for letter in letters)} {sign}"


_GRADES = r"(?:A{1,3}|B{1,3}|C{1,3}|AB|[DEFO])"


def _episode(match: re.Match[str]) -> str:
    return f"season {numbers.cardinal(int(match['season']))} episode {numbers.cardinal(int(match['episode']))}"


RULES = (
    Rule("L", r"S(?P<season>\d{1,2})E(?P<episode>\d{1,3})(?!\w)", _episode),
    Rule("D", r"529(?=\s(?:plans?|accounts?|college)\b)", "five twenty-nine"),
    Rule("D", r"(?P<low>\d{3})-(?P<high>\d{1,4})(?P<letters>[A-Z]{1,3})?(?![\w-]|\.\d)", _aircraft),
    Rule("D", r"(?P<version>\d{1,2}\.\d)-(?P<size>\d{1,4}(?:\.\d)?)B(?![\w-])", _language_model),
    Rule("D", r"\d{1,13}(?:[ -]\d{1,7}){0,5}(?:[ -]?X)?(?![\w-])", _book),
    Rule("D", r"\d{1,2}(?:-\d{1,2}){2,4}(?![\w-]|[.,/]\d|\s?=)", _formation),
    Rule(
        "D",
        r"(?P<digits>(?:1[ -])?[2-9]\d\d)-(?P<words>(?:\d{1,4}-)?[A-Z]{2,9}(?:-[A-Z\d]{2,8}){0,2})(?![\w-])",
        _telephone_words,
    ),
    Rule(
        "L", r"(?P<zone>UTC|GMT)\s?(?P<sign>[-+\u2212\u2013])\s?(?P<hour>\d{1,2})(?::?(?P<minute>\d\d))?(?!\w)", _zone
    ),
    Rule(
        "D",
        r"(?P<digits>401|403|457|501)\s?\(?(?P<letter>[abckABCK])\)?(?:\(?(?P<number>\d{1,2})\)?)?(?P<many>['\u2019]?s)?(?!\w)",
        _plan,
    ),
    Rule("D", r"(?P<digits>\d{1,4})(?P<parts>(?:\([a-zA-Z]{1,4}\)|\(\d{1,3}\)){1,4})(?P<many>s)?(?!\w)", _paragraph),
    Rule("P", r"(?<!\w)\((?P<letters>[ivx]{2,5}|[iv])\)(?!\w)", _counter),
    Rule("L", r"(?P<letters>[A-Z]{1,3})(?P<low>\d{1,2})[-\u2013](?P=letters)(?P<high>\d{1,2})(?![\w-])", _same_letters),
    Rule(
        "L",
        rf"(?<![\w-])(?P<letters>{_GRADES})(?P<sign>[-+\u2212\u2013])(?=[\s.,;:!?)\"'\u2019\u201d]|\Z)(?!\s[-\u2013])",
        _grade,
    ),
)
