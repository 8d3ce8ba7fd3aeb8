# ruff: noqa: RUF001 - letters of the IPA look like others
from hypothesis import given
from hypothesis import strategies as st

from halfgig.text.sentences import Sentence, Span, sentences
from halfgig.tts.kokoro.g2p.tokens import Piece, align, tokens_of


def sentence(*parts: str | tuple[str, str]) -> Sentence:
    pairs = [(part, part) if isinstance(part, str) else part for part in parts]
    return Sentence(tuple(Span(spoken, written, 0) for spoken, written in pairs))


def words(made: Sentence) -> list[str]:
    return [token.text for token in tokens_of(made)]


def pieces(made: Sentence) -> list[Piece]:
    """Pronounce every word as itself."""
    tokens = tokens_of(made)
    return align(made, tokens, [token.given or token.text for token in tokens])


def test_words_and_pauses_are_told_apart() -> None:
    assert words(sentence("so", ",", " ", "yes", "!")) == ["so", ",", "yes", "!"]


def test_a_number_becomes_its_words() -> None:
    assert words(sentence(("twenty-three, one", "23.1"))) == ["twenty", "three", ",", "one"]


def test_a_word_that_touches_is_one_with_it() -> None:
    assert words(sentence("FBI", "'s")) == ["FBI's"]


def test_an_abbreviation_at_the_end_still_ends_the_sentence() -> None:
    assert words(sentence(("five p.m.", "5pm"), ("", "."))) == ["five", "p.m.", "."]


def test_written_words_keep_what_was_written() -> None:
    made = pieces(sentence("It", " ", "costs", " ", ("three dollars", "$3"), ",", " ", "so", "."))

    assert [(piece.phonemes, piece.text) for piece in made] == [
        ("It", "It"), (" ", ""), ("costs", "costs"), (" ", ""), ("three dollars", "$3"), (",", ""), (" ", ""),
        ("so", "so"), (".", ""),
    ]  # fmt: skip


def test_given_phonemes_replace_the_words_in_the_brackets() -> None:
    made = pieces(sentence("in", " ", ("", "["), "New", " ", "York", ("", "](/nu jɔɹk/)"), "."))

    assert [(piece.phonemes, piece.text) for piece in made if piece.text] == [("in", "in"), ("nu jɔɹk", "New York")]


def test_given_phonemes_come_through_the_whole_text() -> None:
    (made,) = sentences("Say [Kokoro](/kˈOkəɹO/) now.")

    assert [piece.phonemes for piece in pieces(made)] == ["Say", " ", "kˈOkəɹO", " ", "now", "."]


def test_a_word_that_is_said_with_its_neighbour_is_shown_with_it() -> None:
    made = sentence("one", " ", "two", ".")

    assert align(made, tokens_of(made), ["wʌntu", "", "."])[0].text == "one two"


@given(st.text(max_size=200))
def test_sources_are_the_sentence_as_written(text: str) -> None:
    for made in sentences(text):
        row = pieces(made)
        assert not row or "".join(piece.source for piece in row) == made.written
