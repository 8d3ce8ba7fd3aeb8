"""Takes memory samples from the kernel's files; decisions are in `pressure_policy`."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from halfgig.resources import meter
from halfgig.resources.limits import MB, memory_limit
from halfgig.server.supervisor import processes
from halfgig.server.supervisor.pressure_policy import MemorySample


class MemorySampler:
    """Samples the memory of the supervisor and its descendants.

    `setting_bytes` is the setting MEMORY_LIMIT.  What counts as used depends on the source of the limit: the control
    group's memory, the machine's for physical memory, or that of our processes for MEMORY_LIMIT.
    """

    EVERY_S = 5.0
    """Seconds between reading each process's memory, while only the group's total matters.

    Measured with one web worker: 2.2 ms for the memory of each process, most of it for web's shared pages, and 1.8 ms
    for the rest of a sample.
    """

    CLOSE_S = 1.0
    """The same while our processes' total decides, or while pressure is high."""

    def __init__(self, setting_bytes: int | None = None, root: Path = Path("/")) -> None:
        self._setting_bytes = setting_bytes
        self._root = root
        self._looked_at = float("-inf")
        self._known: set[str] = set()
        self.processes: dict[str, float] = {}
        """Private memory by process name, MB, at most EVERY_S or CLOSE_S old; that of cells is from the last sample."""

    def sample(self, pids: Mapping[str, int], *, closely: bool = False) -> MemorySample:
        """Take a sample; `closely` reads each process more often; `pids` are the supervisor's children by name."""
        at = time.monotonic()
        limit = memory_limit(self._setting_bytes, self._root)
        group = meter.group_memory(self._root) if limit.source.startswith("cgroup") else None
        cells = processes.cells(processes.descendants(os.getpid())) if "worker" in pids else ()
        changed = set(pids) != self._known
        every_s = self.CLOSE_S if closely or limit.source == "--memory" else self.EVERY_S
        if changed or at - self._looked_at >= every_s:
            self._known = set(pids)
            self._looked_at, self.processes = at, processes.by_name(pids)
        self.processes = {name: mb for name, mb in self.processes.items() if name != "cells"}
        if cells:
            self.processes["cells"] = round(sum(cell.private_mb for cell in cells), 1)
        return MemorySample(
            at=at,
            used_mb=group.used_bytes / MB if group else self._used_mb(limit.source),
            limit=limit,
            usage_mb=group.usage_bytes / MB if group else 0.0,
            oom_kills=meter.oom_kills(self._root),
            refaults=group.refaults if group else 0,
            stall_percent=group.stall_percent if group else None,
            worker_runs="worker" in pids,
            cells=cells,
        )

    def _used_mb(self, source: str) -> float:
        machine = meter.machine_used_bytes(self._root) if source == "physical memory" else None
        return sum(self.processes.values()) if machine is None else machine / MB
