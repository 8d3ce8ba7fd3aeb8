"""Cells for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.cells.cell import Cell

if TYPE_CHECKING:
    from collections.abc import Generator

JOBS = "tests.cells.jobs"


def cell(budget_mb: int = 64, stage: str = "testing") -> Cell:
    return Cell(stage, budget_mb, cpus=1)


def run(cell_: Cell, job: str, *args: object) -> Generator[object]:
    return cell_.run(f"{JOBS}:{job}", *args)


def pid_of(cell_: Cell) -> int:
    (pid,) = run(cell_, "pid")
    assert isinstance(pid, int)
    return pid
