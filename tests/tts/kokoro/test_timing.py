# ruff: noqa: RUF001 - letters of the IPA look like others
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.media.chunks import Phoneme, Word
from halfgig.tts.kokoro.g2p.chunks import PhonemeChunk, WordSpan
from halfgig.tts.kokoro.timing import phoneme_times
from tests.tts.kokoro.g2p.worlds import LETTERS


def chunk(phonemes: str) -> PhonemeChunk:
    """Make a chunk whose words are the runs between spaces."""
    words, first = [], 0
    for run in phonemes.split(" "):
        words += [WordSpan(run, first, first + len(run))] * bool(run)
        first += len(run) + 1
    return PhonemeChunk(phonemes, tuple(words))


chunks = st.text(LETTERS, min_size=1, max_size=40).map(chunk)


def frames(count: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, 50), min_size=count, max_size=count)


timed = chunks.flatmap(lambda made: st.tuples(st.just(made), frames(len(made.phonemes) + 2)))


def test_a_frame_is_25_ms_and_pads_are_pauses() -> None:
    phonemes, words = phoneme_times(chunk("pæ"), [4, 2, 6, 8])

    assert phonemes == (
        Phoneme("", 0.0, 0.1),
        Phoneme("p", 0.1, 0.15),
        Phoneme("æ", 0.15, 0.3),
        Phoneme("", 0.3, 0.5),
    )
    assert words == (Word("pæ", 0.1, 0.3),)


def test_a_stress_mark_belongs_to_the_vowel_behind_it() -> None:
    phonemes, _ = phoneme_times(chunk("pˈæ"), [0, 4, 4, 4, 0])

    assert phonemes[2] == Phoneme("æ", 0.1, 0.3, stress=2)


def test_a_space_between_words_goes_to_both_by_halves() -> None:
    phonemes, words = phoneme_times(chunk("p æ"), [0, 4, 4, 4, 0])

    assert [phoneme.symbol for phoneme in phonemes] == ["", "p", "æ", ""]
    assert words == (Word("p", 0.0, 0.15), Word("æ", 0.15, 0.3))


def test_punctuation_and_its_space_are_one_pause() -> None:
    phonemes, _ = phoneme_times(PhonemeChunk("p, æ."), [4] * 7)

    assert phonemes[2] == Phoneme("", 0.2, 0.4)
    assert phonemes[-1] == Phoneme("", 0.5, 0.7)


def test_length_marks_make_their_vowel_longer() -> None:
    phonemes, _ = phoneme_times(chunk("iː"), [0, 4, 4, 0])

    assert phonemes[1] == Phoneme("iː", 0.0, 0.2)


def test_kokoros_letters_are_given_in_ipa() -> None:
    phonemes, _ = phoneme_times(chunk("ʧIOTʤ"), [0, 1, 1, 1, 1, 1, 0])

    assert [phoneme.symbol for phoneme in phonemes] == ["", "tʃ", "aɪ", "oʊ", "ɾ", "dʒ", ""]


def test_durations_of_another_chunk_are_refused() -> None:
    with pytest.raises(ValueError, match="2 phonemes and two pads have 3 durations"):
        phoneme_times(chunk("pæ"), [1, 1, 1])


@given(timed)
def test_phonemes_fill_the_chunk_without_gap_or_overlap(made: tuple[PhonemeChunk, list[int]]) -> None:
    phonemes, _ = phoneme_times(*made)

    assert phonemes[0].start == 0
    assert phonemes[-1].end == pytest.approx(sum(made[1]) / 40)
    assert all(before.end == after.start for before, after in pairwise(phonemes))
    assert all(phoneme.start <= phoneme.end for phoneme in phonemes)


@given(timed)
def test_words_come_in_order_inside_the_chunk(made: tuple[PhonemeChunk, list[int]]) -> None:
    _, words = phoneme_times(*made)

    assert [word.text for word in words] == [word.text for word in made[0].words]
    assert all(0 <= word.start < word.end <= sum(made[1]) / 40 for word in words)
    assert all(before.start <= after.start for before, after in pairwise(words))


@given(timed)
def test_two_pauses_never_follow_each_other(made: tuple[PhonemeChunk, list[int]]) -> None:
    phonemes, _ = phoneme_times(*made)

    assert all(before.symbol or after.symbol for before, after in pairwise(phonemes))
