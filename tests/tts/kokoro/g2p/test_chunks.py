# ruff: noqa: RUF001 - letters of the IPA look like others
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.tts.kokoro.g2p.alphabet import SILENT
from halfgig.tts.kokoro.g2p.chunks import MAX_PHONEMES, PhonemeChunk, WordSpan, chunks_of
from halfgig.tts.kokoro.g2p.tokens import Piece

runs = st.text("ɑbˈkɹs ", max_size=30).map(lambda text: f"ɑ{text}s")
word_pieces = st.builds(lambda text: Piece(text, text, text), runs)
marks = st.sampled_from([Piece(mark, "", mark) for mark in (" ", ", ", ".", "! ", ";", " — ", "…", "”")])
rows = st.lists(st.one_of(word_pieces, marks), max_size=80)
limits = st.integers(1, 600)


def pieces(text: str) -> list[Piece]:
    """Cut "one two, three." into a piece for each word and each thing between."""
    row: list[Piece] = []
    for word in text.split(" "):
        bare = word.rstrip(".,:;!?—")
        row += [Piece(" ")] * bool(row) + [Piece(bare, bare)] * bool(bare)
        row += [Piece(word[len(bare) :])] * (word != bare)
    return row


def cut(text: str, most: int) -> list[str]:
    return [chunk.phonemes for chunk in chunks_of(pieces(text), most)]


def test_what_fits_is_one_chunk() -> None:
    assert list(chunks_of(pieces("wˈʌn, tˈu"))) == [
        PhonemeChunk("wˈʌn, tˈu", (WordSpan("wˈʌn", 0, 4), WordSpan("tˈu", 6, 9)))
    ]


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        ("one two. three, four five", ["one two.", "three, four five"]),
        ("one two; three, four five", ["one two;", "three, four five"]),
        ("one two three, four five", ["one two three,", "four five"]),
        ("one two three four five", ["one two three", "four five"]),
        ("onetwothreefourfivesixseven", ["onetwothreefourfiv", "esixseven"]),
    ],
)
def test_a_sentence_is_cut_at_its_strongest_pause(text: str, chunks: list[str]) -> None:
    assert cut(text, 18) == chunks


def test_a_pause_right_at_the_start_is_no_place_to_cut() -> None:
    assert cut("a. one two three, four five six", 20) == ["a. one two three,", "four five six"]


def test_parts_are_of_much_the_same_length() -> None:
    lengths = [len(chunk) for chunk in cut(" ".join(["word"] * 30), 100)]

    assert lengths == [74, 74]


def test_the_pause_comes_after_the_last_chunk() -> None:
    chunks = list(chunks_of(pieces("one two three"), 8, pause_s=0.5))

    assert [chunk.pause_s for chunk in chunks] == [0.0, 0.5]


def test_nothing_that_sounds_is_no_chunk() -> None:
    assert list(chunks_of([Piece("—"), Piece(" "), Piece("…")])) == []


@given(rows, limits)
def test_no_chunk_is_empty_or_over_the_limit(row: list[Piece], most: int) -> None:
    for chunk in chunks_of(row, most):
        assert 0 < len(chunk.phonemes) <= min(most, MAX_PHONEMES)
        assert set(chunk.phonemes) - SILENT


@given(rows, limits)
def test_every_sound_is_in_a_chunk_once_and_in_order(row: list[Piece], most: int) -> None:
    def sounding(text: str) -> str:
        return "".join(sign for sign in text if sign not in SILENT)

    chunks = list(chunks_of(row, most))

    assert sounding("".join(chunk.phonemes for chunk in chunks)) == sounding("".join(piece.phonemes for piece in row))


@given(rows, st.integers(40, 600))
def test_words_are_where_their_phonemes_are(row: list[Piece], most: int) -> None:
    chunks = list(chunks_of(row, most))

    found = [(word.text, chunk.phonemes[word.first : word.end]) for chunk in chunks for word in chunk.words]
    assert found == [(piece.text, piece.phonemes.strip()) for piece in row if piece.text and piece.phonemes.strip()]


@given(st.lists(word_pieces, min_size=1, max_size=40), limits)
def test_chunks_keep_the_text_they_speak(row: list[Piece], most: int) -> None:
    assert "".join(chunk.text for chunk in chunks_of(row, most)) == "".join(piece.text for piece in row)
