"""Look after a cell while it renders: hold it while someone waits for speech, end it when it is not wanted or hangs."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from halfgig.cells.cell import Cell

LOOK_EVERY_S = 0.05
"""Seconds between two looks at who waits for speech."""

ASK_EVERY_S = 0.3
"""Seconds between two checks of the job store for a cancellation."""

LONGEST_PAUSE_S = 10.0
"""A cell is held no longer than this at a stretch, so that videos never starve."""

SHORTEST_RUN_S = 2.0
"""After a pause it runs for at least so long."""

SILENT_S = 900.0
"""A cell that says nothing for so long, pauses not counted, hangs; the slowest frame takes a minute."""

HUNG = f"said nothing for {SILENT_S:.0f} s and was ended"


@dataclass(slots=True)
class Turns:
    """Decide when a cell is held: pure, but for what it remembers."""

    since: float
    """When it was last held or let go, in seconds."""
    is_held: bool = False
    """Whether it is held."""
    has_run: bool = False
    """False until it was held for the first time: then nothing is owed to it."""

    def look(self, now: float, *, someone_waits: bool) -> bool:
        """Return whether the stage must pause now."""
        lasted = now - self.since
        may_begin = not self.has_run or lasted >= SHORTEST_RUN_S
        held = someone_waits and (lasted < LONGEST_PAUSE_S if self.is_held else may_begin)
        if held != self.is_held:
            self.is_held, self.since, self.has_run = held, now, True
        return held


class Watchdog:
    """Look after a running cell from a thread of its own; use as a context manager around its work.

    `why_end` says why the work should be left, None to go on; `waits` tells whether someone waits for speech.
    """

    def __init__(self, cell: Cell, why_end: Callable[[], str | None], waits: Callable[[], bool]) -> None:
        self._cell = cell
        self._why_end = why_end
        self._waits = waits
        self._over = threading.Event()
        self._sign_at = time.monotonic()
        self._thread = threading.Thread(target=self._look_after, name="watch", daemon=True)
        self.reason: str | None = None
        """Why the cell was ended: what `why_end` said, or HUNG; None while it was not."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._cell.resume()

    def note_sign(self) -> None:
        """Note a sign of life of the cell."""
        self._sign_at = time.monotonic()

    def _look_after(self) -> None:
        turns, asked_at = Turns(time.monotonic()), 0.0
        while not self._over.wait(LOOK_EVERY_S):
            now = time.monotonic()
            if self.reason is None and now >= asked_at:
                asked_at = now + ASK_EVERY_S
                self.reason = self._why_end() or (HUNG if now - self._sign_at > SILENT_S else None)
            if self.reason:
                self._cell.stop()  # again and again: the child may only just be starting
                continue
            if turns.is_held:
                self._sign_at = now
            before = turns.is_held
            if turns.look(now, someone_waits=self._waits()) != before:
                (self._cell.resume if before else self._cell.pause)()
