"""Numbers in words: American English without "and" or commas, and plain numbers of other languages."""

import unicodedata
from functools import lru_cache

MAX_DIGITS = 15
"""Longer whole numbers are spoken digit by digit: nobody can follow "quadrillion"."""

_HUNDREDS = range(100, 1000)


@lru_cache(4096)
def _words(number: int, kind: str) -> str:
    from num2words import num2words

    words: str = num2words(number, to=kind, lang="en")
    return words.replace(" and ", " ").replace(",", "").replace("oh-", "oh ")


@lru_cache(4096)
def in_language(number: int, kind: str, language: str) -> str:
    """Return a number in words of another language; `kind` is "cardinal", "ordinal" or "year"."""
    from num2words import num2words

    words: str = num2words(number, to=kind, lang=language)
    return words.replace(",", "")


def cardinal(number: int) -> str:
    """Return a cardinal number: 21 is "twenty-one"."""
    return _words(number, "cardinal")


def ordinal(number: int) -> str:
    """Return an ordinal number: 21 is "twenty-first"."""
    return _words(number, "ordinal")


def year(number: int) -> str:
    """Return a year, or a number spoken in pairs like a year: 1984 is "nineteen eighty-four"."""
    return _words(number, "year")


def in_pairs(digits: str) -> str:
    """Return a number in an address or a name: 192 is "one ninety-two", 1080 "ten eighty", 007 "zero zero seven"."""
    if digits[0] == "0" or len(digits) > 4:
        return spelled(digits)
    number = int(digits)
    if number in _HUNDREDS and number % 100:
        rest = f"oh {cardinal(number % 100)}" if number % 100 < 10 else cardinal(number % 100)
        return f"{cardinal(number // 100)} {rest}"
    return year(number) if number >= 1000 else cardinal(number)


def spelled(digits: str) -> str:
    """Return digits spoken one by one: "007" is "zero zero seven"."""
    return " ".join(cardinal(unicodedata.digit(digit)) for digit in digits)


def whole(digits: str) -> str:
    """Return a whole number as it is written: "1,200", "007", or even 40 digits."""
    digits = digits.replace(",", "")
    if len(digits) > MAX_DIGITS or (digits[0] == "0" and len(digits) > 1):
        return spelled(digits)
    return cardinal(int(digits))


def number(written: str) -> str:
    """Return a number with or without thousands separators and decimals: "1,234.50"."""
    before, point, after = written.partition(".")
    spoken = whole(before) if before else "zero"
    return f"{spoken} point {spelled(after)}" if point and after else spoken


def is_year(digits: str) -> bool:
    """Return whether a number without context is spoken as a year: 1100 to 2099."""
    return len(digits) == 4 and digits.isdecimal() and 1100 <= int(digits) < 2100


def plural(words: str) -> str:
    """Return words with the last one in the plural: "nineteen eighty" gives "nineteen eighties"."""
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith(("s", "x")) else "s")


_DENOMINATORS = {2: ("half", "halves"), 4: ("quarter", "quarters")}


def fraction(above: int, below: int) -> str:
    """Return a fraction: 1/2 is "one half", 3/16 "three sixteenths"."""
    part = ordinal(below).removeprefix("one ")
    one, many = _DENOMINATORS.get(below, (part, plural(part)))
    return f"{cardinal(above)} {one if above == 1 else many}"


def mixed(count: int, above: int, below: int) -> str:
    """Return a whole number and a fraction: 3 1/2 is "three and a half"."""
    part = fraction(above, below)
    return f"{cardinal(count)} and {'a ' + part.removeprefix('one ') if above == 1 else part}"


_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN_STEPS = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def roman(letters: str) -> int | None:
    """Parse a Roman numeral; None for letters that are not the standard form of a number."""
    values = [_ROMAN[letter] for letter in letters]
    total = sum(-one if one < next_one else one for one, next_one in zip(values, [*values[1:], 0], strict=True))
    return total if _as_roman(total) == letters else None


def _as_roman(number: int) -> str:
    letters = ""
    for value, step in _ROMAN_STEPS:
        letters += step * (number // value)
        number %= value
    return letters
