import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("500 W. Elm Ave. and 5 E. 42nd St.", "five hundred West Elm Avenue and five East Forty-second Street."),
        ("1600 Pennsylvania Ave NW", "sixteen hundred Pennsylvania Avenue Northwest"),
        ("Hwy 101 N, I-95 NB", "Highway one oh one north, I ninety-five northbound"),
        ("40.7° N, 74.0° W", "forty point seven degrees north, seventy-four point zero degrees west"),
        (
            "4557 Melan Dr. S. Fairbanks, AK, 99712",
            "forty-five fifty-seven Melan Drive South Fairbanks, Alaska, nine nine seven one two",
        ),
        ("Wind NW 10 mph", "Wind northwest ten miles per hour"),
        ("W. B. Yeats, E. Hunt and the letters S and E", "W B Yeats, E Hunt and the letters S and E"),
    ],
)
def test_points_of_the_compass_are_said_by_name_in_streets_winds_and_places(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Austin, TX, and Tampa, FL.", "Austin, Texas, and Tampa, Florida."),
        ("Portland, OR 97201", "Portland, Oregon nine seven two zero one"),
        ("Well, OK.", "Well, OK."),
        ("Palo Alto, Calif., is nice.", "Palo Alto, California, is nice."),
        ("He lives in Reno, Nev. He works.", "He lives in Reno, Nevada. He works."),
        (
            "Sen. Doe (D-Calif.) and Lee, R-Texas, met.",
            "Senator Doe, Democrat of California, and Lee, Republican of Texas, met.",
        ),
        ("CD, DC, MD, MIX", "CD, DC, MD, MIX"),
    ],
)
def test_states_behind_a_town_are_said_by_name_and_words_in_capitals_are_not(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("N. Korea, SE Asia and the SW corner", "North Korea, southeast Asia and the southwest corner"),
        ("Fla. Gov. Ron, St. Louis, Mo. is hot", "Florida Governor Ron, Saint Louis, Missouri is hot"),
        ("Jane Doe, MD, and W. B. Yeats", "Jane Doe, MD, and W B Yeats"),
    ],
)
def test_lands_and_sides_have_the_compass_in_full(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Miami, Fla. 33136", "Miami, Florida three three one three six"),
    ],
)
def test_a_postcode_behind_a_short_state_is_read_digit_by_digit(written: str, spoken: str) -> None:
    assert said(written) == spoken
