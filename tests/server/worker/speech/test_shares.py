"""A client that speaks for long leaves the processor to another client's video."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from halfgig.media.chunks import SpeechSegment
from halfgig.requests import SpeechRequest
from halfgig.server.worker.speech.scheduler import AHEAD_S
from halfgig.server.worker.speech.shares import BACKGROUND_WEIGHT, MOST_REST_S, REST, SPARE_S, SpeechShares
from halfgig.server.worker.speech.stream import LEAD_S, MOST_WAYS, Stream, StreamRequest
from halfgig.tts.registry import ResolvedVoice, default_engine

if TYPE_CHECKING:
    from collections.abc import Callable


def stream(client: str, *, is_background: bool = False, seconds: float = 0.0, unheard_s: float = 0.0) -> Stream:
    """Return a stream with some seconds made just now."""
    request = StreamRequest(SpeechRequest("Hi."), client=client, is_background=is_background, unheard_s=unheard_s)
    made = Stream(0, request, threading.Condition())
    if seconds:
        with made.changed:
            made.put(SpeechSegment("tests, voice a", seconds, 1))
    return made


def shares(video: str | None = "other", clock: Callable[[], float] = lambda: 0.0) -> SpeechShares:
    return SpeechShares(lambda: video, clock)


def test_a_client_that_had_the_cell_for_long_rests_after_each_slice() -> None:
    it, mine = shares(), stream("greedy")
    it.charge(mine, AHEAD_S)
    assert it.rest_s(mine, [mine, stream("greedy")]) == 0.0
    it.charge(mine, 1.0)
    assert it.rest_s(mine, [mine, stream("greedy")]) == REST
    it.charge(mine, 100.0)
    assert it.rest_s(mine, [mine, stream("greedy")]) == MOST_REST_S


def test_a_rest_ends() -> None:
    now = [0.0]
    it, mine = shares(clock=lambda: now[0]), stream("greedy")
    it.charge(mine, 10.0)
    now[0] = MOST_REST_S
    assert it.rest_s(mine, [mine, stream("greedy")]) == 0.0


def test_nobody_rests_for_a_video_of_ones_own_or_for_none() -> None:
    for video in (None, "greedy"):
        it, mine = shares(video), stream("greedy")
        it.charge(mine, 100.0)
        assert it.rest_s(mine, [mine, stream("greedy")]) == 0.0


def test_the_only_speech_of_a_client_rests_while_its_listener_has_enough_to_hear() -> None:
    for seconds, rests in ((LEAD_S - 1, False), (2 * LEAD_S + 60, True)):
        it, mine = shares(), stream("one", seconds=seconds)
        it.charge(mine, 100.0)
        assert (it.rest_s(mine, [mine]) > 0) is rests


def test_a_video_pauses_for_listeners_of_clients_that_had_little_of_the_cell() -> None:
    it, mine = shares(), stream("greedy")
    assert it.may_pause("greedy", "other")
    it.charge(mine, AHEAD_S + 1)
    assert not it.may_pause("greedy", "other")
    assert it.may_pause("greedy", "greedy")


def test_who_comes_again_and_again_is_not_new_while_anothers_video_is_made() -> None:
    it = shares("other")
    for _ in range(9):
        it.enter("greedy", [])
        it.charge(stream("greedy"), 1.0)
    assert it.used_s("greedy") == 9.0


def test_a_videos_speech_counts_more_than_a_listeners() -> None:
    it = shares()
    it.charge(stream("a", is_background=True), 1.0)
    it.charge(stream("b"), 1.0)
    assert (it.used_s("a"), it.used_s("b")) == (BACKGROUND_WEIGHT, 1.0)


def ready(client: str, **more: Any) -> Stream:
    """Return a stream that the cell may speak."""
    made = stream(client, **more)
    made.is_active, made.voice = True, ResolvedVoice(default_engine(), "en-us")
    return made


def test_a_sentence_is_given_up_a_few_times_for_the_first_one_of_a_client_that_had_much_less() -> None:
    it, current, new = shares(), ready("greedy", seconds=60.0), ready("modest")
    streams = [current, stream("greedy"), new]
    it.charge(current, AHEAD_S)
    assert not it.gives_way(current, new, streams)
    it.charge(current, 1.0)
    assert it.gives_way(current, new, streams)
    assert not it.gives_way(current, ready("modest", seconds=1.0), streams)
    assert not it.gives_way(current, ready("greedy"), streams)
    for _ in range(MOST_WAYS):
        assert it.gives_way(current, new, streams)
        current.note_way_given()
    assert not it.gives_way(current, new, streams)
    with current.changed:
        current.put(SpeechSegment("tests, voice a", 1.0, 99))
    assert it.gives_way(current, new, streams)


def test_no_sentence_is_given_up_that_its_only_listener_waits_for() -> None:
    it, current, new = shares(), ready("greedy"), ready("modest")
    it.charge(current, 100.0)
    assert not it.gives_way(current, new, [current, new])
    silent = ready("greedy", is_background=True)
    assert it.gives_way(silent, new, [silent, new])


def test_other_programs_go_first_only_while_every_listener_has_enough_to_hear() -> None:
    ahead, new, video = stream("one", seconds=SPARE_S + 60), stream("two"), stream("three", is_background=True)
    it = shares()
    assert it.may_wait([ahead, video])
    assert not it.may_wait([ahead, new, video])
    assert it.may_wait([video])


def test_who_had_enough_to_hear_waits_until_little_is_left() -> None:
    between = stream("one", seconds=(SPARE_S + LEAD_S) / 2)
    it = shares()
    assert not it.may_wait([between])
    assert it.may_wait([stream("one", seconds=SPARE_S + 60)])
    assert it.may_wait([between])
    assert not it.may_wait([stream("one", seconds=LEAD_S / 2)])


def test_a_page_that_still_speaks_is_not_waited_for() -> None:
    said, new = stream("one", unheard_s=SPARE_S + 60), stream("two")
    said.is_active = new.is_active = True
    assert (said.is_awaited, new.is_awaited) == (False, True)
    assert shares().may_wait([said])
    with said.changed:
        said.put(SpeechSegment("tests, voice a", 1.0, 1))
    assert said.lead_s > SPARE_S + 30


def test_on_a_busy_machine_more_must_be_there_to_hear() -> None:
    mine = stream("one", seconds=SPARE_S + 10)
    it = shares()
    assert it.may_wait([mine])
    it.charge(mine, 20.0)
    assert not it.may_wait([mine])
