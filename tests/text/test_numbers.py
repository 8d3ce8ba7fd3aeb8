import pytest

from halfgig.text import numbers


@pytest.mark.parametrize(
    ("letters", "number"), [("I", 1), ("IV", 4), ("XIV", 14), ("XLII", 42), ("MCMLXXXIV", 1984), ("MIX", 1009)]
)
def test_a_roman_numeral_is_read(letters: str, number: int) -> None:
    assert numbers.roman(letters) == number


@pytest.mark.parametrize("letters", ["IIII", "IIX", "VX", "LCD", "IVI"])
def test_letters_that_are_no_proper_numeral_are_none(letters: str) -> None:
    assert numbers.roman(letters) is None


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("7", "seven"),
        ("42", "forty-two"),
        ("100", "one hundred"),
        ("105", "one oh five"),
        ("255", "two fifty-five"),
        ("8080", "eighty eighty"),
        ("007", "zero zero seven"),
        ("90210", "nine zero two one zero"),
    ],
)
def test_digits_in_a_name_are_read_in_pairs(digits: str, words: str) -> None:
    assert numbers.in_pairs(digits) == words


def test_a_number_nobody_could_follow_is_spelled() -> None:
    assert numbers.whole("9" * 15).startswith("nine hundred ninety-nine trillion")
    assert numbers.whole("9" * 16) == " ".join(["nine"] * 16)


@pytest.mark.parametrize(
    ("word", "words"), [("nineteen eighty", "nineteen eighties"), ("six", "sixes"), ("fifth", "fifths")]
)
def test_number_words_have_a_plural(word: str, words: str) -> None:
    assert numbers.plural(word) == words
