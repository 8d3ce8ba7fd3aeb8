"""The supervisor's descendants and their memory."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from halfgig.resources import meter

CELL = b"halfgig.cells.main"
"""The module in the command line of every cell."""


@dataclass(frozen=True, slots=True)
class CellMemory:
    """Memory and effort of one cell."""

    pid: int
    private_mb: float
    """Memory that only ending the cell frees, MB."""
    effort: meter.Effort = field(default_factory=meter.Effort)
    """Page faults and processor time so far."""


def descendants(pid: int) -> list[int]:
    """Return a process's descendants, nearest first, from /proc/*/task/*/children, without reading other processes."""
    found, waiting = [], [pid]
    while waiting:
        below = children_of(waiting.pop(0))
        found += below
        waiting += below
    return found


def cells(pids: list[int]) -> tuple[CellMemory, ...]:
    """Return the cells among the given processes, with their memory."""
    samples = []
    for pid in filter(is_cell, pids):
        memory, effort = meter.process_memory(pid), meter.effort(pid)
        if memory and effort:
            samples.append(CellMemory(pid, memory.private_mb, effort))
    return tuple(samples)


def private_mb(pid: int) -> float:
    """Return the private memory of one process, in MB; 0 if it ended."""
    memory = meter.process_memory(pid)
    return memory.private_mb if memory else 0.0


def family_mb(pid: int) -> float:
    """Return the private memory of a process and its descendants, counting each shared page once, in MB."""
    shared_out = {each: meter.shared_out_mb(each) for each in (pid, *descendants(pid))}
    return sum(private_mb(each) if mb is None else mb for each, mb in shared_out.items())


def by_name(pids: Mapping[str, int]) -> dict[str, float]:
    """Return the private memory of the supervisor and its children by name, in MB, without cells."""
    found = {"supervisor": private_mb(os.getpid())}
    if "web" in pids:
        found["web"] = family_mb(pids["web"])
    if "worker" in pids:
        found["worker"] = private_mb(pids["worker"])
    return {name: round(mb, 1) for name, mb in found.items()}


def children_of(pid: int) -> list[int]:
    """Return a process's children, zombies included; none where the process ended or the kernel does not list them."""
    found = list[int]()
    with contextlib.suppress(OSError):  # the process ended, or the kernel lacks these files
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):  # this thread ended, which is no reason to miss the others' children
                found += map(int, (thread / "children").read_bytes().split())
    return found


def is_cell(pid: int) -> bool:
    """Return whether a process is a cell."""
    try:
        return CELL in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
