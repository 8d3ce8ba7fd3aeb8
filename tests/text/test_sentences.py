# ruff: noqa: RUF001 - quotes, dashes and signs as people write them are what is tested here
import tracemalloc
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.text.normalization import tokens
from halfgig.text.rules import SEPARATORS
from halfgig.text.sentences import MAX_SENTENCE_CHARACTERS, sentences
from tests.text.said import said, said_in_sentences

LANGUAGES = st.sampled_from(["en-us", "de"])

# Hardest for a scanner: parts of its own patterns in any order.
SCRAPS = (
    "1 12 1984 3.5 , . ! ? … : ; - — – ' ’ \" ( ) [ ]( ) * ** _ ` # ## > < </b> & &amp; @ / \\ | ~ ^ = + $ € £ % ° km/h"
    " kg St. Dr. p.m. U.S. e.g. etc. No. I VIII IV X chapter Henry March Mar. 3rd 1/2 ½ ² ⁻³ 10^ e5 0x www. .com"
    " a@b .py v2 T Z word Word WORD naïve हिन्दी 漢字 。 ؟ 😀 \u200d \ufeff \0 \ud800 ٣ １ ፩ ①"
)
BLANKS = (
    "https://x.y/",
    "http://",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\n- ",
    "\n1. ",
    "\n# ",
    "\t",
    "\u2028",
    "\x1c",
    "\x85",
    "e\u0301",
)
TEXTS = st.text(max_size=300) | st.lists(st.sampled_from([*SCRAPS.split(" "), *BLANKS]), max_size=60).map("".join)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("Pi is 3.14. Good.", ["Pi is three point one four.", "Good."]),
        ("Mr. Smith met Dr. No.", ["Mister Smith met Doctor No."]),
        ("at 5 p.m. He left", ["at five p.m.", "He left"]),
        ("at 5 p.m. Monday he left", ["at five p.m. Monday he left"]),
        ("at 5 pm. Then he left.", ["at five p.m.", "Then he left."]),
        ("He lives in the U.S. The end.", ["He lives in the U.S.", "The end."]),
        ("the U.S. Army", ["the U.S. Army"]),
        ("(at 5 p.m.) She left “the U.S.” Then", ["at five p.m.", "She left the U.S.", "Then"]),
        ("Apples, pears, etc. Then more.", ["Apples, pears, et cetera.", "Then more."]),
        ("J. R. R. Tolkien and J.R.R. Tolkien", ["J R R Tolkien and J.R.R. Tolkien"]),
        ("So did I. He too.", ["So did I.", "He too."]),
        ("Is it No. 5? No. It is not.", ["Is it Number five?", "No.", "It is not."]),
        ("Wait... what? Well… no.", ["Wait… what?", "Well… no."]),
        ("Wow... Then he left.", ["Wow…", "Then he left."]),
        ('"Stop!" he said. "Stop." He went.', ["Stop! he said.", "Stop.", "He went."]),
        ("“Yes.” (No.) [Maybe.] End", ["Yes.", "No.", "Maybe.", "End"]),
        ("**Bold.** Plain.", ["Bold.", "Plain."]),
        ("See www.foo.com. Or me@foo.org. End.", ["See foo dot com.", "Or me at foo dot org.", "End."]),
        ("What?Really! end.Next", ["What?", "Really!", "end.", "Next"]),
        ("Great!😀 Next", ["Great!", "Next"]),
        ("Cited.[1] Next.", ["Cited.", "Next."]),
        ("so. on it goes", ["so.", "on it goes"]),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(written: str, spoken: list[str]) -> None:
    assert said_in_sentences(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("one\ntwo", ["one two"]),
        ("one\r\ntwo", ["one two"]),
        ("one\n\ntwo", ["one", "two"]),
        ("one\n \t\ntwo", ["one", "two"]),
        ("buy:\n- one\n- two", ["buy", "one", "two"]),
        ("buy\n  * one\n  * two\n    more", ["buy", "one", "two more"]),
        ("do\n1. one\n2) two", ["do", "one, one", "two, two"]),
        ("# Title\nText", ["Title", "Text"]),
        ("text\n## Title", ["text", "Title"]),
        ("Title\n=====\nText", ["Title", "Text"]),
        ("in the year\n1984. Then", ["in the year nineteen eighty-four.", "Then"]),
    ],
)
def test_a_line_ends_a_sentence_before_lists_headings_and_blank_lines(written: str, spoken: list[str]) -> None:
    assert said_in_sentences(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("今天很好。你好吗？我很好！（真的）", ["今天很好.", "你好吗?", "我很好!", "真的"]),
        ("नमस्ते। आप कैसे हैं?", ["नमस्ते.", "आप कैसे हैं?"]),
        ("كيف حالك؟ أنا بخير، شكرا.", ["كيف حالك?", "أنا بخير, شكرا."]),
        ("Am 3. März kam Dr. Maier, z.B. heute. Und du?", ["Am 3. März kam Dr. Maier, z.B. heute.", "Und du?"]),
        ("M. Dupont dit. Il part.", ["M. Dupont dit.", "Il part."]),
        ("Es kostet 3.5. Gut.", ["Es kostet 3.5.", "Gut."]),
    ],
)
def test_other_scripts_end_their_sentences_too(written: str, spoken: list[str]) -> None:
    assert said_in_sentences(written, "xx") == spoken


def test_a_paragraph_is_followed_by_a_longer_pause_but_the_last_is_not() -> None:
    pauses = [sentence.pause_s for sentence in sentences("One. Two. 😀\n\nThree.\n\nFour.\n\n")]
    assert pauses == [0.0, 0.35, 0.35, 0.0]


def test_a_span_says_what_was_written_and_where() -> None:
    (sentence,) = sentences("  It cost $3.50 (once).")
    assert [span[:3] for span in sentence.spans] == [
        ("It", "It", 2),
        (" ", " ", 4),
        ("cost", "cost", 5),
        (" ", " ", 9),
        ("three dollars and fifty cents", "$3.50", 10),
        ("", " ", 15),
        (", ", "(", 16),
        ("once", "once", 17),
        ("", ")", 21),
        (".", ".", 22),
    ]


def test_punctuation_is_kept_as_written_where_nothing_is_to_be_said_otherwise() -> None:
    (sentence,) = sentences("Well, yes; no: why?")
    assert all(span.spoken == span.written for span in sentence.spans)


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "...", "!?", "😀 😀", "\0\x07\u200b", "---\n***", "\ud800", "\u0301", "“”()"]
)
def test_a_text_in_which_nothing_can_be_said_has_no_sentence(text: str) -> None:
    assert not said(text)
    assert not said(text, "de")


@pytest.mark.parametrize("unit", [*"1aA.,$漢(\n\u200b", "word ", "a, ", "😀 ", "ab.", "http://a/"])
@pytest.mark.parametrize("language", ["en-us", "ja"])
def test_a_sentence_without_an_end_is_said_in_short_pieces(unit: str, language: str) -> None:
    text = "x" + unit * (100_000 // len(unit))
    assert all(len(piece) <= MAX_SENTENCE_CHARACTERS for piece in said_in_sentences(text, language))


def test_a_long_saying_behind_a_comma_makes_no_piece_too_long() -> None:
    text = "word " * 19 + "word, " + "word " * 34 + "www." + "word/" * 60
    assert all(len(piece) <= MAX_SENTENCE_CHARACTERS for piece in said_in_sentences(text))


def test_a_long_sentence_is_parted_at_a_comma_before_it_is_parted_between_words() -> None:
    first, second = said_in_sentences("word " * 60 + "word, " + "word " * 60)
    assert first.endswith("word,")
    assert second.startswith("word")
    first, _ = said_in_sentences("word " * 120)
    assert set(first.split()) == {"word"}


@pytest.mark.parametrize(
    "text",
    [
        "On 3/14/2025 at 5:30pm Dr. Smith paid $3.50 for 5 kg of “tea” at St. James St. (No. 5) in the U.S. He",
        "Henry VIII, b. 1491, e.g. wrote to a@b.org & www.x.com/y: COVID-19... 50% of 1,250,000 — or 3 1/2 — Ph.D.s?",
        "# Title\n- it's 10-20 °C, 120 km/h; call 555-123-4567.\n\n[Link](http://x.y), the '90s, A4, C++, AT&T, v2.0.1",
    ],
)
def test_what_is_spoken_is_spoken_the_same_when_it_is_read_again(text: str) -> None:
    assert said(said(text)) == said(text)


def test_a_text_is_read_in_little_memory() -> None:
    sentence = "In 1984, Dr. Smith (of 12 Main St.) paid $3.50 for tea: he did; "
    text = sentence * 2000
    said(sentence * 2)
    tracemalloc.start()
    try:
        for _ in sentences(text):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(text)  # a list of its sentences would take eighty times its length


@given(TEXTS, LANGUAGES)
def test_spans_follow_each_other_and_show_what_stands_in_the_text(text: str, language: str) -> None:
    end = 0
    for sentence in sentences(text, language):
        assert sentence.spans[0].start >= end
        for before, after in pairwise(sentence.spans):
            assert after.start == before.start + len(before.written)
        start = sentence.spans[0].start
        end = start + len(sentence.written)
        assert text[start:end] == sentence.written


@given(TEXTS, LANGUAGES)
def test_nothing_that_can_be_said_is_lost(text: str, language: str) -> None:
    spoken = {span.start for sentence in sentences(text, language) for span in sentence.spans if span.spoken}
    assert all(
        token.start in spoken for token in tokens(text, language) if token.spoken and token.spoken not in SEPARATORS
    )


@given(TEXTS, LANGUAGES)
def test_only_visible_characters_and_single_spaces_are_spoken(text: str, language: str) -> None:
    for spoken in said_in_sentences(text, language):
        assert not {"Cc", "Cs", "Co", "Zl", "Zp"} & {unicodedata.category(character) for character in spoken}
        assert not set("\u200b\u200e\u200f\u202a\u202e\u2066\ufeff\ufffd") & set(spoken)
        assert spoken == " ".join(spoken.split(" ")).strip()
        assert "  " not in spoken


@given(TEXTS, LANGUAGES)
def test_no_piece_is_empty_or_too_long(text: str, language: str) -> None:
    for spoken in said_in_sentences(text * 5, language):
        assert 0 < len(spoken) <= MAX_SENTENCE_CHARACTERS


@given(TEXTS)
def test_english_is_spoken_without_figures(text: str) -> None:
    assert not any(character.isdigit() for character in said(text))
