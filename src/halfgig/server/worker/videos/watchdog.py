"""Watchdog of a rendering cell: pauses it while a listener waits for speech, ends it if it hangs or is cancelled."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from halfgig.cells.cell import Cell

POLL_S = 0.05
"""Seconds between checks for a waiting listener."""

CANCEL_POLL_S = 0.3
"""Seconds between checks whether the job was cancelled."""

LONGEST_PAUSE_S = 10.0
"""Longest pause in seconds, so that videos never starve."""

SHORTEST_RUN_S = 2.0
"""Shortest run in seconds after a pause."""

SILENT_S = 900.0
"""Seconds without output, pauses not counted, after which a cell hangs; the slowest frame takes a minute."""

HUNG = f"said nothing for {SILENT_S:.0f} s and was ended"


@dataclass(slots=True)
class PauseRule:
    """Decides when a cell is paused; has no effects of its own."""

    since: float
    """Time of the last pause or resume, in seconds."""
    is_paused: bool = False
    """Whether the cell is paused."""
    has_run: bool = False
    """Whether it was paused before; the first pause may start at once."""

    def update(self, now: float, *, has_listener: bool) -> bool:
        """Return whether the cell must be paused now."""
        lasted = now - self.since
        may_pause = not self.has_run or lasted >= SHORTEST_RUN_S
        paused = has_listener and (lasted < LONGEST_PAUSE_S if self.is_paused else may_pause)
        if paused != self.is_paused:
            self.is_paused, self.since, self.has_run = paused, now, True
        return paused


class Watchdog:
    """Watches a running cell from a thread of its own; use as a context manager around its work.

    `why_end` returns why the work should stop, None to continue; `waits` returns whether a listener waits for speech.
    """

    def __init__(self, cell: Cell, why_end: Callable[[], str | None], waits: Callable[[], bool]) -> None:
        self._cell = cell
        self._why_end = why_end
        self._waits = waits
        self._over = threading.Event()
        self._output_at = time.monotonic()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)
        self.reason: str | None = None
        """Why the cell was ended: the result of `why_end`, or HUNG; None if it was not."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._cell.resume()

    def note_output(self) -> None:
        """Record that the cell has produced output."""
        self._output_at = time.monotonic()

    def _watch(self) -> None:
        rule, check_at = PauseRule(time.monotonic()), 0.0
        while not self._over.wait(POLL_S):
            now = time.monotonic()
            if self.reason is None and now >= check_at:
                check_at = now + CANCEL_POLL_S
                self.reason = self._why_end() or (HUNG if now - self._output_at > SILENT_S else None)
            if self.reason:
                self._cell.stop()  # repeated: the child may only just be starting
                continue
            if rule.is_paused:
                self._output_at = now
            was_paused = rule.is_paused
            if rule.update(now, has_listener=self._waits()) != was_paused:
                (self._cell.resume if was_paused else self._cell.pause)()
