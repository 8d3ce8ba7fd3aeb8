# ruff: noqa: RUF001 - letters of the IPA look like others
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.media.chunks import SAMPLE_RATE, Phoneme, Word
from halfgig.tts.kokoro.g2p.chunks import PhonemeChunk, WordSpan
from halfgig.tts.kokoro.pauses import VoiceActivity
from halfgig.tts.kokoro.timing import LAG_S, phoneme_times
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


def times(
    made: PhonemeChunk, durations: list[int], voice: tuple[float, float] | None = None, *gaps: tuple[float, float]
) -> tuple[tuple[Phoneme, ...], tuple[Word, ...]]:
    """Time a chunk whose voice is heard between two seconds, by default as soon and as long as its durations say."""
    starts_s, ends_s = voice or (durations[0] / 40 - LAG_S, sum(durations[:-1]) / 40 - LAG_S)
    places = [(round(low * SAMPLE_RATE), round(high * SAMPLE_RATE)) for low, high in ((starts_s, ends_s), *gaps)]
    return phoneme_times(made, durations, VoiceActivity(*places[0], tuple(places[1:])))


def spans(phonemes: tuple[Phoneme, ...]) -> list[tuple[str, float, float]]:
    return [(each.symbol, round(each.start, 4), round(each.end, 4)) for each in phonemes]


def test_a_frame_is_25_ms_and_is_heard_60_ms_before_its_duration_says() -> None:
    phonemes, words = times(chunk("pæ"), [4, 2, 6, 8])

    assert spans(phonemes) == [("", 0.0, 0.04), ("p", 0.04, 0.09), ("æ", 0.09, 0.24), ("", 0.24, 0.5)]
    assert [(word.text, round(word.start, 4), round(word.end, 4)) for word in words] == [("pæ", 0.04, 0.24)]


def test_the_first_and_last_word_begin_and_end_with_the_voice() -> None:
    phonemes, words = times(chunk("pæ"), [4, 2, 20, 8], (0.06, 0.3))

    assert spans(phonemes) == [("", 0.0, 0.06), ("p", 0.06, 0.09), ("æ", 0.09, 0.3), ("", 0.3, 0.85)]
    assert (words[0].start, words[0].end) == (0.06, 0.3)


def test_a_pause_between_words_is_where_the_voice_has_a_gap() -> None:
    _, words = times(PhonemeChunk("p, æ", (WordSpan("p", 0, 1), WordSpan("æ", 3, 4))), [4] * 6, (0.04, 0.5), (0.1, 0.3))

    assert [(word.start, word.end) for word in words] == [(0.04, 0.1), (0.3, 0.5)]


def test_the_gap_of_a_stop_is_not_taken_for_the_pause_after_it() -> None:
    made = PhonemeChunk("p, æ", (WordSpan("p", 0, 1), WordSpan("æ", 3, 4)))
    _, words = times(made, [4] * 6, (0.04, 0.5), (0.06, 0.12), (0.14, 0.3))

    assert words[0].end == 0.14


def test_a_stress_mark_belongs_to_the_vowel_behind_it() -> None:
    phonemes, _ = times(chunk("pˈæ"), [4, 4, 4, 4, 0])

    assert (phonemes[2].symbol, phonemes[2].stress) == ("æ", 2)
    assert spans(phonemes)[2] == ("æ", 0.14, 0.34)


def test_a_space_between_words_goes_to_both_by_halves() -> None:
    phonemes, _ = times(chunk("p æ"), [4, 4, 4, 4, 0])

    assert spans(phonemes)[1:3] == [("p", 0.04, 0.19), ("æ", 0.19, 0.34)]


def test_a_voice_that_pauses_between_words_without_a_mark_parts_them() -> None:
    phonemes, words = times(chunk("p æ"), [4, 10, 4, 10, 4], None, (0.2, 0.35))

    assert spans(phonemes)[1:4] == [("p", 0.04, 0.2), ("", 0.2, 0.35), ("æ", 0.35, 0.64)]
    assert (words[0].end, words[1].start) == (0.2, 0.35)


def test_a_closure_between_words_does_not_part_them() -> None:
    phonemes, _ = times(chunk("p æ"), [4, 10, 4, 10, 4], None, (0.25, 0.35))

    assert [phoneme.symbol for phoneme in phonemes] == ["", "p", "æ", ""]


def test_punctuation_and_its_space_are_one_pause() -> None:
    phonemes, _ = times(PhonemeChunk("p, æ."), [4] * 7, (0.04, 0.44))

    assert spans(phonemes)[2] == ("", 0.14, 0.34)
    assert spans(phonemes)[-1] == ("", 0.44, 0.7)


def test_length_marks_make_their_vowel_longer() -> None:
    phonemes, _ = times(chunk("iː"), [4, 4, 4, 0])

    assert spans(phonemes)[1] == ("iː", 0.04, 0.24)


def test_kokoros_letters_are_given_in_ipa() -> None:
    phonemes, _ = times(chunk("ʧIOTʤ"), [4, 1, 1, 1, 1, 1, 0])

    assert [phoneme.symbol for phoneme in phonemes] == ["", "tʃ", "aɪ", "oʊ", "ɾ", "dʒ", ""]


def test_durations_of_another_chunk_are_refused() -> None:
    with pytest.raises(ValueError, match="2 phonemes and two pads have 3 durations"):
        times(chunk("pæ"), [1, 1, 1])


SHORT = (0.02, 0.05)
"""A voice shorter than most durations: phonemes must stay in order and inside."""


@given(timed)
def test_phonemes_fill_the_chunk_without_gap_or_overlap(made: tuple[PhonemeChunk, list[int]]) -> None:
    phonemes, _ = times(*made, SHORT)

    assert phonemes[0].start == 0
    assert phonemes[-1].end == pytest.approx(sum(made[1]) / 40)
    assert all(before.end == after.start for before, after in pairwise(phonemes))
    assert all(phoneme.start <= phoneme.end for phoneme in phonemes)


@given(timed)
def test_words_come_in_order_inside_the_chunk(made: tuple[PhonemeChunk, list[int]]) -> None:
    _, words = times(*made, SHORT)

    assert [word.text for word in words] == [word.text for word in made[0].words]
    assert all(0 <= word.start < word.end <= sum(made[1]) / 40 for word in words)
    assert all(before.start <= after.start for before, after in pairwise(words))


@given(timed)
def test_two_pauses_never_follow_each_other(made: tuple[PhonemeChunk, list[int]]) -> None:
    phonemes, _ = times(*made, SHORT)

    assert all(before.symbol or after.symbol for before, after in pairwise(phonemes))
