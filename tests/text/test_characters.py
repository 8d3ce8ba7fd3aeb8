# ruff: noqa: RUF001 - quotes, dashes and signs as people write them are what is tested here
import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("it’s “fine”", "it's fine"),
        ("'quoted' text", "quoted text"),
        ("rock 'n' roll", "rock and roll"),
        ("yes—no", "yes — no"),
        ("yes - no", "yes — no"),
        ("well-known", "well-known"),
        ("one (or two) now", "one, or two, now"),
        ("Wow!!!", "Wow!"),
        ("What?!", "What?"),
        ("wait... what", "wait… what"),
        ("Hello , world !", "Hello, world!"),
        ("hi 😀👍🏽 there", "hi there"),
        ("1️⃣", "one"),
        ("so :) then", "so then"),
        ("A → B", "A — B"),
        ("cats & dogs", "cats and dogs"),
        ("§ 5", "section five"),
        ("© 2024", "copyright twenty twenty-four"),
        ("item(s)", "items"),
    ],
)
def test_signs_become_words_pauses_or_nothing(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("he\0llo", "hello"),
        ("ex\u00adam\u00adple", "example"),
        ("\ufeffhi", "hi"),
        ("zero\u200bwidth", "zerowidth"),
        ("\u202eright\u202c", "right"),
        ("half \ud83d pair", "half pair"),
        ("a\x07b\x85c", "ab c"),
        ("cafe\u0301", "café"),
        ("ﬁnd", "find"),
    ],
)
def test_what_cannot_be_seen_cannot_be_heard(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("10♠ and A♥", "ten of spades and A of hearts"),
        ("I ♥ you ♥", "I love you"),
    ],
)
def test_suits_of_cards_are_said_behind_a_card_only(written: str, spoken: str) -> None:
    assert said(written) == spoken
