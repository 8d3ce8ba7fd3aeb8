from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from halfgig.media.chunks import Word
from halfgig.text.sentences import Span
from halfgig.tts.espeak.library import SynthEvent
from halfgig.tts.espeak.timing import TimedPhoneme, phonemes_of, timed_phonemes, words_of


def phoneme(sample: int, symbol: str) -> SynthEvent:
    return SynthEvent(sample, symbol, 0)


def word(sample: int, position: int = 0) -> SynthEvent:
    return SynthEvent(sample, None, position)


def spans(*parts: str | tuple[str, str]) -> list[Span]:
    pairs = [(part, part) if isinstance(part, str) else part for part in parts]
    return [Span(spoken, written, 0) for spoken, written in pairs]


def spoken(events: list[SynthEvent], *parts: str | tuple[str, str]) -> list[str]:
    return [word.text for word in words_of(events, timed_phonemes(events, 100), spans(*parts), 1)]


def test_a_phoneme_lasts_until_the_next() -> None:
    assert timed_phonemes([word(0), phoneme(0, "p"), phoneme(4, "a")], 10) == [
        TimedPhoneme("p", 0, 0, 4),
        TimedPhoneme("a", 0, 4, 10),
    ]


def test_sound_before_the_first_phoneme_is_a_pause() -> None:
    assert timed_phonemes([word(0), phoneme(3, "h")], 10)[0] == TimedPhoneme("", 0, 0, 3)


def test_stress_is_split_off() -> None:
    events = [phoneme(0, "\N{MODIFIER LETTER VERTICAL LINE}a"), phoneme(5, "\N{MODIFIER LETTER LOW VERTICAL LINE}e")]
    assert [(s.symbol, s.stress) for s in timed_phonemes(events, 10)] == [("a", 2), ("e", 1)]


def test_a_change_of_language_is_no_phoneme() -> None:
    events = [phoneme(0, "a"), phoneme(4, "(en)"), phoneme(5, "b")]
    assert timed_phonemes(events, 9) == [TimedPhoneme("a", 0, 0, 5), TimedPhoneme("b", 0, 5, 9)]


def test_a_stop_inside_a_word_is_no_pause() -> None:
    events = [word(0), phoneme(0, "a"), phoneme(4, ""), phoneme(5, "b")]
    assert timed_phonemes(events, 9) == [TimedPhoneme("a", 0, 0, 5), TimedPhoneme("b", 0, 5, 9)]


def test_a_stop_before_a_vowel_belongs_to_the_vowel() -> None:
    events = [word(0), phoneme(0, "n"), word(3, 2), phoneme(3, ""), phoneme(5, "a")]
    assert timed_phonemes(events, 9) == [TimedPhoneme("n", 0, 0, 3), TimedPhoneme("a", 0, 3, 9)]


def test_pauses_between_words_are_one_pause() -> None:
    events = [phoneme(0, "a"), phoneme(4, ""), phoneme(5, ""), word(7), phoneme(7, "b")]
    assert timed_phonemes(events, 9) == [
        TimedPhoneme("a", 0, 0, 4),
        TimedPhoneme("", 0, 4, 7),
        TimedPhoneme("b", 0, 7, 9),
    ]


def test_ascii_names_become_ipa() -> None:
    events = [phoneme(0, "tS"), phoneme(1, "i:"), phoneme(2, "th"), phoneme(3, "h"), phoneme(4, "n#")]
    assert [s.symbol for s in timed_phonemes(events, 5)] == ["tʃ", "iː", "tʰ", "h", "n"]  # noqa: RUF001 - IPA


def test_the_last_pause_reaches_to_the_end_of_the_chunk() -> None:
    phonemes = phonemes_of([TimedPhoneme("a", 2, 0, 10), TimedPhoneme("", 0, 10, 20)], 10, 5.0)
    assert [(p.symbol, p.start, p.end) for p in phonemes] == [("a", 0, 1), ("", 1, 5)]


def test_a_chunk_without_phonemes_is_a_pause() -> None:
    assert [(p.symbol, p.start, p.end) for p in phonemes_of([], 10, 5.0)] == [("", 0, 5)]


@given(
    events=st.lists(
        st.builds(SynthEvent, st.integers(-5, 120), st.none() | st.sampled_from(["", "a", "(en)"]), st.integers(-9, 40))
    ),
    total=st.integers(1, 100),
)
def test_whatever_the_events_time_runs_forward_without_gaps(events: list[SynthEvent], total: int) -> None:
    soundings = timed_phonemes(events, total)
    edges = [soundings[0].start, *(sounding.end for sounding in soundings)]
    assert edges[0] == 0
    assert edges[-1] == total
    assert edges == sorted(set(edges))
    assert [sounding.start for sounding in soundings] == edges[:-1]
    words = words_of(events, soundings, spans("three words, here"), 1)
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times)


def test_a_rewritten_stretch_is_one_word_as_it_was_written() -> None:
    events = [
        word(0, 1), phoneme(0, "p"), word(10, 6), phoneme(10, "f"), word(20, 14), phoneme(20, "d"),
        phoneme(30, ""), word(40, 18), phoneme(40, "d"), word(45, 25), phoneme(45, "n"),
    ]  # fmt: skip
    parts = spans("(", ("five point six", "5.6"), "). ", ("Doctor", "Dr."), " now")
    soundings = timed_phonemes(events, 50)
    assert words_of(events, soundings, parts, 1) == (Word("5.6", 0, 30), Word("Dr.", 40, 45), Word("now", 45, 50))


def test_punctuation_stays_off_words_but_inside_them() -> None:
    events = [word(0, 1), phoneme(0, "d"), word(9, 5), phoneme(9, "t"), word(20, 9), phoneme(20, "e")]
    assert spoken(events, '"don\'t" (end)!') == ["don't", "end"]


def test_a_rewritten_abbreviation_keeps_its_stop() -> None:
    assert spoken([word(0, 0), phoneme(0, "d")], ("Doctor", "Dr."), ",") == ["Dr."]


def test_a_word_joined_to_the_one_before_is_shown_with_it() -> None:
    events = [word(0, 0), phoneme(0, "o"), word(9, 7), phoneme(9, "b")]
    assert spoken(events, "of the best") == ["of the", "best"]


def test_a_sign_that_is_spoken_is_a_word() -> None:
    events = [word(0, 0), phoneme(0, "r"), word(9, 2), phoneme(9, "n"), word(19, 4), phoneme(19, "d")]
    assert spoken(events, "R & D") == ["R", "&", "D"]


def test_what_is_not_spoken_is_no_word() -> None:
    events = [word(0, 0), phoneme(0, "l"), word(9, 6), phoneme(9, "y")]
    assert spoken(events, "love ", ("", "\N{HEAVY BLACK HEART}"), " you") == ["love", "you"]


def test_scripts_without_spaces_have_words_too() -> None:
    events = [word(0, 0), phoneme(0, "n"), word(9, 3), phoneme(9, "s"), word(19, 4), phoneme(19, "t")]
    assert spoken(events, "你好,世界") == ["你好", "世", "界"]


def test_words_whose_events_go_back_in_time_do_not_overlap() -> None:
    events = [word(0, 0), word(8, 6), word(2, 12), phoneme(2, "a"), phoneme(9, "b")]
    words = words_of(events, timed_phonemes(events, 20), spans("three words, here"), 1)
    assert all(one.end <= other.start for one, other in pairwise(words))
