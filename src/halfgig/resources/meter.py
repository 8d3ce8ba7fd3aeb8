"""What is used: by our control group, by one process, by a tree of them.

"Used" is what must stay: anonymous memory, shared memory and the kernel's own.  Page cache, mapped weights included,
is given back when memory is short, so it is not counted; a group that reads files looks full without being so.
"""

import os
from collections import defaultdict
from dataclasses import dataclass, fields
from pathlib import Path

from halfgig.resources import cgroup, limits


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """What the kernel says of one process (or the sum over several), all in MB."""

    resident_mb: float = 0.0
    """Pages in memory now, MB; those of mapped files included."""
    anonymous_mb: float = 0.0
    """Private pages in memory now, MB: heaps, stacks, what was written to private mappings."""
    shared_mb: float = 0.0
    """Shared memory in memory now, MB: /dev/shm and shared anonymous mappings, not mapped files."""
    data_mb: float = 0.0
    """Private writable address space, touched or not, MB: what RLIMIT_DATA counts."""
    peak_resident_mb: float = 0.0
    """The most that was resident since the program started, MB; a sum of peaks is an upper bound."""

    @property
    def private_mb(self) -> float:
        """What would be freed only by ending the process, in MB."""
        return self.anonymous_mb + self.shared_mb

    def __add__(self, other: "ProcessMemory") -> "ProcessMemory":
        sums = (getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        return ProcessMemory(*sums)


_STATUS_LINES = ("VmRSS:", "RssAnon:", "RssShmem:", "VmData:", "VmHWM:")


def process_memory(pid: int, root: Path = Path("/")) -> ProcessMemory | None:
    """Read one process's memory; None when it has ended or the system has no /proc."""
    found = {row[0]: row[1] for row in cgroup.rows(root / f"proc/{pid}/status") if row[0] in _STATUS_LINES}
    if not found:
        return None
    return ProcessMemory(*((cgroup.number(found.get(name, "0")) or 0) / 1024 for name in _STATUS_LINES))


@dataclass(frozen=True, slots=True)
class Effort:
    """What one process has done so far."""

    major_faults: int = 0
    """Times it had to wait for a page to be read from disk."""
    user_s: float = 0.0
    """Processor time of its own code, in seconds; the kernel's on its behalf is not in it."""


def effort(pid: int, root: Path = Path("/")) -> Effort | None:
    """Read what a process has done; None when it has ended or the system has no /proc."""
    text = " ".join(word for row in cgroup.rows(root / f"proc/{pid}/stat") for word in row)
    fields = text.rpartition(")")[2].split()  # the name before the bracket may hold anything
    if len(fields) < 12:
        return None
    return Effort(int(fields[9]), int(fields[11]) / os.sysconf("SC_CLK_TCK"))


def shared_out_mb(pid: int, root: Path = Path("/")) -> float | None:
    """Read a process's private memory with pages shared by fork divided among their owners, in MB.

    A sum over processes counts each page once, which `ProcessMemory.private_mb` does not.  Ten times dearer than that:
    measured 0.4 ms for 100 MB.  None when it has ended, is not ours to look at, or Linux is older than 5.4.
    """
    found = {row[0]: row[1] for row in cgroup.rows(root / f"proc/{pid}/smaps_rollup") if len(row) == 3}
    parts = [cgroup.number(found.get(name, "")) for name in ("Pss_Anon:", "Pss_Shmem:")]
    return None if None in parts else sum(filter(None, parts)) / 1024


def tree_memory(pid: int, root: Path = Path("/")) -> ProcessMemory:
    """Add up the memory of a process and all that descend from it; memory they share is counted in each."""
    children = _children(root)
    total, waiting = ProcessMemory(), [pid]
    while waiting:
        current = waiting.pop()
        total += process_memory(current, root) or ProcessMemory()
        waiting += children.pop(current, [])
    return total


@dataclass(frozen=True, slots=True)
class GroupMemory:
    """One look at our control group, or at the one above it that limits us."""

    used_bytes: int
    """What must stay."""
    usage_bytes: int
    """All that is charged to it, page cache included: what the kernel holds against the limit."""
    refaults: int = 0
    """Pages of files that were dropped and had to be read again, since the group began."""
    stall_percent: float | None = None
    """Share of the last ten seconds in which all of it stood waiting for memory; None where nobody tells."""


def group_memory(root: Path = Path("/")) -> GroupMemory | None:
    """Look at our control group's memory; None where no group counts it.

    Read where the smallest limit stands, so that neighbours under the same limit are counted as well.
    """
    counted = [level for level in cgroup.levels("memory", root) if (level.path / "memory.stat").exists()]
    if not counted:
        return None
    limited = [(limit.bytes, -order) for order, level in enumerate(counted) for limit in limits.limits_of(level)]
    return level_memory(counted[-min(limited)[1] if limited else 0])


def level_memory(level: cgroup.Level) -> GroupMemory:
    """Look at the memory of one control group and those below it."""
    stat = cgroup.table(level.path / "memory.stat")
    usage = "memory.current" if level.version == 2 else "memory.usage_in_bytes"
    refaults = "workingset_refault_file" if level.version == 2 else "total_workingset_refault_file"
    return GroupMemory(
        used_bytes=_must_stay_v2(stat) if level.version == 2 else _must_stay_v1(stat, level.path),
        usage_bytes=cgroup.first_number(level.path / usage) or 0,
        refaults=stat.get(refaults, 0),
        stall_percent=_stall_percent(level.path / "memory.pressure"),
    )


def used_bytes(root: Path = Path("/")) -> int | None:
    """Read what must stay of our control group's memory, in bytes; None where no group counts it."""
    group = group_memory(root)
    return None if group is None else group.used_bytes


def machine_used_bytes(root: Path = Path("/")) -> int | None:
    """Read what the whole machine cannot free, in bytes; None where it has no /proc."""
    found = {row[0]: cgroup.number(row[1]) for row in cgroup.rows(root / "proc/meminfo") if len(row) > 1}
    total_kb, available_kb = found.get("MemTotal:"), found.get("MemAvailable:")
    return None if total_kb is None or available_kb is None else (total_kb - available_kb) * 2**10


def oom_kills(root: Path = Path("/")) -> int | None:
    """Read how many processes of our own control group the kernel has killed for memory; None where it does not say."""
    for level in cgroup.levels("memory", root):
        counts = cgroup.table(level.path / ("memory.events" if level.version == 2 else "memory.oom_control"))
        if "oom_kill" in counts:
            return counts["oom_kill"]
    return None


def _must_stay_v2(stat: dict[str, int]) -> int:
    # "kernel" came with Linux 5.18; before, its parts were listed one by one only.
    parts = ("slab_unreclaimable", "kernel_stack", "pagetables", "percpu")
    kernel = stat.get("kernel", 0) - stat.get("slab_reclaimable", 0)
    if "kernel" not in stat:
        kernel = sum(stat.get(part, 0) for part in parts)
    return stat.get("anon", 0) + stat.get("shmem", 0) + stat.get("sock", 0) + kernel


def _must_stay_v1(stat: dict[str, int], path: Path) -> int:
    # Version 1 does not split the kernel's share, so directory caches, which could go, are counted too.
    kernel = cgroup.first_number(path / "memory.kmem.usage_in_bytes") or 0
    return stat.get("total_rss", 0) + stat.get("total_shmem", 0) + kernel


def _stall_percent(path: Path) -> float | None:
    full = next((row for row in cgroup.rows(path) if row[0] == "full"), [])
    told = next((word.removeprefix("avg10=") for word in full if word.startswith("avg10=")), "")
    return float(told) if told.replace(".", "", 1).isdecimal() else None


def _children(root: Path) -> dict[int, list[int]]:
    children = defaultdict(list)
    for status in (root / "proc").glob("[0-9]*/status"):
        parent = next((row[1] for row in cgroup.rows(status) if row[0] == "PPid:" and len(row) > 1), "")
        if parent.isdecimal():
            children[int(parent)].append(int(status.parent.name))
    return dict(children)
