"""The speech server with a real cell: many speeches at once, and what it does when things go wrong."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from halfgig.capacity.plan import CellPlan, make_plan
from halfgig.errors import CellDied, EmptyText, HalfgigError, MemoryExceeded, ModelMissing, ServiceError
from halfgig.requests import SpeechRequest
from halfgig.resources.limits import Limit
from halfgig.server.errors import Busy, TooSlow, Unavailable
from halfgig.server.paths import ServerPaths
from halfgig.server.supervisor.hang_watch import process_state
from halfgig.server.worker.admission import MemoryAdmission
from halfgig.server.worker.speech.pace import Pace
from halfgig.server.worker.speech.server import SpeechServer
from halfgig.server.worker.speech.stream import Stream, StreamRequest
from halfgig.settings import Settings
from tests.support.jobs import load
from tests.support.processes import own_cells
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.media.chunks import SpeechSegment

SHORT = "Bob may buy a map. She sells sea shells."
LONG = "".join(f"Sentence number {number} of a long text. " for number in range(24))


@contextlib.contextmanager
def server(tmp_path: Path, admission: MemoryAdmission | None = None, **wishes: object) -> Iterator[SpeechServer]:
    settings = Settings(data_dir=tmp_path, **wishes)  # type: ignore[arg-type]
    plan = make_plan(Limit(512 << 20, "a test"), 2, load())
    speech = SpeechServer(settings, plan, admission or MemoryAdmission(plan.cells_mb))
    try:
        yield speech
    finally:
        speech.close()


def wish(
    text: str = SHORT, sound_format: str | None = "pcm", *, voice: str = "", speed: float = 1.0, **more: object
) -> StreamRequest:
    return StreamRequest(SpeechRequest(text, voice, speed), sound_format, **more)  # type: ignore[arg-type]


def sound(speech: SpeechServer, asked: StreamRequest) -> bytes:
    return b"".join(each.data for each in speech.segments(asked))


def cells() -> list[int]:
    """List the cells this process has that are alive."""
    return [pid for pid in own_cells() if process_state(pid) != "Z"]


def kill_cell() -> None:
    assert soon(lambda: len(cells()) == 1)
    os.kill(cells()[0], signal.SIGKILL)


def test_a_cell_that_needs_more_memory_gets_what_there_is(tmp_path: Path) -> None:
    plan = make_plan(Limit(512 << 20, "a test"), 2, load())
    narrow = replace(
        plan, cells={**plan.cells, "speaking espeak": CellPlan(private_mb=16, budget_mb=20)}
    )  # its libraries reserve more
    speech = SpeechServer(Settings(data_dir=tmp_path), narrow, MemoryAdmission(plan.cells_mb))
    try:
        assert sound(speech, wish(sound_format="mp3"))
        assert speech.status()["cell_mb"] == 80
    finally:
        speech.close()


def test_a_cell_that_needs_more_memory_than_there_is_says_so(tmp_path: Path) -> None:
    plan = make_plan(Limit(512 << 20, "a test"), 2, load())
    narrow = replace(plan, cells={"speaking espeak": CellPlan(private_mb=plan.cells_mb, budget_mb=20)})
    speech = SpeechServer(Settings(data_dir=tmp_path), narrow, MemoryAdmission(plan.cells_mb))
    try:
        with pytest.raises(MemoryExceeded, match="speaking needs more than the 20 MB"):
            sound(speech, wish(sound_format="mp3"))
    finally:
        speech.close()


def test_a_speech_comes_in_slices_and_its_last_says_so(tmp_path: Path) -> None:
    with server(tmp_path) as speech:
        slices = list(speech.segments(wish()))
    assert [each.next_start is None for each in slices] == [False] * (len(slices) - 1) + [True]
    assert sum(each.seconds for each in slices) == pytest.approx(sum(len(each.data) for each in slices) / 48_000)
    assert "espeak" in slices[0].maker


def test_of_a_whole_file_each_sentence_is_told(tmp_path: Path) -> None:
    with server(tmp_path) as speech:
        told = [each.next_start for each in speech.segments(wish(sound_format="wav", whole_file=tmp_path / "a.wav"))]
    assert (told[0], told[-1]) == (0, None)
    assert SHORT.index("She") in told


def test_a_stream_knows_the_pace_at_which_the_cell_speaks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paces = list[float]()
    put = Stream.put

    def spied(stream: Stream, segment: SpeechSegment, pace: float = 0.0) -> None:
        paces.append(pace)
        put(stream, segment, pace)

    monkeypatch.setattr(Stream, "put", spied)
    monkeypatch.setattr(Pace, "now", lambda *_: 0.25)
    with server(tmp_path) as speech:
        sound(speech, wish())
        assert set(paces) == {0.25}
        waiting = speech.segments(wish(LONG))
        next(waiting)
        sound(speech, wish())
        waiting.close()
    assert 0.5 in paces  # the cell speaks for two


def test_many_speeches_at_once_sound_as_each_alone(tmp_path: Path) -> None:
    wishes = [
        wish(f"Speech {number} is this. {SHORT * 3}", voice=voice) for number in range(3) for voice in ("de", "fr")
    ]
    heard: dict[int, bytes] = {}
    with server(tmp_path, max_streams=3) as speech:
        alone = {number: sound(speech, each) for number, each in enumerate(wishes)}

        def listen(number: int) -> None:
            heard[number] = sound(speech, wishes[number])

        threads = [threading.Thread(target=listen, args=(number,)) for number in alone]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert heard == alone


@pytest.mark.parametrize("sound_format", ["pcm", "wav"])
def test_a_killed_cell_is_not_heard(tmp_path: Path, sound_format: str) -> None:
    with server(tmp_path) as speech:
        undisturbed = sound(speech, wish(LONG, sound_format))
        heard = []
        for number, each in enumerate(speech.segments(wish(LONG, sound_format))):
            heard.append(each.data)
            if number in (0, 5, 20):
                kill_cell()
        assert speech.status()["deaths"] >= 1
    assert b"".join(heard) == undisturbed


def test_flac_ends_with_an_error_when_its_cell_is_killed(tmp_path: Path) -> None:
    with server(tmp_path) as speech:
        slices = speech.segments(wish(LONG, "flac"))
        next(slices)
        kill_cell()
        with pytest.raises(ServiceError, match="flac cannot go on"):
            list(slices)
        assert sound(speech, wish(sound_format="flac"))


def test_a_cell_that_is_killed_again_and_again_ends_the_stream(tmp_path: Path) -> None:
    end = threading.Event()

    def killer() -> None:
        while not end.wait(0.002):
            for pid in cells():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    with server(tmp_path) as speech:
        thread = threading.Thread(target=killer)
        thread.start()
        try:
            with pytest.raises(CellDied):
                sound(speech, wish())
        finally:
            end.set()
            thread.join()
        assert speech.status()["deaths"] == 3
        assert sound(speech, wish())


@pytest.mark.parametrize(
    ("asked", "error"), [(wish(" "), EmptyText), (wish(voice="af_heart"), ModelMissing), (wish(speed=9), HalfgigError)]
)
def test_what_is_wrong_with_a_wish_is_raised_before_the_first_slice(
    tmp_path: Path, asked: StreamRequest, error: type[HalfgigError]
) -> None:
    with server(tmp_path) as speech:
        with pytest.raises(error):
            next(speech.segments(asked))
        assert not speech.is_busy()


def test_a_full_queue_refuses_and_says_when_to_come_back(tmp_path: Path) -> None:
    with server(tmp_path, max_streams=1, max_queue=1) as speech, contextlib.ExitStack() as open_streams:
        first = open_streams.enter_context(contextlib.closing(speech.segments(wish(LONG))))
        next(first)
        waiting = threading.Thread(target=lambda: sound(speech, wish()))
        waiting.start()
        assert soon(lambda: speech.status()["waiting"] == 1)
        with pytest.raises(Busy, match="2 speeches") as refused:
            next(speech.segments(wish()))
        assert 1 <= refused.value.after_s <= 120
        first.close()
        waiting.join()
        assert sound(speech, wish())


def test_a_speech_nobody_wants_any_more_makes_room(tmp_path: Path) -> None:
    with server(tmp_path, max_streams=1, max_queue=0) as speech:
        wanted = iter([True, True])
        slices = speech.segments(wish(LONG), lambda: next(wanted, False))
        assert soon(lambda: next(slices, None) is None)
        assert sound(speech, wish())
    assert not list(ServerPaths.of(Settings(data_dir=tmp_path)).run.glob("*.stop"))


def test_who_takes_nothing_is_let_go(tmp_path: Path) -> None:
    with server(tmp_path, slow_client_seconds=0.3) as speech:
        slices = speech.segments(wish(LONG))
        next(slices)
        assert soon(lambda: speech.status()["streams"] == 0)
        with pytest.raises(TooSlow, match="SLOW_CLIENT_SECONDS"):
            list(slices)


def test_a_video_that_can_wait_is_spoken_beside_those_who_listen(tmp_path: Path) -> None:
    with server(tmp_path) as speech, contextlib.closing(speech.segments(wish(LONG * 120))) as listening:
        next(listening)
        slices = list(speech.segments(wish(sound_format=None, is_background=True)))
    assert all(each.chunks[0].phonemes for each in slices)


def test_the_cell_ends_when_nobody_has_asked_for_a_while(tmp_path: Path) -> None:
    with server(tmp_path, idle_seconds=0.1) as speech:
        sound(speech, wish())
        assert soon(lambda: not cells())


def test_an_idle_cell_ends_at_once_when_memory_is_short(tmp_path: Path) -> None:
    with server(tmp_path) as speech:
        sound(speech, wish())
        assert cells()
        speech.close_idle()
        assert soon(lambda: not cells())
        assert sound(speech, wish())


def test_an_idle_cell_leaves_its_seat_to_who_waits(tmp_path: Path) -> None:
    admission = MemoryAdmission(100)
    with server(tmp_path, admission) as speech:
        sound(speech, wish())
        with admission.hold("rendering", 90):
            assert soon(lambda: not cells())


def test_who_has_heard_nothing_yet_is_seen(tmp_path: Path) -> None:
    admission = MemoryAdmission(100)
    with server(tmp_path, admission) as speech:
        with admission.hold("rendering", 90):
            listener = threading.Thread(target=lambda: sound(speech, wish()))
            listener.start()
            assert soon(lambda: speech.has_waiting_listener(""))
        listener.join()
        assert not speech.has_waiting_listener("")


def test_a_newcomer_leaves_the_queue_at_once_although_the_only_place_is_taken_and_the_cell_busy(tmp_path: Path) -> None:
    admission = MemoryAdmission(100)
    with server(tmp_path, admission, max_streams=1) as speech:
        threads = [threading.Thread(target=sound, args=(speech, wish(client=name))) for name in ("greedy", "modest")]
        with admission.hold("rendering", 90):
            threads[0].start()
            assert soon(lambda: len(admission.status()["waiting"]) == 1)
            threads[1].start()
            assert soon(lambda: speech.status()["streams"] == 2)
        for thread in threads:
            thread.join()


def test_streams_are_told_to_come_back_when_the_program_ends(tmp_path: Path) -> None:
    with server(tmp_path) as speech:
        slices = speech.segments(wish(LONG * 80))
        next(slices)
        speech.close()
        with pytest.raises(Unavailable):
            list(slices)
        with pytest.raises(Unavailable):
            next(speech.segments(wish()))
    assert soon(lambda: not cells())


def test_the_words_times_add_up(tmp_path: Path) -> None:
    with server(tmp_path) as speech:
        slices = list(speech.segments(wish(SHORT, wants_words=True)))
    begins = itertools.accumulate((each.seconds for each in slices), initial=0.0)
    words = [
        (word.text, begin + word.start) for each, begin in zip(slices, begins, strict=False) for word in each.words
    ]
    assert [text for text, _ in words] == SHORT.split()
    assert words == sorted(words, key=lambda word: word[1])
