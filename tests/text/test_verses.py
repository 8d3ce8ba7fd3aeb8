import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Psalm 23:4", "Psalm twenty-three four"),
        ("1 Cor. 13:4-7", "First Corinthians thirteen four to seven"),
        ("Matt. 5:3", "Matthew five three"),
        ("a ratio of 23:4", "a ratio of twenty-three to four"),
        ("Meet Mark at 10:30.", "Meet Mark at ten thirty."),
    ],
)
def test_verses_are_said_as_two_numbers(written: str, spoken: str) -> None:
    assert said(written) == spoken
