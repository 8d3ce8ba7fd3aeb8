"""A cell's memory: what its budget counts, what its peak reports, and that the kernel never has to kill for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from halfgig.cells.process import environment
from halfgig.errors import MemoryExceeded
from halfgig.resources.limits import MB
from tests.capacity.hosts import linux
from tests.cells.cells import cell, run
from tests.support.cgroup import Outcome, run_in_cgroup

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.cells.cell import Cell

REPOSITORY = Path(__file__).parents[2]


def surroundings(it: Cell) -> dict[str, object]:
    (found,) = run(it, "surroundings")
    assert isinstance(found, dict)
    return found


@linux
def test_limits_stand_before_the_job_starts() -> None:
    with cell(budget_mb=70) as it:
        found = surroundings(it)
    assert found["data_mb"] == 70
    assert found["core"] == 0, "an abort leaves no core file"
    assert found["score"] == 1000, "the kernel takes the cell first"


def test_a_terminals_interrupt_reaches_only_the_parent() -> None:
    with cell() as it:
        found = surroundings(it)
    assert found["session"] != os.getsid(0)
    assert found["stdin"] == ""


def test_a_cell_starts_with_little_more_than_python() -> None:
    with cell() as it:
        modules = surroundings(it)["modules"]
    assert isinstance(modules, list)
    assert not {"numpy", "av", "cv2", "PIL", "dataclasses", "subprocess", "halfgig.cells.cell"} & set(modules)


@linux
def test_the_peak_is_what_the_job_touched_and_not_what_the_parent_holds() -> None:
    ours = bytearray(b"x") * (200 * MB)
    with cell(budget_mb=120) as it:
        list(run(it, "hold", 60))
    assert len(ours) == 200 * MB
    assert 60 < it.peak.private_mb < 95
    assert 60 < it.peak.resident_mb < 140
    assert it.peak.private_mb <= it.peak.data_mb <= 120


@linux
def test_the_peak_covers_all_jobs_of_a_cell_and_all_its_processes() -> None:
    with cell(budget_mb=120) as it:
        list(run(it, "hold", 50))
        run(it, "count", 3)
        next(run(it, "count", 3))  # left early: the process is replaced
        list(run(it, "count", 3))
    assert 50 < it.peak.private_mb < 85


@linux
def test_mapped_files_count_neither_against_the_budget_nor_as_private(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    with weights.open("wb") as file:
        file.truncate(300 * MB)
    with cell(budget_mb=40) as it:
        assert list(run(it, "read_mapped", weights)) == [0]
    assert it.peak.resident_mb > 300
    assert it.peak.private_mb < 20


@linux
def test_reserved_memory_counts_against_the_budget_before_it_is_touched() -> None:
    with cell(budget_mb=60) as it, pytest.raises(MemoryExceeded):
        list(run(it, "hog", 60))
    assert it.peak.private_mb < 20


def test_the_environment_bounds_threads_and_drops_pythons_switches() -> None:
    ours = {"HOME": "/h", "PYTHONWARNINGS": "error", "PYTHONTRACEMALLOC": "9", "PYTHONHASHSEED": "3"}
    found = environment(ours, ["/a", ""], cpus=0.5)
    assert found == {
        "HOME": "/h",
        "PYTHONHASHSEED": "3",
        "PYTHONPATH": os.pathsep.join(["/a", str(Path.cwd())]),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENCV_FOR_THREADS_NUM": "1",
        "MALLOC_ARENA_MAX": "1",
    }
    assert environment({}, [], cpus=3.9)["OMP_NUM_THREADS"] == "3"


def in_cgroup(limit_mb: int, budget_mb: int, job: str) -> Outcome:
    """Run one job in a cell whose parent is in a real control group; the parent prints the outcome."""
    parent = f"""
from halfgig.errors import HalfgigError
from tests.cells.cells import cell, run
with cell({budget_mb}) as it:
    try:
        print(list(run(it, {job})))
    except HalfgigError as error:
        print(type(error).__name__, error)
    print("the parent lives, and so does the next job:", list(run(it, "count", 2)))
"""
    return run_in_cgroup(limit_mb, [sys.executable, "-c", parent], cwd=REPOSITORY)


@linux
@pytest.mark.memory
def test_in_512_mb_a_cell_that_wants_too_much_is_refused_and_nobody_is_killed(
    record_property: Callable[[str, object], None],
) -> None:
    outcome = in_cgroup(512, 380, '"hold", 450')
    record_property("limited by", outcome.how)
    assert outcome.rc == 0, outcome
    assert outcome.oom_kills == 0
    assert "MemoryExceeded testing needs more than the 380 MB" in outcome.stdout
    assert "next job: [0, 1]" in outcome.stdout


@linux
@pytest.mark.memory
def test_in_512_mb_a_cell_may_fill_its_budget() -> None:
    outcome = in_cgroup(512, 400, '"hold", 380')
    assert (outcome.rc, outcome.oom_kills) == (0, 0), outcome
    assert f"[{380 * MB}]" in outcome.stdout


@linux
@pytest.mark.memory
def test_a_budget_over_the_real_limit_costs_the_cell_and_never_the_parent() -> None:
    outcome = in_cgroup(128, 1000, '"hold", 300')
    if outcome.how == "RLIMIT_DATA":
        pytest.skip("needs a real control group: the kernel kills nobody for RLIMIT_DATA")
    assert (outcome.rc, outcome.oom_kills) == (0, 1), outcome
    assert "was killed by the kernel because all processes together were over the memory limit" in outcome.stdout
    assert "next job: [0, 1]" in outcome.stdout


def test_what_a_job_left_behind_in_cycles_does_not_take_the_next_ones_memory() -> None:
    with cell(budget_mb=64) as it:
        for _ in range(4):
            assert list(run(it, "entangle", 30)) == [2]
