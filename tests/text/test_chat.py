import pytest

from tests.text.said import said


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("thx, c u later", "thanks, see you later"),
        ("how r u? pls call", "how are you? please call"),
        ("idk tbh.", "I don't know to be honest."),
        ("btw ur phone is here, ur welcome", "by the way your phone is here, you're welcome"),
        ("gr8, see you b4 six", "great, see you before six"),
        ("Pls call. Thx! Gr8", "please call. thanks! great"),
        ("ty! cya", "thank you! see you"),
        ("Jony Ive. Ive drew it", "Jony Ive. Ive drew it"),
        ("I ❤️ Paris.", "I love Paris."),
        ("FYI, the ETA is noon.", "FYI, the ETA is noon."),
        ("im late, dont wait rn", "I'm late, don't wait right now"),
        ("I <3 Rome. Love you <3", "I love Rome. Love you"),
    ],
)
def test_short_forms_of_messages_are_said_in_full(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize("written", ["for u = v", "the letters u and v", "an r value", "Ur was a city"])
def test_single_letters_elsewhere_stay_letters(written: str) -> None:
    assert "you" not in said(written)
    assert "are" not in said(written).split()


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("2. e4 3. b4 was best", "two, e four three. b four was best"),
        ("White plays b4.", "White plays b four."),
        ("his pawn to b4", "his pawn to b four"),
        ("call me b4 you go", "call me before you go"),
        ("never done that b4!", "never done that before!"),
    ],
)
def test_b4_is_a_square_beside_moves_and_before_in_messages(written: str, spoken: str) -> None:
    assert said(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("who's up 4 drinks?", "who's up for drinks?"),
        ("got 2 go", "got to go"),
        ("I have 2 cats, up 4 points", "I have two cats, up four points"),
        ("sry im 15m late", "sorry I'm fifteen minutes late"),
        ("M8 bolts, m8", "M eight bolts, mate"),
        ("It is 15m long.", "It is fifteen meters long."),
        ("can u send the 20 i lent u?", "can you send the twenty i lent you?"),
        ("R u free? k. idc, w/e", "are you free? okay. I don't care, whatever"),
        ("Python<3.12, but love u <3", "Python is less than three point one two, but love you"),
    ],
)
def test_digits_and_letters_that_stand_for_words_in_messages_are_told_from_counts(written: str, spoken: str) -> None:
    assert said(written) == spoken
