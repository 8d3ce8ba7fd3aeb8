"""Cells that can wait let other processes go first, all their threads, and no longer when they are waited for."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.cells.priority import NICENESS, stand_back, stand_back_while
from tests.capacity.hosts import linux
from tests.cells.cells import cell, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.cells.cell import Cell


def niceness(pid: int) -> set[int]:
    """Return the nice values of a process's threads."""
    return {os.getpriority(os.PRIO_PROCESS, int(thread.name)) for thread in Path(f"/proc/{pid}/task").iterdir()}


def niceness_of_session(pid: int) -> int | None:
    """Return the nice value of a process's session; None where the kernel has none."""
    path = Path(f"/proc/{pid}/autogroup")
    found = re.search(r"nice (-?\d+)", path.read_text()) if path.exists() else None
    return int(found[1]) if found else None


def busy(holder: Cell) -> tuple[Iterator[object], int]:
    """Return a job that runs, with threads, and its process."""
    job = run(holder, "with_threads", 2)
    assert next(job) == 2
    assert holder.pid
    return job, holder.pid


@linux
def test_a_cell_that_stands_back_does_so_with_all_threads_and_its_session() -> None:
    with cell() as holder:
        job, pid = busy(holder)
        stand_back(pid)
        assert niceness(pid) == {max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0))}
        assert niceness_of_session(pid) in (None, NICENESS)
        list(job)


@linux
def test_a_cell_that_is_waited_for_again_is_as_urgent_as_before() -> None:
    own, session = os.getpriority(os.PRIO_PROCESS, 0), niceness_of_session(os.getpid())
    with cell() as holder:
        job, pid = busy(holder)
        stand_back_while(pid, wanted=True)
        assert niceness(pid) in ({own}, {max(own, NICENESS)})  # where it could not be taken back nothing happens
        assert niceness_of_session(pid) in (None, NICENESS)
        stand_back_while(pid, wanted=False)
        assert niceness(pid) == {own}
        assert niceness_of_session(pid) in (None, 0)
        list(job)
    assert niceness_of_session(os.getpid()) == session


@linux
def test_a_cell_that_has_ended_is_no_error() -> None:
    with cell() as holder:
        list(run(holder, "count", 1))
        pid = holder.pid
        assert pid
    stand_back_while(pid, wanted=True)
