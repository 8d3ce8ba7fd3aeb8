"""How the previous run of the server ended, from the record it left and the kernel's counters."""

import contextlib
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from halfgig.log import counted

NAME = "last_run.json"
"""The file's name in the server's data folder, which survives restarts."""

FULL = 0.9
"""A run that did not end normally with this share of its limit in use was probably killed for memory."""


@dataclass(frozen=True, slots=True)
class Run:
    """The record that a run leaves for the next one."""

    at: float = 0.0
    """Time of the record, in seconds since 1970."""
    used_mb: float = 0.0
    """Memory in use at that time, MB."""
    limit_mb: int = 0
    """Memory limit at that time, MB."""
    oom_kills: int | None = None
    """Number of processes the kernel had killed for memory; None if it does not count them."""
    boot: str = ""
    """The machine's boot id."""
    ended: bool = False
    """True if the run ended normally."""


def write_run(run: Run, folder: Path) -> None:
    """Write the record; errors such as a full disk are ignored."""
    part = folder / f".{NAME}.part"
    with contextlib.suppress(OSError):
        part.write_text(json.dumps(asdict(run)), encoding="utf-8")
        part.replace(folder / NAME)


def read_run(folder: Path) -> Run | None:
    """Return the record of the previous run; None if there is none."""
    try:
        found: Any = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return replace(Run(), **found)
    except (OSError, ValueError, TypeError):
        return None


def boot_id() -> str:
    """Return the machine's boot id; empty if unknown."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def describe_last_run(last: Run | None, oom_kills: int | None, boot: str) -> str:
    """Return a sentence on how the previous run ended; empty if it ended normally."""
    if last is None or last.ended:
        return ""
    seen = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(last.at))
    how = f"the last run did not end normally; last seen {seen} with {last.used_mb:.0f} of {last.limit_mb} MB used"
    return f"{how}; {_why(last, oom_kills, boot)}"


def killed_since(before: int | None, now: int | None) -> int:
    """Return the number of processes the kernel killed for memory between two readings of its counter."""
    return max(0, now - before) if now is not None and before is not None else 0


def _why(last: Run, oom_kills: int | None, boot: str) -> str:
    if boot != last.boot:
        return "the machine was restarted since"
    if kills := killed_since(last.oom_kills, oom_kills):
        processes = counted(kills, "process", "processes")
        return f"the kernel killed {processes} for memory since: see docs/operations.md"
    if last.used_mb >= FULL * last.limit_mb > 0:
        return "so it was probably killed for memory, although no readable counter shows it: see docs/operations.md"
    return "the kernel counted no kill for memory, so it was ended from outside (SIGKILL, or by the host)"


def describe_exit(code: int, kills: int) -> str:
    """Describe how a process ended; `kills` is the number of processes the kernel killed for memory since."""
    if code >= 0:
        return f"with exit code {code}"
    import signal

    with contextlib.suppress(ValueError):
        name = signal.Signals(-code).name
        if -code == signal.SIGKILL and kills:
            return "by SIGKILL: the kernel killed it for memory"
        return f"by {name}"
    return f"by signal {-code}"


def current_run(used_mb: float, limit_mb: int, oom_kills: int | None, boot: str) -> Run:
    """Return the record of the current run."""
    return Run(time.time(), round(used_mb, 1), limit_mb, oom_kills, boot)
