"""Who is ended because it does not move, and who is not."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

from halfgig.server.heart import BEAT_VARIABLE, Heart
from halfgig.server.supervisor.hang_watch import SILENT_S, STOPPED_S, SUSPECT_S, HangWatch, Hung, process_state
from tests.capacity.hosts import linux
from tests.support.command import plain_environment
from tests.support.waiting import soon

WORKER, CELL = 7, 8


def looked(
    states: dict[int, str], seconds: int, *, beats: bool = True, step_s: float = 1.0
) -> tuple[HangWatch, list[Hung]]:
    """Look once a step at a worker and its cell; return the watch and who hung."""
    watch = HangWatch(lambda pid: states.get(pid, "S"), lambda pid: pid == CELL)
    found: list[Hung] = []
    watch.look(0.0, {WORKER: "worker"}, [CELL], {WORKER: True})
    for step in range(1, seconds + 1):
        found = watch.look(step * step_s, {WORKER: "worker"}, [CELL], {WORKER: beats})
    return watch, found


def test_who_beats_and_runs_is_left_alone() -> None:
    watch, hung = looked({}, 1000)
    assert (watch.suspects, hung) == ([], [])


def test_a_suspended_process_is_told_soon_and_ended_later() -> None:
    watch, hung = looked({WORKER: "T"}, int(SUSPECT_S) + 1)
    assert (watch.suspects, hung) == (["worker"], [])
    assert [each.pid for each in looked({WORKER: "T"}, int(STOPPED_S) + 1)[1]] == [WORKER]
    assert [each.name for each in looked({CELL: "T"}, int(STOPPED_S) + 1)[1]] == ["cell"]


def test_a_service_whose_loop_stands_still_is_ended() -> None:
    assert looked({}, int(SILENT_S), beats=False)[1] == []
    assert [each.pid for each in looked({}, int(SILENT_S) + 1, beats=False)[1]] == [WORKER]


def test_a_program_that_never_beats_is_not_held_to_it() -> None:
    watch = HangWatch(lambda _pid: "S", lambda _pid: False)
    assert not any(watch.look(float(step), {WORKER: "worker"}, [], {}) for step in range(1000))


def test_after_the_whole_machine_stood_still_nobody_is_ended() -> None:
    assert looked({}, 3, beats=False, step_s=3600.0)[1] == []
    assert looked({WORKER: "T"}, 3, step_s=3600.0)[1] == []


def test_a_heart_beats_on_its_pipe_and_never_blocks() -> None:
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    heart = Heart({BEAT_VARIABLE: str(theirs)})
    for _ in range(100_000):
        heart.beat()
    assert os.read(ours, 10) == b"." * 10
    Heart({}).beat()
    os.close(ours)
    os.close(theirs)


@linux
def test_a_service_that_locks_itself_out_is_found_by_its_silence_while_it_is_there() -> None:
    program = (
        "import os, threading; from halfgig.server.heart import Heart\n"
        "heart, lock = Heart(os.environ), threading.Lock()\n"
        "while True: heart.beat(); lock.acquire()\n"
    )
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    environment = plain_environment(**{BEAT_VARIABLE: str(theirs)})

    def has_beaten() -> bool:
        with contextlib.suppress(BlockingIOError):
            return bool(os.read(ours, 100))
        return False

    watch, hung = HangWatch(silent_s=2.0), list[Hung]()
    with subprocess.Popen([sys.executable, "-c", program], pass_fds=[theirs], env=environment) as process:

        def is_found() -> bool:
            now = time.monotonic()
            if watch.due(now):
                hung.extend(watch.look(now, {process.pid: "worker"}, [], {process.pid: has_beaten()}))
            return bool(hung)

        assert soon(is_found)
        assert process_state(process.pid) == "S"
        process.kill()
    assert "did nothing for" in hung[0].why
    os.close(ours)
    os.close(theirs)


@linux
def test_a_suspended_process_is_known_as_one() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        os.kill(process.pid, signal.SIGSTOP)
        assert soon(lambda: process_state(process.pid) == "T")
        process.kill()
    assert process_state(process.pid) == ""
