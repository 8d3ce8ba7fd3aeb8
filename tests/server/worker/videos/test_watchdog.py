from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from halfgig.capacity.throughput import Throughput
from halfgig.errors import CellDied
from halfgig.events import Progress
from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.job import NewJob
from halfgig.server.job_store import JobStore
from halfgig.server.supervisor.hang_watch import STOPPED_S
from halfgig.server.worker.videos.progress import ProgressReporter, Rate, left_s
from halfgig.server.worker.videos.watchdog import (
    IDLE_S,
    LONGEST_PAUSE_S,
    SHORTEST_RUN_S,
    HangLimits,
    PauseRule,
    StallRule,
    Watchdog,
    planned_cpu_s,
)
from tests.capacity.hosts import linux
from tests.cells.cells import cell, run
from tests.support.command import plain_environment
from tests.support.media import ROOT
from tests.support.waiting import gone, soon

if TYPE_CHECKING:
    from halfgig.cells.cell import Cell


def state(pid: object) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_cell_is_paused_as_soon_as_somebody_comes_first_and_resumed_when_nobody_does() -> None:
    rule = PauseRule(0.0)
    assert [rule.update(0.1, wanted=wanted) for wanted in (False, True, True, False)] == [False, True, True, False]


def test_a_cell_is_not_held_for_ever_and_runs_for_a_while_in_between() -> None:
    rule = PauseRule(0.0)
    paused = [rule.update(step / 10, wanted=True) for step in range(1, 1000)]
    share = LONGEST_PAUSE_S / (LONGEST_PAUSE_S + SHORTEST_RUN_S)
    assert abs(sum(paused) / len(paused) - share) < 0.03


def test_a_cell_that_runs_for_moments_only_is_not_suspended_for_as_long_as_one_that_hangs() -> None:
    rule = PauseRule(0.0)
    paused = [rule.update(step / 20, wanted=step % 100 != 0) for step in range(1, 4000)]
    runs = "".join("TR"[not each] for each in paused).split("R" * round(SHORTEST_RUN_S * 20 - 1))
    assert max(map(len, runs)) / 20 < STOPPED_S


@linux
def test_a_watched_cell_is_paused_while_a_listener_waits_for_speech(tmp_path: Path) -> None:
    waits = [True]
    with cell() as it:
        results = run(it, "wait_for", tmp_path / "go")
        assert next(results) == "waiting"
        with Watchdog(it, lambda: None, lambda: waits[0]):
            assert soon(lambda: state(it.pid) == "T")
            waits[0] = False
            assert soon(lambda: state(it.pid) != "T")
            (tmp_path / "go").touch()
            assert list(results) == ["seen"]


@linux
def test_a_paused_cell_resumes_when_its_watchdog_ends(tmp_path: Path) -> None:
    with cell() as it:
        results = run(it, "wait_for", tmp_path / "go")
        next(results)
        with Watchdog(it, lambda: None, lambda: True):
            assert soon(lambda: state(it.pid) == "T")
        (tmp_path / "go").touch()
        assert list(results) == ["seen"]


def test_a_cell_that_is_not_wanted_any_more_is_ended_and_says_why(tmp_path: Path) -> None:
    def work(it: Cell) -> None:
        for _ in run(it, "wait_for", tmp_path / "go"):
            wanted.clear()

    wanted = [True]
    with cell() as it:
        watch = Watchdog(it, lambda: None if wanted else "cancelled", lambda: False)
        with pytest.raises(CellDied), watch:
            work(it)
        assert watch.reason == "cancelled"


@linux
def test_a_paused_cell_can_be_ended(tmp_path: Path) -> None:
    with cell() as it:
        results = run(it, "wait_for", tmp_path / "go")
        next(results)
        pid = it.pid
        it.pause()
        assert soon(lambda: state(pid) == "T")
        it.stop()
        with pytest.raises(CellDied):
            next(results)
        assert gone(pid)
        assert it.pid is None


@linux
def test_a_paused_cell_does_not_outlive_its_parent(tmp_path: Path) -> None:
    script = (
        "import sys, time; from halfgig.cells.cell import Cell\n"
        "cell = Cell('testing', 64, 1)\n"
        f"results = cell.run('tests.server.worker.videos.paused:work', {str(tmp_path / 'go')!r})\n"
        "print(next(results)); cell.pause(); print('held', flush=True); time.sleep(36_000)\n"
    )
    command = [sys.executable, "-c", script]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=plain_environment())
    assert parent.stdout
    pid = int(parent.stdout.readline())
    try:
        assert parent.stdout.readline() == "held\n"
        assert soon(lambda: state(pid) == "T")
        parent.kill()
        assert soon(lambda: not Path(f"/proc/{pid}").exists() or state(pid) == "Z")
    finally:
        parent.kill()
        parent.communicate()
        if Path(f"/proc/{pid}").exists() and state(pid) == "T":
            os.kill(pid, signal.SIGKILL)


def test_a_rate_is_that_of_the_last_seconds_or_of_the_last_step() -> None:
    clock = iter((0.0, 1.0, 2.0, 20.0, 21.0))
    rate = Rate(lambda: next(clock))
    assert [rate.after(done) for done in (0, 10, 20, 30, 31)] == [0.0, 10.0, 10.0, 10 / 18, 1.0]


def test_what_is_left_is_unknown_without_a_rate_or_an_end() -> None:
    assert left_s(10, 30, 2.0) == 10.0
    assert left_s(40, 30, 2.0) == 0.0
    assert left_s(10, None, 2.0) is None
    assert left_s(10, 30, 0.0) is None


def test_the_pace_of_a_stage_is_that_of_all_of_it(tmp_path: Path) -> None:
    clock = iter([0.0, 10.0, 11.0, 15.0])
    book = JobStore(tmp_path / "book.sqlite")
    job = book.accept(NewJob(f"video_{'0' * 24}", "", VideoRequest(SpeechRequest("Hi."))), 1).job
    teller = ProgressReporter(book.writer(job.id, 0), job, lambda: next(clock))
    teller.on_event(Progress("measuring", 0, None, "faces"))
    for done in (4, 5, 14):
        teller.on_event(Progress("rendering", done, 20, "frames"))
    assert teller.pace == 2.0


def test_progress_never_goes_back(tmp_path: Path) -> None:
    book = JobStore(tmp_path / "book.sqlite")
    job = book.accept(NewJob(f"video_{'0' * 24}", "", VideoRequest(SpeechRequest("Hi."))), 1).job
    clock = iter(range(100))

    def percents(*told: tuple[str, float, float | None]) -> list[int]:
        teller = ProgressReporter(book.writer(job.id, 0), book.get(job.id) or job, lambda: float(next(clock)))
        found = []
        for stage, done, total in told:
            teller.on_event(Progress(stage, done, total, "frames"))
            found.append((book.get(job.id) or job).progress["percent"])
        return found

    assert percents(("speaking", 9, 10), ("speaking", 10, 20), ("measuring", 0, None)) == [9, 9, 10]
    assert percents(("measuring", 0, None), ("watching", 3, 6), ("moving", 3, 6)) == [10, 11, 14]
    assert percents(("rendering", 3, 6), ("rendering", 1, 6)) == [55, 55]
    assert percents(("measuring", 0, None), ("moving", 6, 6), ("rendering", 4, 6)) == [55, 55, 68]
    assert percents(("assembling", 0, None), ("assembling", 6, 6)) == [95, 99]


def test_a_rate_that_is_not_known_yet_is_not_told(tmp_path: Path) -> None:
    book = JobStore(tmp_path / "book.sqlite")
    job = book.accept(NewJob(f"video_{'0' * 24}", "", VideoRequest(SpeechRequest("Hi."))), 1).job
    ProgressReporter(book.writer(job.id, 0), job).on_event(Progress("rendering", 0, 3, "frames"))
    facts = (book.get(job.id) or job).progress
    assert (facts["done"], facts.get("rate"), facts.get("left_s")) == (0, None, None)


def stalled(seconds: int, *, cpu_share: float, most_cpu_s: float = 300.0, output_every_s: int = 10**9) -> str | None:
    """Return what a rule says of a cell that gets a share of a processor, looked at once a second."""
    rule, why = StallRule(HangLimits(most_cpu_s)), None
    for second in range(1, seconds + 1):
        why = why or rule.update(1.0, second * cpu_share, has_output=second % output_every_s == 0)
    return why


def test_a_cell_that_neither_says_nor_computes_anything_hangs() -> None:
    assert stalled(int(IDLE_S), cpu_share=0.0) is None
    assert "181 s" in str(stalled(int(IDLE_S) + 1, cpu_share=0.0))


def test_a_cell_that_computes_for_ever_hangs_and_its_limit_counts_no_other_time() -> None:
    assert "more than 300" in str(stalled(310, cpu_share=1.0))
    assert stalled(2_900, cpu_share=0.1) is None
    assert stalled(100_000, cpu_share=1.0, output_every_s=200) is None


def test_a_cell_is_not_idle_while_the_machine_stands_still() -> None:
    rule = StallRule()
    assert [rule.update(3600.0, 1.0, has_output=False) for _ in range(3)] == [None] * 3


def test_a_slow_network_may_compute_for_longer_than_a_fast_one() -> None:
    fast, slow = Throughput(0.5, 0.5, 2.0), Throughput(60.0, 100.0, 2.0)
    assert planned_cpu_s(fast, 25.0, 10.0) < 30 < 1700 < planned_cpu_s(slow, 25.0, 10.0)
