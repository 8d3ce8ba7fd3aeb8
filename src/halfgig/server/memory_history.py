"""The last hour of the memory: written by the supervisor as it goes, read by whoever shows it.

Two files of lines: when the newer one covers an hour or grows too large it becomes the older one, so that an hour is
always there and both stay small.  A line is a JSON list; one that was cut off by a kill is left out when read.
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

EVERY_S = 5.0
"""Seconds between two entries."""

NEWER, OLDER = "memory_history", "memory_history.1"
"""The files' names in the folder where a server's processes meet."""

LARGEST_BYTES = 256 * 2**10
"""A file grows to this; an hour of entries takes half of it, so marks of a crash loop shorten what is kept."""

STARTED, RESTARTED, CELL_ENDED, OOM_KILL = "started", "restarted", "cell ended", "oom kill"
"""What a mark can tell."""


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """How it stood at one moment."""

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
class MemoryEvent:
    """What happened at one moment."""

    at: float
    """When, in seconds since 1970."""
    kind: str
    """STARTED, RESTARTED, CELL_ENDED or OOM_KILL."""
    text: str
    """A sentence with the figures."""


@dataclass(frozen=True, slots=True)
class HistoryRecords:
    """The last hour, oldest first."""

    entries: tuple[MemoryEntry, ...] = ()
    marks: tuple[MemoryEvent, ...] = ()


def read_history(run_dir: Path, now: float | None = None) -> HistoryRecords:
    """Read the last hour; empty where no supervisor has written any."""
    since = (time.time() if now is None else now) - SPAN_S
    found = [each for name in (OLDER, NEWER) for each in _read(run_dir / name) if each.at >= since]
    entries = tuple(each for each in found if isinstance(each, MemoryEntry))
    return HistoryRecords(entries, tuple(each for each in found if isinstance(each, MemoryEvent)))


class MemoryHistory:
    """Write the history, on from where an earlier supervisor left it."""

    def __init__(self, run_dir: Path) -> None:
        self._newer, self._older = run_dir / NEWER, run_dir / OLDER
        self._began_at = next((each.at for each in _read(self._newer)), None)

    def enter(self, entry: MemoryEntry) -> None:
        """Write how it stands."""
        line = [round(entry.at, 1), round(entry.used_mb, 1), entry.limit_mb, entry.pressure, dict(entry.processes)]
        self._append(entry.at, line)

    def mark(self, at: float, kind: str, text: str) -> None:
        """Write what happened."""
        self._append(at, [round(at, 1), kind, text])

    def _append(self, at: float, line: list[Any]) -> None:
        with contextlib.suppress(OSError):  # a full disk is no reason to end the watch
            size = self._newer.stat().st_size if self._newer.exists() else 0
            if size > LARGEST_BYTES or (self._began_at is not None and at - self._began_at > SPAN_S):
                self._newer.replace(self._older)
                self._began_at = None
            if self._began_at is None:
                self._began_at = at
            with self._newer.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")


def _read(path: Path) -> Iterator[MemoryEntry | MemoryEvent]:
    with contextlib.suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            with contextlib.suppress(ValueError, TypeError):
                yield _parsed(json.loads(line))


def _parsed(found: Any) -> MemoryEntry | MemoryEvent:
    match found:
        case [float() | int() as at, float() | int() as used, int() as limit, str() as pressure, dict() as processes]:
            return MemoryEntry(at, used, limit, pressure, processes)
        case [float() | int() as at, str() as kind, str() as text]:
            return MemoryEvent(at, kind, text)
    raise ValueError(f"{found!r:.80} is no line of a history")
