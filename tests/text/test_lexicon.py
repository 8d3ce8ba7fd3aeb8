"""A user's lexicon: which words it finds, what is said for them, and what is wrong with a line."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import BadLexicon
from halfgig.text.lexicon import MAX_CHARACTERS, MAX_ENTRIES, Lexicon, lexicon_lines, read_lexicon, read_lexicon_file
from halfgig.text.script import read_script
from tests.support.cost import costs_at_most

if TYPE_CHECKING:
    from pathlib import Path


def said(text: str, lines: str | Lexicon, language: str = "en-us", *, reads_phonemes: bool = True) -> str:
    """Return the spoken form of a text, phonemes in slashes."""
    lexicon = read_lexicon(lines) if isinstance(lines, str) else lines
    script = read_script(text)
    finder = lexicon.finder(language, reads_phonemes=reads_phonemes)
    made = [sentence for passage in script.passages for sentence in script.sentences(passage, finder)]
    return " ".join(
        "".join(f"/{span.phonemes}/" if span.phonemes else span.spoken for span in sentence.spans) for sentence in made
    )


@pytest.mark.parametrize(
    ("line", "text", "spoken"),
    [
        ("nginx = engine X", "Run nginx now.", "Run engine X now."),
        ("nginx=engine X", "NGINX, Nginx.", "engine X, engine X."),
        ("nginx {case} = engine X", "Nginx nginx", "Nginx engine X"),
        ("New York = Noo Yawk", "In new\nYork City", "In Noo Yawk City"),
        ("New York = Noo Yawk", "Newyork New, York", "Newyork New, York"),
        ("AT&T = Ma Bell", "AT&T and AT & T", "Ma Bell and AT and T"),
        ("C++ = see plus plus", "C++ C+", "see plus plus C plus"),
        ('"a = b" = an equation', "So a = b.", "So an equation."),
        ("cat = dog", "cat's catalog, bobcat, cats", "dog's catalog, bobcat, cats"),
        ("can = tin", "I can, I can't", "I tin, I can't"),
        ("t = tea", "don't t", "don't tea"),
        ("MB = 1 megabyte", "An MB.", "An one megabyte."),
        ("Siobhán = shiv-AWN", "Siobhán, SIOBHÁN", "shiv‧AWN, shiv‧AWN"),
        ("Zürich = Tsürich", "zürich", "Tsürich"),
        ("pause = paws", "A pause [pause:1s] here", "A paws here"),
        ("日本 = Nippon", "日本 x", "Nippon x"),
    ],
)
def test_a_word_is_said_as_the_lexicon_says(line: str, text: str, spoken: str) -> None:
    assert said(text, line) == spoken


def test_a_word_inside_an_address_is_not_the_lexicons() -> None:
    text = "See https://example.com, me@example.com, example."
    assert said(text, "example = zz").count("zz") == 1


def test_the_longest_entry_counts() -> None:
    lines = "New York = one\nNew York City = two\nYork City Hall = three"
    assert said("New York City Hall. New York Times.", lines) == "two Hall. one Times."


def test_an_entry_with_capitals_counts_before_one_without() -> None:
    assert said("Polish polish POLISH", "polish = POL-ish\nPolish {case} = POH-lish") == "POH‧lish POL‧ish POL‧ish"


@pytest.mark.parametrize(("language", "spoken"), [("en-us", "one"), ("en-gb", "two"), ("de", "three"), ("den", "four")])
def test_an_entry_counts_in_its_language_the_nearest_first(language: str, spoken: str) -> None:
    lines = "x1 {en} = one\nx1 {en-gb} = two\nx1 {de} = three\nx1 = four"
    assert said("x1", lines, language) == spoken


def test_phonemes_are_for_engines_that_read_them_and_words_for_others() -> None:
    lines = "Nietzsche = /ˈniːtʃə/\nNietzsche = NEE-chuh"
    assert said("Nietzsche", lines) == "/ˈniːtʃə/"
    assert said("Nietzsche", lines, reads_phonemes=False) == "NEE‧chuh"


def test_the_first_of_two_lexicons_counts() -> None:
    both = read_lexicon("a1 = one") + read_lexicon("a1 = /tuː/\nb2 = two")
    assert said("a1 b2", both) == "one two"


def test_words_with_hyphens_are_syllables_where_some_are_in_capitals() -> None:
    assert said("x1", "x1 = a well-known koo-ber-NET-eez") == "a well-known koo‧ber‧NET‧eez"


def test_comments_blank_lines_and_any_line_ends_are_read() -> None:
    assert len(read_lexicon("\ufeff# names\r\n\r\na = b\rc = d\n  e = f  \n").entries) == 3


def test_a_mapping_is_a_lexicon() -> None:
    assert said("nginx", lexicon_lines({"nginx": "engine X"})) == "engine X"
    with pytest.raises(BadLexicon, match="line break"):
        lexicon_lines({"a": "b\nc = d"})


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ("a = b\nnginx", r'line 2 .*"nginx" is no entry.*nginx = engine X'),
        ("= b", "line 1.*is no entry"),
        ("a =", 'nothing to say for "a"'),
        ("a = ...", 'nothing to say for "a"'),
        ("+ = plus", "is no word"),
        ("https://x.org = x", "is no word"),
        ("[pause:1s] = x", "is no word"),
        ("a {loud} = b", '"loud" in braces'),
        ("a {de, fr} = b", '"fr" in braces'),
        ("a = /b", "two slashes"),
        ("a = //", "two slashes"),
        ("a = /b3/", "'3' is no phoneme"),
        ("a = b\n\nA = c", 'line 3 .*"A" has an entry on line 1'),
        (f"{'x' * 101} = b", "101 characters"),
        (f"{'x ' * 21} = b", "21 words"),
        (f"a = {'b' * 201}", "201 characters; the limit is 200"),
        (f"a{' ' * 2000}= b", "is no entry"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_right(lines: str, named: str) -> None:
    with pytest.raises(BadLexicon, match=named):
        read_lexicon(lines)


def test_too_many_entries_are_refused() -> None:
    with pytest.raises(BadLexicon, match=f"limit is {MAX_ENTRIES}"):
        read_lexicon("\n".join(f"w{number} = x" for number in range(MAX_ENTRIES + 1)))


def test_too_long_a_lexicon_is_refused() -> None:
    with pytest.raises(BadLexicon, match=f"limit is {MAX_CHARACTERS}"):
        read_lexicon("#" * (MAX_CHARACTERS + 1))


def test_a_file_that_cannot_be_read_is_named_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(BadLexicon, match=r"^the lexicon 'gone\.txt' cannot be read"):
        read_lexicon_file(tmp_path / "gone.txt")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9 = x")
    with pytest.raises(BadLexicon, match=r"'latin\.txt' is not UTF-8"):
        read_lexicon_file(tmp_path / "latin.txt")
    (tmp_path / "wrong.txt").write_text("a = b\nc")
    with pytest.raises(BadLexicon, match=r"^wrong\.txt: line 2"):
        read_lexicon_file(tmp_path / "wrong.txt")


def test_phrases_that_overlap_cost_no_more_than_their_length() -> None:
    """Twenty times the words of one token each: every place of the text begins every phrase."""
    phrases = read_lexicon("\n".join(f"{'a ' * length}b = x" for length in range(1, 20)))

    def find(text: str) -> None:
        for _ in phrases.finder("en-us", reads_phonemes=True).entries(text, 0, len(text)):
            pass

    assert costs_at_most(12, lambda: find("a " * 40_000), lambda: find("a " * 10_000))


@given(st.text("ab ={}/#\"'\n,de", max_size=60))
def test_any_lines_are_read_or_refused_with_their_number(lines: str) -> None:
    with contextlib.suppress(BadLexicon):
        assert all(entry.say or entry.phonemes for entry in read_lexicon(lines).entries)


@given(st.lists(st.sampled_from(["new ", "york ", "new york ", ". ", "'s", "[pause:1s]", "\n\n", "oh "]), max_size=20))
def test_no_word_around_an_entry_is_lost(parts: list[str]) -> None:
    spoken = said("".join(parts), "new york = zz")
    assert spoken.count("oh") == parts.count("oh ")
