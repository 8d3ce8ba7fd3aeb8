"""Run a command in a real control group with a memory limit, where the machine lets us make one.

Needs a writable memory controller: version 1, or version 2 with "memory" handed down to the top's children; usually
that means root.  Elsewhere the command runs under RLIMIT_DATA, each process of it for itself, and `how` says so.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.resources import cgroup, meter
from tests.support.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

MB = 2**20
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended under its limit."""

    rc: int
    """As subprocess has it: negative for a signal."""
    oom_kills: int
    """Processes of the group that the kernel killed for memory; 0 under RLIMIT_DATA."""
    max_usage_mb: float
    """The group's highest usage, page cache included; 0 where it is not told."""
    stdout: str
    stderr: str
    how: str
    """ "cgroup v1", "cgroup v2" or "RLIMIT_DATA"."""


def run_in_cgroup(
    limit_mb: int,
    argv: Sequence[str],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout_s: float = PATIENCE_S,
    parents: Sequence[cgroup.Level] | None = None,
) -> Outcome:
    """Run a command, and whatever it starts, within `limit_mb` of memory and no swap; nothing of it is left behind.

    `parents` are the groups below which one may be made, the first that works: by default our own and those above it.
    """
    with fenced(limit_mb, parents) as fence:
        command = fence.command(argv)
        done = subprocess.run(command, env=env, cwd=cwd, timeout=timeout_s, capture_output=True, text=True, check=False)
        return Outcome(done.returncode, fence.oom_kills, fence.max_usage_mb, done.stdout, done.stderr, fence.how)


@dataclass(frozen=True, slots=True)
class Fence:
    """A limit that commands can be started under while it stands."""

    limit_mb: int
    group: cgroup.Level | None
    """The control group; None where none may be made."""

    @property
    def how(self) -> str:
        """What limits: "cgroup v1", "cgroup v2" or "RLIMIT_DATA"."""
        return "RLIMIT_DATA" if self.group is None else f"cgroup v{self.group.version}"

    def command(self, argv: Sequence[str]) -> list[str]:
        """Return the command that runs another under the limit."""
        enter = f"ulimit -d {self.limit_mb * 1024}"
        if self.group is not None:
            enter = f"echo $$ > '{self.group.path}/cgroup.procs'"
        return ["/bin/sh", "-c", f'{enter} && exec "$@"', "sh", *argv]

    @property
    def oom_kills(self) -> int:
        """Count the processes that the kernel has killed for memory."""
        return _kills(self.group)

    @property
    def max_usage_mb(self) -> float:
        """Read the highest usage so far, page cache included; 0 where it is not told."""
        return _max_usage_mb(self.group)

    @property
    def must_stay_mb(self) -> float:
        """Read what the group holds that the kernel cannot drop; 0 where there is no group."""
        if self.group is None:
            return 0.0
        return meter.level_memory(self.group).used_bytes / MB


@contextlib.contextmanager
def fenced(limit_mb: int, parents: Sequence[cgroup.Level] | None = None) -> Iterator[Fence]:
    """Set up a limit; what runs under it is ended with it."""
    with _group(limit_mb, cgroup.levels("memory") if parents is None else parents) as group:
        yield Fence(limit_mb, group)


@contextlib.contextmanager
def _group(limit_mb: int, parents: Sequence[cgroup.Level]) -> Iterator[cgroup.Level | None]:
    made = next(filter(None, (_made(level, limit_mb) for level in parents)), None)
    try:
        yield made
    finally:
        if made is not None:
            _remove(made)


def _made(parent: cgroup.Level, limit_mb: int) -> cgroup.Level | None:
    """Make a limited group below `parent`; None where that is not allowed or would not limit."""
    path = parent.path / f"halfgig-test-{os.getpid()}-{next(_numbers)}"
    group = cgroup.Level(parent.version, path)
    limit, swap = {2: ("memory.max", "memory.swap.max"), 1: ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")}[
        parent.version
    ]
    try:
        path.mkdir()
    except OSError:
        return None
    try:
        if (path / limit).exists():
            (path / limit).write_text(str(limit_mb * MB))
            with contextlib.suppress(OSError):  # no swap accounting
                (path / swap).write_text("0" if parent.version == 2 else str(limit_mb * MB))
            return group
    except OSError:
        pass
    _remove(group)
    return None


def _remove(group: cgroup.Level) -> None:
    for _ in range(100):
        members = (group.path / "cgroup.procs").read_text().split()
        if not members:
            break
        for pid in map(int, members):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    with contextlib.suppress(OSError):
        (group.path / "memory.force_empty").write_text("0")
    group.path.rmdir()


def _kills(group: cgroup.Level | None) -> int:
    if group is None:
        return 0
    return cgroup.table(group.path / ("memory.events" if group.version == 2 else "memory.oom_control"))["oom_kill"]


def _max_usage_mb(group: cgroup.Level | None) -> float:
    if group is None:
        return 0.0
    name = "memory.peak" if group.version == 2 else "memory.max_usage_in_bytes"
    return (cgroup.first_number(group.path / name) or 0) / MB
