import textwrap

import pytest

from tests.text.said import said, said_in_sentences


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Shopping list\nMilk\nEggs", ["Shopping list", "Milk", "Eggs"]),
        ("First line without stop\nSecond line starts here", ["First line without stop", "Second line starts here"]),
        ("Subject: Hello\nFrom: Bob", ["Subject: Hello", "From: Bob"]),
        (
            "Dear Anna,\nThank you for the letter.\nBest regards,\nJohn",
            ["Dear Anna, Thank you for the letter.", "Best regards, John"],
        ),
        ("Milk\n2 eggs\nBread", ["Milk", "two eggs", "Bread"]),
        ("milk\neggs\nbread", ["milk", "eggs", "bread"]),
        ("To: Bob\nSubject: Hello there\n\nHi Bob.", ["To: Bob", "Subject: Hello there", "Hi Bob."]),
        (
            "Roses are red\nViolets are blue\nSugar is sweet\nAnd so are you",
            ["Roses are red", "Violets are blue", "Sugar is sweet", "And so are you"],
        ),
        ("Title of the Thing\nby John Smith", ["Title of the Thing by John Smith"]),
        ("Hello world\nthis goes on", ["Hello world this goes on"]),
        ("Name: John\nAge: 30", ["Name: John", "Age: thirty"]),
        ("1. First\n2. Second\nThen more", ["one, First", "two, Second", "Then more"]),
        ("Agenda\n10:00 Coffee\n11:30 Talk", ["Agenda", "ten o'clock Coffee", "eleven thirty Talk"]),
        (
            "It was the best of times, it was the worst of times, it was the age\nof wisdom.",
            ["It was the best of times, it was the worst of times, it was the age of wisdom."],
        ),
        ("What is the plan?\nWe go.", ["What is the plan?", "We go."]),
    ],
)
def test_a_line_break_ends_a_line_of_its_own_but_not_wrapped_prose(written: str, spoken: list[str]) -> None:
    assert said_in_sentences(written) == spoken


@pytest.mark.parametrize("width", [40, 60, 66, 72, 80])
def test_prose_that_was_wrapped_at_any_width_goes_on(width: int) -> None:
    prose = (
        "I met him while I was travelling through the north of England in the summer of that year with my sister and "
        "John, who was then a young man in the service of the King of Denmark and had never seen London or Paris. "
    ) * 3
    assert said(textwrap.fill(prose, width)) == said(prose)
