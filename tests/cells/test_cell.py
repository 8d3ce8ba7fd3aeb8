"""A cell streams its results, stays within its budget, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import BudgetTooSmall, CellDied, CellFailed, MemoryExceeded, UnknownVoice
from tests.capacity.hosts import linux
from tests.cells.cells import JOBS, cell, pid_of, run
from tests.support.waiting import gone, soon

if TYPE_CHECKING:
    from halfgig.cells.cell import Cell


def test_results_arrive_while_the_job_still_works(tmp_path: Path) -> None:
    with cell() as it:
        results = run(it, "wait_for", tmp_path / "go")
        assert next(results) == "waiting"
        (tmp_path / "go").touch()
        assert list(results) == ["seen"]


def test_results_come_whole_and_in_order_whatever_their_size() -> None:
    values = ["é", b"x" * 5_000_000, None, {"a": [1.5]}, ()]
    with cell() as it:
        assert list(run(it, "echo", *values)) == values


def test_a_job_does_not_run_ahead_of_its_reader(tmp_path: Path) -> None:
    log = tmp_path / "made"
    with cell() as it:
        results = run(it, "blocks", log, 30)
        next(results)
        assert not soon(lambda: int(log.read_text() or 0) > 3, within_s=0.5)
        assert len(list(results)) == 29


def test_one_process_serves_one_job_after_the_other() -> None:
    with cell() as it:
        assert pid_of(it) == pid_of(it)


def test_a_child_ends_with_its_last_job_and_the_next_job_has_another() -> None:
    with cell() as it:
        before = pid_of(it)
        assert list(it.run_last(f"{JOBS}:pid")) == [before]
        assert it.pid is None
        assert soon(lambda: gone(before))
        assert pid_of(it) != before


def test_an_error_of_the_last_job_is_the_parents_error_and_ends_the_child_too() -> None:
    with cell(stage="signing") as it:
        with pytest.raises(CellFailed, match="signing"):
            list(it.run_last(f"{JOBS}:no_such_job"))
        assert it.pid is None


@linux
@pytest.mark.parametrize("job", [("hog", 200), ("hoard",)], ids=["one large block", "many small objects"])
def test_an_allocation_too_many_is_one_exception_and_the_cell_lives_on(job: tuple[str, int]) -> None:
    with cell(budget_mb=64, stage="rendering") as it:
        before = pid_of(it)
        with pytest.raises(MemoryExceeded, match="rendering needs more than the 64 MB") as refusal:
            list(run(it, *job))
        assert (refusal.value.stage, refusal.value.budget_mb) == ("rendering", 64)
        assert list(run(it, "hog", 30)) == [30 << 20]
        assert pid_of(it) == before


@linux
@pytest.mark.parametrize(
    ("job", "budget_mb"),
    [
        (("fill_with_numpy", 400), 120),
        (("enlarge_with_opencv", 9000), 120),
        (("enlarge_with_pillow", 9000), 120),
        (("detect_with_onnxruntime", 1024), 110),
        (("encode_with_x264", 1600), 120),
        (("encode_with_x264", 6000), 120),
    ],
)
def test_every_library_refuses_in_the_same_words(job: tuple[str, int], budget_mb: int) -> None:
    with cell(budget_mb) as it, pytest.raises(MemoryExceeded):
        list(run(it, *job))


@linux
@pytest.mark.parametrize("budget_mb", [16, 30, 44, 56, 62, 70])
def test_libraries_that_cannot_be_loaded_leave_a_cell_that_works(budget_mb: int) -> None:
    with cell(budget_mb) as it:
        with pytest.raises(MemoryExceeded):
            list(run(it, "load", "numpy", "av", "cv2"))
        assert list(run(it, "count", 2)) == [0, 1]


def test_a_budget_no_python_can_start_in_is_refused_before_anything_starts() -> None:
    with cell(budget_mb=8) as it, pytest.raises(BudgetTooSmall, match="cell needs 16 MB to start"):
        list(run(it, "count", 1))


def test_our_own_errors_cross_as_themselves() -> None:
    with cell() as it, pytest.raises(UnknownVoice, match="no voice is called 'x'"):
        list(run(it, "refuse"))


@pytest.mark.parametrize(("job", "kind"), [("stumble", "ZeroDivisionError"), ("refuse_oddly", f"{JOBS}.OddError")])
def test_an_unforeseen_exception_crosses_with_its_traceback(job: str, kind: str) -> None:
    with cell() as it:
        with pytest.raises(CellFailed) as failure:
            list(run(it, job))
        assert failure.value.kind == kind
        assert f"in {job}" in failure.value.traceback_text
        assert list(run(it, "count", 1)) == [0]


def test_a_target_that_does_not_exist_is_an_unforeseen_exception() -> None:
    with cell() as it, pytest.raises(CellFailed, match="no attribute 'nothing'"):
        list(run(it, "nothing"))


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (("abort", 0, ""), "SIGABRT"),
        (("fault",), "SIGSEGV"),
        (("leave", 7), "exit code 7"),
        (("leave", 0), "exit code 0"),
    ],
)
def test_a_cell_that_dies_is_told_in_words_and_replaced(job: tuple[str, object], words: str) -> None:
    with cell() as it:
        with pytest.raises(CellDied, match=words):
            list(run(it, *job))
        assert list(run(it, "count", 2)) == [0, 1]


@linux
@pytest.mark.parametrize(
    "job", [("abort", 55, ""), ("abort", 0, "what():  std::bad_alloc\n")], ids=["near its budget", "saying bad_alloc"]
)
def test_a_native_library_that_aborts_for_memory_is_memory_exceeded(job: tuple[str, int, str]) -> None:
    with cell(budget_mb=64) as it, pytest.raises(MemoryExceeded):
        list(run(it, *job))


def test_a_cell_killed_from_outside_says_so() -> None:
    with cell() as it:
        results = run(it, "tidy", Path(os.devnull), False)
        pid = next(results)
        os.kill(int(str(pid)), signal.SIGKILL)
        with pytest.raises(CellDied, match="killed by SIGKILL"):
            next(results)
        assert gone(pid)


def test_chatter_of_libraries_stays_off_the_terminal_and_is_in_the_error(capfd: pytest.CaptureFixture[str]) -> None:
    with cell() as it, pytest.raises(CellDied, match="muttered") as death:
        list(run(it, "chatter", 2000))
    assert len(str(death.value)) < 1500
    assert 'jobs.py", line' in str(death.value)
    assert capfd.readouterr() == ("", "")


def left_early(it: Cell) -> int:
    results = run(it, "tidy", Path(os.devnull), False)
    pid = next(results)
    assert isinstance(pid, int)
    results.close()
    return pid


def test_leaving_the_results_early_ends_the_process_at_once() -> None:
    with cell() as it:
        assert gone(left_early(it))
        assert list(run(it, "count", 1)) == [0]


def test_an_exception_beside_the_results_ends_the_process_at_once() -> None:
    pids = []

    def interrupted() -> None:
        with cell() as it:
            for pid in run(it, "tidy", Path(os.devnull), False):
                pids.append(pid)
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert gone(pids[0])


def test_closing_an_idle_cell_ends_its_process() -> None:
    with cell() as it:
        pid = pid_of(it)
    assert gone(pid)


def test_a_cell_runs_one_job_at_a_time() -> None:
    with cell() as it:
        first = run(it, "count", 2)
        next(first)
        with pytest.raises(RuntimeError, match="the cell for testing runs a job already"):
            next(run(it, "count", 2))
        assert list(first) == [1]
