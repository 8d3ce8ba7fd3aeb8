"""Memory and processor limits of this process: the smallest of the host's, the user's and the machine's.

MB means 2**20 bytes everywhere in halfgig, as hosts count: 512 MB is 536,870,912 bytes.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from halfgig import errors
from halfgig.resources import cgroup

MB = 2**20
"""Bytes per MB."""

_UNLIMITED = 2**60
"""From this number of bytes a value means "no limit": version 1 of control groups has no word for it."""

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_SIZE = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,9})?) ?([KMGT]?)(?:I?B)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """A memory limit and its source."""

    bytes: int
    source: str
    """For people: "cgroup v2 memory.max", "cgroup v1", "--memory", "physical memory"."""

    @property
    def mb(self) -> int:
        """The limit in whole MB, rounded down."""
        return self.bytes // MB


def memory_limit(setting_bytes: int | None = None, root: Path = Path("/")) -> Limit:
    """Return the smallest of the control groups' limits, the setting and the physical memory.

    `root` is the folder that contains /proc and /sys.  Without them (macOS) the physical memory is the limit.
    """
    limits = [limit for level in cgroup.levels("memory", root) for limit in limits_of(level)]
    if setting_bytes is not None:
        limits.append(Limit(setting_bytes, "--memory"))
    limits.append(Limit(_physical_bytes(root), "physical memory"))
    return min(limits, key=lambda limit: limit.bytes)


def limits_of(level: cgroup.Level) -> Iterator[Limit]:
    """Yield the limits set by one control group; missing, unlimited or invalid values are skipped."""
    if level.version == 2:
        found = {"cgroup v2 memory.max": cgroup.first_number(level.path / "memory.max")}
    else:
        # Groups above a container's mount cannot be read, but memory.stat contains the smallest of their limits.
        above = cgroup.table(level.path / "memory.stat").get("hierarchical_memory_limit")
        found = {"cgroup v1": cgroup.first_number(level.path / "memory.limit_in_bytes"), "cgroup v1 above ours": above}
    yield from (Limit(value, source) for source, value in found.items() if value and 0 < value < _UNLIMITED)


def cpu_quota(root: Path = Path("/"), cores: int | None = None) -> float:
    """Return the number of processors this process may use: 0.1 is a tenth of one.

    `cores` is the number of cores it may run on (default: its CPU affinity).
    """
    if cores is None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = [quota for level in cgroup.levels("cpu", root) if (quota := _quota_of(level)) is not None]
    return min([float(cores), *quotas])


def parse_size(text: str) -> int:
    """Parse "512M", "300MB", "0.5GiB" or "536870912" as bytes; K, M, G and T are powers of 1024, as hosts count."""
    match = _SIZE.fullmatch(text.strip())
    size = int(float(match[1]) * _UNITS[match[2].upper()]) if match else 0
    if size <= 0 or size > _UNLIMITED:
        raise errors.BadSetting(f"{text!r:.60} is no size of memory; write it like 512M, 0.5G or 536870912 (bytes)")
    return size


def _quota_of(level: cgroup.Level) -> float | None:
    if level.version == 2:
        words = next(iter(cgroup.rows(level.path / "cpu.max")), [])
        quota, period = [cgroup.number(word) for word in (*words, "", "")][:2]
    else:
        quota = cgroup.first_number(level.path / "cpu.cfs_quota_us")
        period = cgroup.first_number(level.path / "cpu.cfs_period_us")
    return quota / period if quota and period and quota > 0 and period > 0 else None


def _physical_bytes(root: Path) -> int:
    for name, value, *_ in (row for row in cgroup.rows(root / "proc/meminfo") if len(row) > 1):
        if name == "MemTotal:" and (kilobytes := cgroup.number(value)):
            return kilobytes * 2**10
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def usable_threads(most: int, environment: Mapping[str, str] = os.environ) -> int:
    """Return the cell's number of threads, at most `most`: each thread's buffers count against the budget."""
    return max(1, min(most, int(environment.get("OMP_NUM_THREADS", "1"))))
