import pytest

from halfgig.media.chunks import Word
from halfgig.text.short_forms import ends_with_short_form
from halfgig.tts.subtitles import cues_of


def words(text: str) -> list[Word]:
    return [Word(word, 0.3 * index, 0.3 * index + 0.3) for index, word in enumerate(text.split())]


@pytest.mark.parametrize(
    "text",
    [
        "She likes fruit, e.g. apples and many pears. Mr. Lee came on Jan. 5 to St. John's church on the hill today.",
        "The report of the committee, which was led by Gen. Grant and by Prof. Plum, came in at vol. 3 of the series.",
        "He lived for many years in the U.S. capital and then, as J. R. R. Tolkien did, wrote letters to old friends.",
        "We will all meet again on Wed. night at the corner of Main St. near the bank, or so says Mrs. Jones of No. 7.",
        "Sie wohnt seit vielen Jahren z. B. in Köln und kennt dort Dr. Maier und Hr. Schmidt aus der Str. am Dom.",
    ],
)
def test_no_cue_ends_in_a_short_form(text: str) -> None:
    made = [cue.lines[-1].split()[-1] for cue in cues_of(words(text))]
    shorts = {word for word in text.split() if word.endswith(".")} - {
        "pears.",
        "today.",
        "series.",
        "friends.",
        "7.",
        "Dom.",
    }
    assert not shorts & set(made), made


@pytest.mark.parametrize(("word", "following"), [("Calif.", "is"), ("lg.", "eggs"), ("neg.", "for"), ("Nev.", "and")])
def test_a_state_or_a_size_ends_no_cue_before_a_small_letter(word: str, following: str) -> None:
    assert ends_with_short_form(word, following)
    assert not ends_with_short_form(word, "The")


@pytest.mark.parametrize(
    ("word", "following"),
    [
        ("home.", "Mr."), ("Inc.", "He"), ("U.S.", "The"), ("No.", "It"), ("p.m.", "Then"), ("sat.", "He"),
        ("wait...", "What"), ("day.", ""), ("I.", "He"),
    ],
)  # fmt: skip
def test_a_stop_that_ends_a_sentence_ends_a_cue(word: str, following: str) -> None:
    assert not ends_with_short_form(word, following)
