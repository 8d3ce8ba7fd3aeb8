from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import UnknownFormat
from halfgig.media.chunks import Word
from halfgig.tts.subtitles import LINE, LINES, LONGEST_S, cues_of, with_punctuation, write_subtitles


def words(text: str, seconds: float = 0.3, start: float = 0.0) -> list[Word]:
    """Return the words of a text with consecutive times."""
    return [
        Word(word, start + index * seconds, start + (index + 1) * seconds) for index, word in enumerate(text.split())
    ]


def lines(made: list[Word]) -> list[tuple[str, ...]]:
    return [cue.lines for cue in cues_of(made)]


some_words = st.lists(
    st.tuples(st.text("abc.,é", min_size=1, max_size=20), st.floats(0, 2), st.floats(0.01, 1)), max_size=60
)


def timed(parts: list[tuple[str, float, float]]) -> list[Word]:
    row, now = [], 0.0
    for text, gap, length in parts:
        row.append(Word(text, now + gap, now + gap + length))
        now += gap + length
    return row


def test_a_short_sentence_is_one_line() -> None:
    assert lines(words("Good morning, everyone.")) == [("Good morning, everyone.",)]


def test_a_longer_one_is_two_lines_of_much_the_same_length() -> None:
    assert lines(words("The quick brown fox jumps over the lazy dog near the river.", 0.2)) == [
        ("The quick brown fox jumps over", "the lazy dog near the river.")
    ]


def test_a_sentence_ends_its_cue() -> None:
    assert lines(words("This is the first one. This is the second.")) == [
        ("This is the first one.",),
        ("This is the second.",),
    ]


def test_a_very_short_sentence_shares_its_cue() -> None:
    assert lines(words("No. I will not go.")) == [("No. I will not go.",)]


def test_a_long_sentence_is_cut_at_its_comma() -> None:
    text = "When the rain had stopped and the sun came out over the hills, we all went on to the next town."

    assert lines(words(text, 0.2))[0][-1].endswith("hills,")


def test_a_silence_ends_a_cue() -> None:
    assert lines([*words("Well then"), *words("go on", start=3.0)]) == [("Well then",), ("go on",)]


def test_a_short_cue_stays_a_second_unless_the_next_begins() -> None:
    made = [*words("One.", 0.2), *words("Two.", 0.2, start=0.9)]

    assert [(cue.start, cue.end) for cue in cues_of(made)] == [(0.0, 0.9), (0.9, 1.9)]


def test_scripts_without_spaces_get_none() -> None:
    assert lines(words("今 天 天 气")) == [("今天天气",)]


@given(some_words)
def test_every_word_is_shown_once_and_in_order(parts: list[tuple[str, float, float]]) -> None:
    shown = " ".join(" ".join(cue.lines) for cue in cues_of(timed(parts)))

    assert shown.split() == [text for text, _, _ in parts]


@given(some_words)
def test_cues_fit_the_screen_and_do_not_overlap(parts: list[tuple[str, float, float]]) -> None:
    cues = list(cues_of(timed(parts)))

    assert all(len(cue.lines) <= LINES and all(len(line) <= LINE for line in cue.lines) for cue in cues)
    assert all(cue.start < cue.end <= cue.start + LONGEST_S + 1e-6 for cue in cues)
    assert all(before.end <= after.start for before, after in pairwise(cues))


def test_words_are_taken_as_they_come() -> None:
    taken: list[str] = []

    def spoken() -> Iterator[Word]:
        for word in words("One two three. " * 5):
            taken.append(word.text)
            yield word

    next(cues_of(spoken()))

    assert len(taken) < 15


@pytest.mark.parametrize(
    ("text", "spoken", "shown"),
    [
        ("“Stop!” he said.", "Stop he said", ["“Stop!”", "he", "said."]),
        ("Yes — (no)…", "Yes no", ["Yes —", "(no)…"]),
        ("The *big* [Kokoro](/ko/), so.", "The big Kokoro so", ["The", "big", "Kokoro,", "so."]),
        ("It costs $3.50, now.", "It costs $3.50 now", ["It", "costs", "$3.50,", "now."]),
        ("Wait [pause:2s] there.", "Wait there", ["Wait", "there."]),
        ("one two", "two three", ["two", "three"]),
    ],
)
def test_words_are_shown_with_the_punctuation_around_them(text: str, spoken: str, shown: list[str]) -> None:
    assert [word.text for word in with_punctuation(words(spoken), text)] == shown


def test_webvtt_is_written(tmp_path: Path) -> None:
    count = write_subtitles([Word("a<b", 3599.9995, 3601.5)], tmp_path / "out.vtt")

    assert count == 1
    assert (tmp_path / "out.vtt").read_text() == "WEBVTT\n\n01:00:00.000 --> 01:00:01.500\na&lt;b\n\n"


def test_subrip_is_written(tmp_path: Path) -> None:
    write_subtitles([*words("One."), *words("Two.", start=2)], tmp_path / "out.SRT")

    assert (tmp_path / "out.SRT").read_text() == (
        "1\n00:00:00,000 --> 00:00:01,000\nOne.\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo.\n\n"
    )


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match=r'"out\.txt"; name it with \.vtt or \.srt'):
        write_subtitles([], tmp_path / "out.txt")


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    def spoken() -> Iterator[Word]:
        yield Word("one", 0, 1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_subtitles(spoken(), tmp_path / "out.vtt")
    assert list(tmp_path.iterdir()) == []


DIALOGUE = [Word("Hi.", 0.0, 0.3, "a <b>"), Word("Oh,", 0.35, 0.6, "c"), Word("hi.", 0.6, 0.9, "c")]


def test_a_new_speaker_begins_a_new_cue() -> None:
    assert [(cue.speaker, cue.lines) for cue in cues_of(DIALOGUE)] == [("a <b>", ("Hi.",)), ("c", ("Oh, hi.",))]


def test_webvtt_names_the_speaker_of_each_cue(tmp_path: Path) -> None:
    write_subtitles(DIALOGUE, tmp_path / "a.vtt")
    assert "\n<v a &lt;b&gt;>Hi.\n" in (tmp_path / "a.vtt").read_text()


def test_subrip_names_a_speaker_where_he_begins(tmp_path: Path) -> None:
    more = [*DIALOGUE, Word("So.", 5.0, 5.5, "c")]
    write_subtitles(more, tmp_path / "a.srt")
    lines = [line for line in (tmp_path / "a.srt").read_text().splitlines() if line[-1:] == "."]
    assert lines == ["a <b>: Hi.", "c: Oh, hi.", "So."]
