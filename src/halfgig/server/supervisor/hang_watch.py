"""Finds processes that do not move any more: suspended ones, and services whose loop stands still.

Time is counted in the watcher's own steps.  When the whole machine was suspended, the watcher was, too, and nobody is
ended for it; where a processor is slow, the watcher's steps are as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.server.supervisor.processes import is_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STEP_S = 1.0
"""Seconds between two looks, and the most that one look counts."""

SUSPECT_S = 5.0
"""Seconds after which readiness says that a process does not move."""

STOPPED_S = 20.0
"""Seconds a process may be suspended (SIGSTOP); a cell is for up to 10 while somebody waits for speech."""

SILENT_S = 120.0
"""Seconds a service may go without a beat; it beats once or twice a second, and its database may block it for 30."""


def process_state(pid: int) -> str:
    """Return a process's state as /proc has it: "T" for a suspended one; "" if it ended or there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]


@dataclass(slots=True)
class _Watched:
    stopped_s: float = 0.0
    silent_s: float = 0.0
    has_beaten: bool = False


@dataclass(frozen=True, slots=True)
class Hung:
    """A process that must be ended."""

    pid: int
    name: str
    """The service's name, "cell", or "process"."""
    why: str


@dataclass(slots=True)
class HangWatch:
    """Looks at processes about once a second; `state_of` returns a process's state as /proc has it, "" if it ended."""

    state_of: Callable[[int], str] = process_state
    cell: Callable[[int], bool] = is_cell
    silent_s: float = SILENT_S
    _last: float | None = None
    _watched: dict[int, _Watched] = field(default_factory=dict)
    suspects: list[str] = field(default_factory=list)
    """Names of the services that have not moved for a while."""

    def due(self, now: float) -> bool:
        """Return whether it is time to look again."""
        return self._last is None or now - self._last >= STEP_S

    def look(
        self, now: float, services: Mapping[int, str], others: Sequence[int], beats: Mapping[int, bool]
    ) -> list[Hung]:
        """Return the processes that have not moved for too long.

        `services` are the names of processes that beat, `beats` whether they did since the last look.
        """
        step_s = min(STEP_S, now - self._last) if self._last is not None else 0.0
        self._last = now
        pids = [*services, *(pid for pid in others if pid not in services)]
        self._watched = {pid: self._watched.get(pid, _Watched()) for pid in pids}
        hung = []
        for pid, watched in self._watched.items():
            name = services.get(pid) or ("cell" if self.cell(pid) else "process")
            watched.stopped_s = watched.stopped_s + step_s if self.state_of(pid) in ("T", "t") else 0.0
            watched.has_beaten = watched.has_beaten or beats.get(pid, False)
            watched.silent_s = 0.0 if beats.get(pid) or not watched.has_beaten else watched.silent_s + step_s
            if watched.stopped_s > STOPPED_S:
                hung.append(Hung(pid, name, f"was suspended for {watched.stopped_s:.0f} s"))
            elif watched.silent_s > self.silent_s:
                hung.append(Hung(pid, name, f"did nothing for {watched.silent_s:.0f} s"))
        self.suspects = [
            name
            for pid, name in services.items()
            if max(self._watched[pid].stopped_s, self._watched[pid].silent_s / 4) > SUSPECT_S
        ]
        return hung
