"""Memory use of our control group and of a process.

"Used" is memory that cannot be freed: anonymous, shared and the kernel's own.  Page cache, including mapped weights,
is not counted, since the kernel drops it when memory is short: a group that reads files looks full but is not.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from halfgig.resources import cgroup, limits


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """Memory of one process, in MB."""

    resident_mb: float = 0.0
    """Resident pages, including those of mapped files, MB."""
    anonymous_mb: float = 0.0
    """Resident private pages, MB: heaps, stacks, modified pages of private mappings."""
    shared_mb: float = 0.0
    """Resident shared memory, MB: /dev/shm and shared anonymous mappings, not mapped files."""
    data_mb: float = 0.0
    """Private writable address space, touched or not, MB; RLIMIT_DATA limits this."""
    peak_resident_mb: float = 0.0
    """Peak of the resident pages since the program started, MB."""

    @property
    def private_mb(self) -> float:
        """Memory that only ending the process frees, MB."""
        return self.anonymous_mb + self.shared_mb


_STATUS_LINES = ("VmRSS:", "RssAnon:", "RssShmem:", "VmData:", "VmHWM:")


def process_memory(pid: int, root: Path = Path("/")) -> ProcessMemory | None:
    """Return a process's memory; None if it ended or the system has no /proc."""
    found = {row[0]: row[1] for row in cgroup.rows(root / f"proc/{pid}/status") if row[0] in _STATUS_LINES}
    if not found:
        return None
    return ProcessMemory(*((cgroup.number(found.get(name, "0")) or 0) / 1024 for name in _STATUS_LINES))


@dataclass(frozen=True, slots=True)
class Effort:
    """Page faults and processor time of one process so far."""

    major_faults: int = 0
    """Number of times the process waited for a page to be read from disk."""
    user_s: float = 0.0
    """Processor time in user mode, in seconds, without the kernel's."""


def effort(pid: int, root: Path = Path("/")) -> Effort | None:
    """Return a process's effort; None if it ended or the system has no /proc."""
    text = " ".join(word for row in cgroup.rows(root / f"proc/{pid}/stat") for word in row)
    fields = text.rpartition(")")[2].split()  # the name in parentheses may contain spaces
    if len(fields) < 12:
        return None
    return Effort(int(fields[9]), int(fields[11]) / os.sysconf("SC_CLK_TCK"))


def shared_out_mb(pid: int, root: Path = Path("/")) -> float | None:
    """Return a process's private memory, with pages shared by fork divided among their owners, in MB.

    A sum over processes counts each page once, unlike `ProcessMemory.private_mb`.  Ten times as expensive: measured
    0.4 ms for 100 MB.  None if the process ended or is another user's, or before Linux 5.4.
    """
    found = {row[0]: row[1] for row in cgroup.rows(root / f"proc/{pid}/smaps_rollup") if len(row) == 3}
    parts = [cgroup.number(found.get(name, "")) for name in ("Pss_Anon:", "Pss_Shmem:")]
    return None if None in parts else sum(filter(None, parts)) / 1024


@dataclass(frozen=True, slots=True)
class GroupMemory:
    """Memory of our control group, or of the group above it that limits us."""

    used_bytes: int
    """Memory that cannot be freed, in bytes."""
    usage_bytes: int
    """Memory that the kernel counts against the limit, page cache included, in bytes."""
    refaults: int = 0
    """Number of file pages that were dropped and read again since the group was created."""
    stall_percent: float | None = None
    """Share of the last ten seconds in which the whole group waited for memory; None if unknown."""


def group_memory(root: Path = Path("/")) -> GroupMemory | None:
    """Return our control group's memory; None if no group counts it.

    The group with the smallest limit is read, so that other processes under the same limit are counted.
    """
    counted = [level for level in cgroup.levels("memory", root) if (level.path / "memory.stat").exists()]
    if not counted:
        return None
    limited = [(limit.bytes, -order) for order, level in enumerate(counted) for limit in limits.limits_of(level)]
    return level_memory(counted[-min(limited)[1] if limited else 0])


def level_memory(level: cgroup.Level) -> GroupMemory:
    """Return the memory of one control group and those below it."""
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
    """Return our control group's memory that cannot be freed, in bytes; None if no group counts it."""
    group = group_memory(root)
    return None if group is None else group.used_bytes


def machine_used_bytes(root: Path = Path("/")) -> int | None:
    """Return the machine's memory that cannot be freed, in bytes; None without /proc."""
    found = {row[0]: cgroup.number(row[1]) for row in cgroup.rows(root / "proc/meminfo") if len(row) > 1}
    total_kb, available_kb = found.get("MemTotal:"), found.get("MemAvailable:")
    return None if total_kb is None or available_kb is None else (total_kb - available_kb) * 2**10


def oom_kills(root: Path = Path("/")) -> int | None:
    """Return the number of our group's processes that the kernel killed for memory; None if it does not count them."""
    for level in cgroup.levels("memory", root):
        counts = cgroup.table(level.path / ("memory.events" if level.version == 2 else "memory.oom_control"))
        if "oom_kill" in counts:
            return counts["oom_kill"]
    return None


def _must_stay_v2(stat: dict[str, int]) -> int:
    # "kernel" exists since Linux 5.18; before, only its parts were listed.
    parts = ("slab_unreclaimable", "kernel_stack", "pagetables", "percpu")
    kernel = stat.get("kernel", 0) - stat.get("slab_reclaimable", 0)
    if "kernel" not in stat:
        kernel = sum(stat.get(part, 0) for part in parts)
    return stat.get("anon", 0) + stat.get("shmem", 0) + stat.get("sock", 0) + kernel


def _must_stay_v1(stat: dict[str, int], path: Path) -> int:
    # Version 1 does not split the kernel's share, so directory caches, which could be freed, are counted too.
    kernel = cgroup.first_number(path / "memory.kmem.usage_in_bytes") or 0
    return stat.get("total_rss", 0) + stat.get("total_shmem", 0) + kernel


def _stall_percent(path: Path) -> float | None:
    full = next((row for row in cgroup.rows(path) if row[0] == "full"), [])
    share = next((word.removeprefix("avg10=") for word in full if word.startswith("avg10=")), "")
    return float(share) if share.replace(".", "", 1).isdecimal() else None
