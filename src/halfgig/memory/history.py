"""The last hour of the memory, as the guard has written it down: what it looked like and what happened.

Two files of lines: the newer one becomes the older one when it covers an hour.  A line is a JSON list; one that was
cut off by a kill is left out.
"""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SPAN_S = 3600.0
"""What is kept, in seconds."""

NEWER, OLDER = "memory_history", "memory_history.1"
"""The files' names in the folder where a server's processes meet."""

STARTED, RESTARTED, CELL_ENDED, OOM_KILL = "started", "restarted", "cell ended", "oom kill"
"""What a mark can tell."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold how it stood at one moment."""

    at: float
    """When, in seconds since 1970."""
    used_mb: float
    """What had to stay, MB."""
    limit_mb: int
    """The limit, MB."""
    pressure: str
    """As in `MemoryState`."""
    processes: Mapping[str, float] = field(default_factory=dict)
    """Private memory by name, MB."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Hold what happened at one moment."""

    at: float
    """When, in seconds since 1970."""
    kind: str
    """STARTED, RESTARTED, CELL_ENDED or OOM_KILL."""
    text: str
    """A sentence with the figures."""


@dataclass(frozen=True, slots=True)
class History:
    """Hold the last hour, oldest first."""

    entries: tuple[Entry, ...] = ()
    marks: tuple[Mark, ...] = ()


def read_history(run_dir: Path, now: float | None = None) -> History:
    """Read the last hour; empty where no guard has written any."""
    since = (time.time() if now is None else now) - SPAN_S
    found = [each for name in (OLDER, NEWER) for each in read_lines(run_dir / name) if each.at >= since]
    return History(
        tuple(each for each in found if isinstance(each, Entry)),
        tuple(each for each in found if isinstance(each, Mark)),
    )


def read_lines(path: Path) -> Iterator[Entry | Mark]:
    """Read one of the two files; nothing where it is not there."""
    with contextlib.suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            with contextlib.suppress(ValueError, TypeError):
                yield _parsed(json.loads(line))


def _parsed(found: Any) -> Entry | Mark:
    match found:
        case [float() | int() as at, float() | int() as used, int() as limit, str() as pressure, dict() as processes]:
            return Entry(at, used, limit, pressure, processes)
        case [float() | int() as at, str() as kind, str() as text]:
            return Mark(at, kind, text)
    raise ValueError(f"{found!r:.80} is no line of a history")
