"""What the supervisor knows of the memory, in a file that the other processes read."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

NAME = "memory.json"
"""The file's name in the folder where a server's processes meet."""

NORMAL, HIGH, CRITICAL = "normal", "high", "critical"
"""The pressures: all is well; admit nothing and end what is idle; the busy cell is being ended."""


@dataclass(frozen=True, slots=True)
class MemoryState:
    """One look at the memory."""

    at: float = 0.0
    """When, in seconds since 1970."""
    used_mb: float = 0.0
    """What must stay of the group's memory, MB."""
    limit_mb: int = 0
    """The limit, MB."""
    source: str = ""
    """Who sets it."""
    pressure: str = NORMAL
    """NORMAL, HIGH or CRITICAL."""
    oom_kills: int = 0
    """How many processes of the group the kernel has killed for memory."""
    thrashing: bool = False
    """True while the kernel drops and re-reads what is needed."""
    processes: dict[str, float] = field(default_factory=dict)
    """Private memory by name ("supervisor", "web", "worker", "cell rendering"), MB."""
    pids: dict[str, int] = field(default_factory=dict)
    """The supervisor's children: "web", "worker"; what does not run is not there."""


def write_state(state: MemoryState, folder: Path) -> None:
    """Replace the file in one step."""
    part = folder / f".{NAME}.{os.getpid()}.part"
    part.write_text(json.dumps(asdict(state)), encoding="utf-8")
    part.replace(folder / NAME)


def read_state(folder: Path) -> MemoryState | None:
    """Read the last look; None where no supervisor has written one, or what stands there is none."""
    try:
        found: Any = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return MemoryState(**found)
    except (OSError, ValueError, TypeError):
        return None
