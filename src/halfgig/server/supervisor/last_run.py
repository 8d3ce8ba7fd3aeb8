"""What became of the run before this one, from what it left behind and from the kernel's counters."""

import contextlib
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

NAME = "last_run.json"
"""The file's name in the server's folder: it outlives the folder where processes meet."""

FULL = 0.9
"""Who ended without a farewell with so much of its limit in use was probably ended for it."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run leaves behind for the next one."""

    at: float = 0.0
    """When it was last seen, in seconds since 1970."""
    used_mb: float = 0.0
    """What was used then, MB."""
    limit_mb: int = 0
    """The limit then, MB."""
    oom_kills: int | None = None
    """How many processes the kernel had killed for memory; None where it does not say."""
    boot: str = ""
    """Which start of the machine it belongs to."""
    ended: bool = False
    """True when it ended as it should."""


def write_run(run: Run, folder: Path) -> None:
    """Leave it behind; a full disk is no reason to end."""
    part = folder / f".{NAME}.part"
    with contextlib.suppress(OSError):
        part.write_text(json.dumps(asdict(run)), encoding="utf-8")
        part.replace(folder / NAME)


def read_run(folder: Path) -> Run | None:
    """Read what the last run left behind; None where there was none."""
    try:
        found: Any = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return replace(Run(), **found)
    except (OSError, ValueError, TypeError):
        return None


def boot_id() -> str:
    """Name this start of the machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def told_of(last: Run | None, oom_kills: int | None, boot: str) -> str:
    """Return what is known of how the last run ended; nothing when it ended as it should."""
    if last is None or last.ended:
        return ""
    seen = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(last.at))
    how = f"the last run ended without a farewell; last seen {seen} with {last.used_mb:.0f} of {last.limit_mb} MB used"
    return f"{how}; {_why(last, oom_kills, boot)}"


def killed_since(before: int | None, now: int | None) -> int:
    """Return how many processes the kernel has killed for memory between two readings of its counter."""
    return max(0, now - before) if now is not None and before is not None else 0


def _why(last: Run, oom_kills: int | None, boot: str) -> str:
    if boot != last.boot:
        return "the machine itself has been started anew since"
    if kills := killed_since(last.oom_kills, oom_kills):
        processes = "1 process" if kills == 1 else f"{kills} processes"
        return f"the kernel has killed {processes} for memory since: see docs/operations.md"
    if last.used_mb >= FULL * last.limit_mb > 0:
        return "so it was probably killed for memory, though no counter that we can read tells: see docs/operations.md"
    return "the kernel tells of no kill for memory, so it was ended from outside (SIGKILL, or the host took it away)"


def ending(code: int, kills: int) -> str:
    """Put a process's end into words; `kills` is how far the kernel's counter has risen meanwhile."""
    if code >= 0:
        return f"with exit code {code}"
    import signal

    with contextlib.suppress(ValueError):
        name = signal.Signals(-code).name
        if -code == signal.SIGKILL and kills:
            return "by SIGKILL: the kernel killed it for memory"
        return f"by {name}"
    return f"by signal {-code}"


def this_run(used_mb: float, limit_mb: int, oom_kills: int | None, boot: str) -> Run:
    """Describe the run as it is now."""
    return Run(time.time(), round(used_mb, 1), limit_mb, oom_kills, boot)
