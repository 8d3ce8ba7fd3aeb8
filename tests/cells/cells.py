"""Cells to try, and a way to wait for what they set in motion."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from halfgig.cells.cell import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

JOBS = "tests.cells.jobs"


def cell(budget_mb: int = 64, stage: str = "testing") -> Cell:
    return Cell(stage, budget_mb, cpus=1)


def run(cell_: Cell, job: str, *args: object) -> Generator[object]:
    return cell_.run(f"{JOBS}:{job}", *args)


def pid_of(cell_: Cell) -> int:
    (pid,) = run(cell_, "pid")
    assert isinstance(pid, int)
    return pid


def soon(true: Callable[[], bool], within_s: float = 20) -> bool:
    """Wait for something that has been set in motion."""
    deadline = time.monotonic() + within_s
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def gone(pid: object) -> bool:
    """Tell whether a process is no more, not even as a zombie."""
    assert isinstance(pid, int)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
