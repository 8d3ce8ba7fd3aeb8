"""The supervisor's latest memory sample, in a file that the other processes read."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

NAME = "memory.json"
"""The file's name in the folder shared by the server's processes."""

IN_PLACE = 2048
"""Bytes of the file, in one block of any disk; longer text replaces it."""

NORMAL, HIGH, CRITICAL = "normal", "high", "critical"
"""Pressure: normal; high: admit nothing and end idle cells; critical: the largest cell is being ended."""


@dataclass(frozen=True, slots=True)
class MemoryState:
    """A memory sample and the pressure derived from it."""

    at: float = 0.0
    """Time of the sample, in seconds since 1970."""
    used_mb: float = 0.0
    """Memory of the control group that cannot be freed, MB."""
    limit_mb: int = 0
    """The limit, MB."""
    source: str = ""
    """What sets the limit, as in `Limit.source`."""
    pressure: str = NORMAL
    """NORMAL, HIGH or CRITICAL."""
    oom_kills: int = 0
    """Number of processes of the group that the kernel killed for memory."""
    thrashing: bool = False
    """True while the kernel drops and re-reads pages that are needed."""
    processes: dict[str, float] = field(default_factory=dict)
    """Private memory by name ("supervisor", "web", "worker", "cell rendering"), MB."""
    pids: dict[str, int] = field(default_factory=dict)
    """Process ids of the supervisor's running children: "web", "worker"."""
    hung: list[str] = field(default_factory=list)
    """Names of those that have not moved for a while."""


def write_state(state: MemoryState, folder: Path) -> None:
    """Replace the file atomically, or on a full disk overwrite it in place, which needs no room."""
    part, text = folder / f".{NAME}.{os.getpid()}.part", json.dumps(asdict(state)).ljust(IN_PLACE)
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(folder / NAME)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        with (folder / NAME).open("r+b", buffering=0) as file:
            file.write(text.encode())


def read_state(folder: Path) -> MemoryState | None:
    """Return the latest state; None if there is no file or it cannot be read."""
    try:
        found: Any = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return MemoryState(**found)
    except (OSError, ValueError, TypeError):
        return None
