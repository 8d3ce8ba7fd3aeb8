"""The memory use of the last hour, written by the supervisor and read by the web process.

Two files of lines: when the newer file covers an hour or is too large, it becomes the older one, so an hour is always
kept and both stay small.  Each line is a JSON list; a line cut off by a kill is skipped when reading.
"""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SPAN_S = 3600.0
"""How much history is kept, in seconds."""

EVERY_S = 5.0
"""Seconds between two entries."""

NEWER, OLDER = "memory_history", "memory_history.1"
"""The files' names in the folder shared by the server's processes."""

LARGEST_BYTES = 256 * 2**10
"""Largest size of a file.  An hour of entries takes half of it; the events of a crash loop shorten the history."""

STARTED, RESTARTED, CELL_ENDED, OOM_KILL, DISK = "started", "restarted", "cell ended", "oom kill", "disk"
"""The kinds of events."""


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """Memory use at one moment."""

    at: float
    """Time of the sample, in seconds since 1970."""
    used_mb: float
    """Memory that could not be freed, MB."""
    limit_mb: int
    """The limit, MB."""
    pressure: str
    """As in `MemoryState`."""
    processes: Mapping[str, float] = field(default_factory=dict)
    """Private memory by name, MB."""


@dataclass(frozen=True, slots=True)
class MemoryEvent:
    """An event at one moment."""

    at: float
    """Time of the event, in seconds since 1970."""
    kind: str
    """STARTED, RESTARTED, CELL_ENDED, OOM_KILL or DISK."""
    text: str
    """A sentence with the figures."""


@dataclass(frozen=True, slots=True)
class HistoryRecords:
    """Entries and events of the last hour, oldest first."""

    entries: tuple[MemoryEntry, ...] = ()
    events: tuple[MemoryEvent, ...] = ()


def read_history(run_dir: Path, now: float | None = None) -> HistoryRecords:
    """Return the last hour; empty if no supervisor has written a history."""
    since = (time.time() if now is None else now) - SPAN_S
    found = [each for name in (OLDER, NEWER) for each in _read(run_dir / name) if each.at >= since]
    entries = tuple(each for each in found if isinstance(each, MemoryEntry))
    return HistoryRecords(entries, tuple(each for each in found if isinstance(each, MemoryEvent)))


class MemoryHistory:
    """Writes the history, continuing that of an earlier supervisor."""

    def __init__(self, run_dir: Path) -> None:
        self._newer, self._older = run_dir / NEWER, run_dir / OLDER
        self._began_at = next((each.at for each in _read(self._newer)), None)

    def add_entry(self, entry: MemoryEntry) -> None:
        """Append an entry."""
        line = [round(entry.at, 1), round(entry.used_mb, 1), entry.limit_mb, entry.pressure, dict(entry.processes)]
        self._append(entry.at, line)

    def add_event(self, at: float, kind: str, text: str) -> None:
        """Append an event."""
        self._append(at, [round(at, 1), kind, text])

    def _append(self, at: float, line: list[Any]) -> None:
        with contextlib.suppress(OSError):  # monitoring continues on a full disk
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
