"""A short first sentence is held back until what follows will be there in time."""

from __future__ import annotations

import threading

import pytest

from halfgig.capacity.throughput import Throughput
from halfgig.media.chunks import SpeechSegment
from halfgig.requests import SpeechRequest
from halfgig.server.worker.speech.head_start import MOST_HELD_S, head_start_s, lengths_of
from halfgig.server.worker.speech.pace import Pace, Paces
from halfgig.server.worker.speech.stream import LEAD_S, Stream, StreamRequest
from halfgig.tts.registry import ResolvedVoice, default_engine

LONG = "The harbour was quiet, and a pale morning light lay over the boats; nobody spoke above a whisper. "
TEXT = f"Yes. {LONG}{LONG}"
SPEC = default_engine()._replace(throughput=Throughput(start_s=1.0, each_s=0.4, most_cpus=2))


def stream(**more: object) -> Stream:
    made = Stream(0, StreamRequest(SpeechRequest(TEXT), "pcm", **more), threading.Condition())  # type: ignore[arg-type]
    made.text, made.voice, made.is_active = TEXT, ResolvedVoice(SPEC, "a", None), True
    return made


def put(made: Stream, seconds: float, next_start: int | None, pace: float) -> None:
    with made.changed:
        made.put(SpeechSegment("tests", seconds, next_start, data=b"sound"), pace)


def first_put(pace: float, **more: object) -> Stream:
    made = stream(**more)
    put(made, 1.0, TEXT.index("The"), pace)
    return made


@pytest.mark.parametrize(
    ("lengths", "pace", "needed"),
    [
        ([6.0, 6.0], 0.5, 2.0),  # three seconds of work, one of sound
        ([6.0, 6.0], 0.1, 0.0),
        ([0.5, 6.0], 0.5, 1.75),  # the third sentence decides
        ([6.0], 1.5, 0.0),  # gaps cannot be helped
        ([], 0.5, 0.0),
    ],
)
def test_sound_begins_so_late_that_each_sentence_is_there_when_it_is_due(
    lengths: list[float], pace: float, needed: float
) -> None:
    assert head_start_s(1.0, lengths, pace) == pytest.approx(needed)


def test_the_rest_of_a_text_is_measured_in_passes_as_they_are_made() -> None:
    one, two = lengths_of(TEXT, TEXT.index("The"), 0.0, 1.0)
    assert 5 < one < 8
    assert one == pytest.approx(two)
    assert next(lengths_of(TEXT, TEXT.index("The"), 4.0, 1.0)) == pytest.approx(one - 4)
    assert next(lengths_of(TEXT, TEXT.index("The"), 0.0, 2.0)) == pytest.approx(one / 2)
    assert max(lengths_of("word " * 200, 0, 0.0, 1.0)) <= 11
    assert 1 < next(lengths_of("今天天气很好", 0, 0.0, 1.0)) < 3


def test_a_short_first_sentence_is_held_until_the_next_one_is_made() -> None:
    made = first_put(pace=0.5)
    with made.changed:
        assert made.take() is None
        assert 0 < made.held_s <= MOST_HELD_S
    put(made, 6.0, TEXT.rindex("The"), 0.5)
    with made.changed:
        assert (made.held_s, made.take(), made.take()) == (0.0, *([made_of(1.0, "The"), made_of(6.0, None)]))


def made_of(seconds: float, next_word: str | None) -> SpeechSegment:
    place = TEXT.index(next_word) if next_word else TEXT.rindex("The")
    return SpeechSegment("tests", seconds, place, data=b"sound")


@pytest.mark.parametrize(
    ("pace", "more"),
    [(0.05, {}), (1.2, {}), (0.5, {"unheard_s": 2.0}), (0.5, {"is_background": True})],
    ids=["fast", "slower than real time", "another speech is still heard", "for a video"],
)
def test_what_needs_no_head_start_is_heard_at_once(pace: float, more: dict[str, object]) -> None:
    made = first_put(pace, **more)
    with made.changed:
        assert made.take() is not None


def test_a_speech_that_is_over_is_not_held() -> None:
    made = first_put(pace=0.5)
    put(made, 0.0, None, 0.5)
    with made.changed:
        assert made.take() is not None


def test_once_heard_it_is_held_no_more() -> None:
    made = first_put(pace=0.05)
    with made.changed:
        assert made.take() is not None
    put(made, 0.1, TEXT.rindex("The"), 0.9)
    with made.changed:
        assert made.take() is not None


def test_a_listener_whose_sound_is_held_still_waits() -> None:
    assert first_put(pace=0.5).is_awaited
    assert not first_put(pace=0.05).is_awaited


def test_the_pace_is_the_plans_until_it_is_measured() -> None:
    pace = Pace(SPEC, 2)
    assert pace.now() == pytest.approx(0.2)
    assert pace.now(6.0, 10.0) > 0.4
    for _ in range(20):
        pace.note(6.0, 10.0)
    assert pace.now() == pytest.approx(0.6, abs=0.01)


def test_what_was_found_in_a_cache_says_nothing_about_the_pace() -> None:
    pace = Pace(SPEC, 2)
    pace.note(0.01, 10.0)
    assert pace.now(0.01, 10.0) == pytest.approx(0.2)


def test_loading_and_standing_back_say_nothing_about_the_pace() -> None:
    now = [0.0]
    paces, ahead = Paces(2, lambda: now[0]), stream()
    put(ahead, 10 * LEAD_S, 5, 0.0)

    def after(which: Stream, *, is_open: bool) -> float:
        paces.begin(which, is_open=is_open)
        now[0] += 10.0
        told = paces.add(10.0)
        paces.end()
        return told

    assert after(stream(), is_open=False) == pytest.approx(0.2)  # it is loaded
    assert after(ahead, is_open=True) == pytest.approx(0.2)  # others go first
    assert after(stream(), is_open=True) > 0.5
    assert after(stream(), is_open=False) > 0.5  # what was known is kept
