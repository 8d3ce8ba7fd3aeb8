import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Wait 30s.", "Wait thirty seconds."),
        ("It takes 90s to boot.", "It takes ninety seconds to boot."),
        ("a 20s clip", "a twenty second clip"),
        ("5m30s", "five minutes thirty seconds"),
        ("1h30m", "one hour thirty minutes"),
        ("90s music", "nineties music"),
        ("in the 80s and 90s", "in the eighties and nineties"),
        ("an 80s song", "an eighties song"),
        ("people in their 30s", "people in their thirties"),
        ("the 20s clip", "the twenty second clip"),
        ("a 45s timer", "a forty-five second timer"),
        ("born in the 1990s", "born in the nineteen nineties"),
        ("temperatures in the low 40s", "temperatures in the low forties"),
        ("100s of people", "hundreds of people"),
        ("1000s of stars", "thousands of stars"),
        ("the roaring 20s", "the roaring twenties"),
        ("wait 60s and retry", "wait sixty seconds and retry"),
        ("timeout after 30s", "timeout after thirty seconds"),
        ("1h 30m", "one hour thirty minutes"),
        ("2h15m30s", "two hours fifteen minutes thirty seconds"),
        ("a 1h30m flight", "a one hour thirty minute flight"),
        ("3d 4h", "three days four hours"),
        ("90m30s", "ninety minutes thirty seconds"),
        ("5m", "five meters"),
    ],
)
def test_seconds_are_told_from_decades(written: str, spoken: str) -> None:
    assert said(written) == spoken
