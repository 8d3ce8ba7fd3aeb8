"""Lexicons in the W3C's XML."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import pytest

from halfgig.errors import BadLexicon
from halfgig.text.lexicon import Entry, read_lexicon

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<lexicon version="1.0" alphabet="ipa" xml:lang="en-US"'
NAMESPACE = 'xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"'


def entries(inside: str) -> tuple[Entry, ...]:
    return read_lexicon(f"{HEAD} {NAMESPACE}>{inside}</lexicon>").entries


def lexeme(inside: str, grapheme: str = "W3C") -> str:
    return f"<lexeme><grapheme>{grapheme}</grapheme>{inside}</lexeme>"


def test_aliases_and_phonemes_are_read_with_their_language_and_capitals_count() -> None:
    both = "<alias>World Wide  Web Consortium</alias><phoneme>dˈʌb</phoneme>"
    (entry,) = entries(f"<meta name='a' content='b'/>{lexeme(both)}")
    assert entry._replace(line=0) == Entry("W3C", "World Wide Web Consortium", "dˈʌb", True, "en-us")


def test_every_spelling_has_the_reading() -> None:
    made = entries("<lexeme><grapheme>colour</grapheme><grapheme>color</grapheme><alias>cull-er</alias></lexeme>")
    assert [entry.word for entry in made] == ["colour", "color"]


def test_the_preferred_phonemes_count_else_the_first() -> None:
    first, second = "<phoneme>a</phoneme>", "<phoneme prefer='true'>b</phoneme>"
    assert entries(lexeme(first + second))[0].phonemes == "b"
    assert entries(lexeme(first + "<phoneme>c</phoneme>"))[0].phonemes == "a"


def test_what_does_not_say_how_a_word_is_said_is_passed_over() -> None:
    extra = "<metadata><x:y xmlns:x='z'>W3C</x:y></metadata>"
    assert len(entries(extra + lexeme("<alias>a</alias><example>W3C is</example>"))) == 1


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("\n\n<lexeme><grapheme>a</grapheme></lexeme>", "line 4 of the lexicon: a <lexeme> has a <grapheme>"),
        ("<lexeme><alias>a</alias></lexeme>", "a <lexeme> has a <grapheme>"),
        ("<word>a</word>", "<word> is not supported here"),
        (lexeme("<lexeme/>"), "<lexeme> is not supported here"),
        (lexeme("<phoneme alphabet='x-sampa'>a</phoneme>"), 'alphabet="x-sampa"'),
        (lexeme("<phoneme>a/b</phoneme>"), "'/' is no phoneme"),
        (lexeme("<phoneme> </phoneme>"), "there are no phonemes"),
        (lexeme("<alias>a</alias>", "+"), "is no word"),
        (lexeme(f"<alias>{'a' * 201}</alias>"), "201 characters"),
        (lexeme("<alias>a</alias>") * 2, "has an entry on line 2 already"),
        ("<lexeme>", "not well-formed"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(inside: str, named: str) -> None:
    with pytest.raises(BadLexicon, match=named):
        entries(inside)


@pytest.mark.parametrize(
    "document",
    [
        "<speak>a</speak>",
        '<!DOCTYPE l [<!ENTITY a "b">]><lexicon><lexeme/></lexicon>',
        "<lexicon>" + "<lexeme>" * 20_000,
        '<lexicon xml:lang="the moon"/>',
    ],
    ids=["another root", "entities", "nesting", "language"],
)
def test_what_is_no_lexicon_is_refused(document: str) -> None:
    with pytest.raises(BadLexicon, match="line 1 of the lexicon"):
        read_lexicon(document)
