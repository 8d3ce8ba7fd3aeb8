"""What is used: by our control group, by one process, by a tree of them.

"Used" is what must stay: anonymous memory, shared memory and the kernel's own.  Page cache, mapped weights included,
is given back when memory is short, so it is not counted; a group that reads files looks full without being so.
"""

from collections import defaultdict
from dataclasses import dataclass, fields
from pathlib import Path

from halfgig.memory import cgroup, limits


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """Hold what the kernel says of one process (or the sum over several), all in MB."""

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
        """Give what would be freed only by ending the process, in MB."""
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


def tree_memory(pid: int, root: Path = Path("/")) -> ProcessMemory:
    """Add up the memory of a process and all that descend from it; memory they share is counted in each."""
    children = _children(root)
    total, waiting = ProcessMemory(), [pid]
    while waiting:
        current = waiting.pop()
        total += process_memory(current, root) or ProcessMemory()
        waiting += children.pop(current, [])
    return total


def used_bytes(root: Path = Path("/")) -> int | None:
    """Read what must stay of our control group's memory, in bytes; None where no group counts it.

    Read where the smallest limit stands, so that neighbours under the same limit are counted as well.
    """
    counted = [level for level in cgroup.levels("memory", root) if (level.path / "memory.stat").exists()]
    if not counted:
        return None
    limited = [(limit.bytes, -order) for order, level in enumerate(counted) for limit in limits.limits_of(level)]
    return must_stay_bytes(counted[-min(limited)[1] if limited else 0])


def must_stay_bytes(level: cgroup.Level) -> int:
    """Read what one control group, and those below it, hold that the kernel cannot drop, in bytes."""
    stat = cgroup.table(level.path / "memory.stat")
    return _must_stay_v2(stat) if level.version == 2 else _must_stay_v1(stat, level.path)


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


def _children(root: Path) -> dict[int, list[int]]:
    children = defaultdict(list)
    for status in (root / "proc").glob("[0-9]*/status"):
        parent = next((row[1] for row in cgroup.rows(status) if row[0] == "PPid:" and len(row) > 1), "")
        if parent.isdecimal():
            children[int(parent)].append(int(status.parent.name))
    return dict(children)
