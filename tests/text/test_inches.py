# ruff: noqa: RUF001 - quotes, dashes and signs as people write them are what is tested here
import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ('a 12" pizza', "a twelve inch pizza"),
        ('a 27" monitor', "a twenty-seven inch monitor"),
        ("He is 6' tall.", "He is six feet tall."),
        ('15.6" laptop', "fifteen point six inch laptop"),
        ('He said "I am 12" and left.', "He said I am twelve and left."),
        ('"The 27" monitor is nice," he said.', "The twenty-seven inch monitor is nice, he said."),
        ("a 12” pizza", "a twelve inch pizza"),
        ("He is 6'2\".", "He is six foot two."),
        ("6'2\" tall", "six foot two tall"),
        ("5' 10\" man", "five foot ten man"),
        ("'I am 6' she said", "I am six she said"),
        ("40° 26′ 46″ N", "forty degrees twenty-six minutes forty-six seconds north"),
        ("a 10' x 12' room", "a ten foot by twelve foot room"),
        ("the room is 10' x 12'.", "the room is ten feet by twelve feet."),
        ("a 10 ft x 12 ft deck", "a ten foot by twelve foot deck"),
        ('a 3/4" bolt', "a three quarters inch bolt"),
    ],
)
def test_feet_and_inches_are_told_from_quotation_marks(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Rome won (Totti 12', 90+2')", "Rome won, Totti twelfth minute, ninetieth minute plus two"),
        ("a wall 12' long", "a wall twelve feet long"),
    ],
)
def test_marks_behind_scorers_are_minutes(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("in the 63' minute", "in the sixty-third minute"),
        ("in the 90+3' minute", "in the ninety plus three minute"),
        ("a 6' fence", "a six foot fence"),
    ],
)
def test_a_mark_before_minute_is_a_minute(written: str, spoken: str) -> None:
    assert said(written) == spoken
