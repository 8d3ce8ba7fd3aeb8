"""The processes below the supervisor: who they are and what memory they hold."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from halfgig.resources import meter

CELL = b"halfgig.cells.main"
"""What a cell's command line holds."""


@dataclass(frozen=True, slots=True)
class CellMemory:
    """One look at a cell."""

    pid: int
    private_mb: float
    """What only its end frees, MB."""
    effort: meter.Effort = field(default_factory=meter.Effort)
    """What it has done so far."""


def descendants(pid: int) -> list[int]:
    """List the processes below one, nearest first, from /proc/*/task/*/children: no look at other processes."""
    found, waiting = [], [pid]
    while waiting:
        below = _children(waiting.pop(0))
        found += below
        waiting += below
    return found


def cells(pids: list[int]) -> tuple[CellMemory, ...]:
    """Find the cells among processes, with what they hold."""
    looks = []
    for pid in filter(_is_cell, pids):
        memory, effort = meter.process_memory(pid), meter.effort(pid)
        if memory and effort:
            looks.append(CellMemory(pid, memory.private_mb, effort))
    return tuple(looks)


def private_mb(pid: int) -> float:
    """Return the private memory of a process alone, in MB; 0 for one that has ended."""
    memory = meter.process_memory(pid)
    return memory.private_mb if memory else 0.0


def family_mb(pid: int) -> float:
    """Return the private memory of a process and its forks, each page once, in MB."""
    shared_out = {each: meter.shared_out_mb(each) for each in (pid, *descendants(pid))}
    return sum(private_mb(each) if mb is None else mb for each, mb in shared_out.items())


def by_name(pids: Mapping[str, int]) -> dict[str, float]:
    """Return the private memory of the supervisor and its children by their names, in MB; cells are not among them."""
    found = {"supervisor": private_mb(os.getpid())}
    if "web" in pids:
        found["web"] = family_mb(pids["web"])
    if "worker" in pids:
        found["worker"] = private_mb(pids["worker"])
    return {name: round(mb, 1) for name, mb in found.items()}


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):  # it ended meanwhile, or a kernel without these files
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_bytes().split())
    return found


def _is_cell(pid: int) -> bool:
    try:
        return CELL in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
