import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Henry VIII", "Henry the eighth"),
        ("Louis XIV's army", "Louis the fourteenth's army"),
        ("Elizabeth I of England", "Elizabeth the first of England"),
        ("World War II", "World War two"),
        ("Chapter IV", "Chapter four"),
        ("chapter iv", "chapter four"),
        ("Part I", "Part one"),
        ("Rocky IV", "Rocky four"),
        ("Henry and I", "Henry and I"),
        ("tell Henry I am late", "tell Henry I am late"),
        ("the part I like", "the part I like"),
        ("MIX and CV", "MIX and CV"),
        ("My CV", "My CV"),
        ("Malcolm X", "Malcolm X"),
        ("vitamin C", "vitamin C"),
        ("Ⅷ", "eight"),
    ],
)
def test_roman_numerals_count_after_names_and_only_there(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("An IV drip.", "An I V drip."),
        ("Large, XL and XXL.", "Large, XL and XXL."),
        ("step (ii)", "step two"),
        ("Henry VIII and Louis XIV", "Henry the eighth and Louis the fourteenth"),
        ("Chapters I, II, and III", "Chapters one, two, and three"),
        ("World War I and II", "World War one and two"),
        ("IV fluids", "I V fluids"),
        ("Patient on IV antibiotics", "Patient on I V antibiotics"),
        ("Size XL", "Size XL"),
        ("Super Bowl LVIII", "Super Bowl fifty-eight"),
        ("Rocky IV", "Rocky four"),
        ("Type I error", "Type one error"),
        ("(i) first and (ii) second", "one, first and two, second"),
        ("CD, DC, MD, MIX", "CD, DC, MD, MIX"),
        ("Final Fantasy VII", "Final Fantasy seven"),
    ],
)
def test_letters_are_no_numerals(written: str, spoken: str) -> None:
    assert said(written) == spoken
