# ruff: noqa: RUF001 - quotes, dashes and signs as people write them are what is tested here
import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1st", "first"),
        ("2nd", "second"),
        ("3rd", "third"),
        ("21st", "twenty-first"),
        ("1,000th", "one thousandth"),
        ("160/95 mmHg", "one sixty over ninety-five millimeters of mercury"),
        ("1/2", "one half"),
        ("3/4", "three quarters"),
        ("2/3", "two thirds"),
        ("1/100", "one hundredth"),
        ("22/7", "twenty-two over seven"),
        ("8/10", "eight out of ten"),
        ("3 1/2 cups", "three and a half cups"),
        ("½", "one half"),
        ("2½ hours", "two and a half hours"),
        ("1¾", "one and three quarters"),
        ("24/7", "twenty-four seven"),
        ("10-20", "ten to twenty"),
        ("5–10%", "five to ten percent"),
        ("5%-10%", "five to ten percent"),
        ("pp. 3–5", "pages three to five"),
        ("a 3-2 win", "a three to two win"),
        ("16:9", "sixteen to nine"),
        ("5 + 3 = 8", "five plus three equals eight"),
        ("5 - 3 = 2", "five minus three equals two"),
        ("3 × 4", "three times four"),
        ("3 x 4", "three by four"),
        ("6 ÷ 2", "six divided by two"),
        ("x² < 9", "x squared is less than nine"),
        ("50%", "fifty percent"),
    ],
)
def test_ordinals_fractions_ranges_and_sums_are_said_as_such(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("blood pressure 120/80", "blood pressure one twenty over eighty"),
        ("the 24/25 season", "the twenty-four twenty-five season"),
        ("a score of 18/20", "a score of eighteen out of twenty"),
        ("10/2024", "October twenty twenty-four"),
        ("60/40", "sixty forty"),
        ("blood pressure of 130/85", "blood pressure of one thirty over eighty-five"),
        ("BP 118/76", "BP one eighteen over seventy-six"),
        ("the 2023/24 season", "the twenty twenty-three twenty-four season"),
        ("2023/2024", "twenty twenty-three twenty twenty-four"),
        ("in 23/24", "in twenty-three twenty-four"),
        ("scored 45/50", "scored forty-five out of fifty"),
        ("rated 4/5 stars", "rated four out of five stars"),
        ("7/10", "seven out of ten"),
        ("rated 4.5/5", "rated four point five out of five"),
        ("5/2024", "May twenty twenty-four"),
        ("80/20 rule", "eighty twenty rule"),
        ("20/20 vision", "twenty twenty vision"),
        ("page 3/10", "page three of ten"),
        ("24/7/365", "twenty-four seven three sixty-five"),
        ("3/4 cup", "three quarters cup"),
        ("2/3 of people", "two thirds of people"),
        ("1/2 inch", "one half inch"),
        ("either/or and he/she w/ cheese", "either or and he or she with cheese"),
    ],
)
def test_pairs_with_a_slash_are_scores_pressures_seasons_or_fractions(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("MPG: 28/36", "MPG: twenty-eight thirty-six"),
        ("28/36 mpg", "twenty-eight thirty-six miles per gallon"),
        ("3BR/2.5BA", "three bedroom, two point five bath"),
        ("a 1-2 punch, a 6-2 record", "a one two punch, a six and two record"),
    ],
)
def test_mileage_rooms_and_punches_are_no_fractions_and_no_ranges(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("4/4 time, 3/4 of the time", "four four time, three quarters of the time"),
        ("Lap 45/78", "Lap forty-five of seventy-eight"),
        ("1v1, v1.2", "one V one, version one point two"),
    ],
)
def test_meters_laps_and_teams_are_no_fractions_and_no_versions(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("IND 176/7 (20 overs)", "IND one hundred seventy-six for seven, twenty overs"),
    ],
)
def test_wickets_of_cricket_are_said_with_for(written: str, spoken: str) -> None:
    assert said(written) == spoken
