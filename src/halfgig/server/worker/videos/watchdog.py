"""Watchdog of a cell: pauses it while others come first, ends it if it hangs or is cancelled."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from halfgig.resources import meter

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from halfgig.capacity.throughput import Throughput

POLL_S = 0.05
"""Seconds between checks whether others come first."""

CANCEL_POLL_S = 0.3
"""Seconds between checks whether the job was cancelled."""

LONGEST_PAUSE_S = 10.0
"""Longest pause in seconds, so that videos never starve."""

SHORTEST_RUN_S = 2.0
"""Shortest run in seconds after the longest pause."""

IDLE_S = 180.0
"""Seconds, counted in the watchdog's own steps, in which a cell that neither says nor computes anything hangs."""

STEP_S = 1.0
"""The most that one step counts: after the machine was suspended nobody has been idle."""

SOME_CPU_S = 0.1
"""Processor seconds that show that a cell computes; on a tenth of a processor it gets them in a few seconds."""

LEAST_CPU_S, CPU_FACTOR = 300.0, 30.0
"""Processor seconds that any stage may take for one result, and how many times what is planned, in addition."""


class HangLimits(NamedTuple):
    """When a cell counts as hung."""

    cpu_s: float = LEAST_CPU_S
    """Processor seconds without a result."""
    idle_s: float = IDLE_S
    """Seconds in which it neither says nor computes anything."""


USUAL = HangLimits()


def planned_cpu_s(throughput: Throughput, fps: float, plain_s: float) -> float:
    """Return how many processor seconds more a stage may take for a result, for a video that is planned like this.

    It follows from the start and one frame, times a large factor, and from the whole length, for stages that say
    nothing before their end; it does not depend on how fast the processor is given.
    """
    return CPU_FACTOR * (throughput.start_s + throughput.each_s / fps) + plain_s


@dataclass(slots=True)
class StallRule:
    """Decides when a cell hangs; has no effects of its own."""

    limits: HangLimits = USUAL
    """When it hangs."""
    idle_s: float = 0.0
    """Seconds since the cell last said or computed something."""
    cpu_at_output_s: float = 0.0
    """The cell's processor seconds when it last said something."""
    cpu_at_work_s: float = 0.0
    """The cell's processor seconds when it was last seen to compute."""

    def update(self, step_s: float, cpu_s: float, *, has_output: bool) -> str | None:
        """Return why the cell must be ended, with the figures; None if it works.

        `cpu_s` is all processor time of the cell by now, `has_output` whether it said something since the last step.
        """
        if has_output or cpu_s < self.cpu_at_output_s:
            self.cpu_at_output_s = cpu_s
        if has_output or abs(cpu_s - self.cpu_at_work_s) >= SOME_CPU_S:
            self.idle_s, self.cpu_at_work_s = 0.0, cpu_s
        else:
            self.idle_s += min(step_s, STEP_S)
        if self.idle_s > self.limits.idle_s:
            return f"neither said nor computed anything for {self.idle_s:.0f} s and was ended"
        spent_s = cpu_s - self.cpu_at_output_s
        most_s = self.limits.cpu_s
        if spent_s > most_s:
            return f"took {spent_s:.0f} s of processor time for nothing, more than {most_s:.0f}, and was ended"
        return None


@dataclass(slots=True)
class PauseRule:
    """Decides when a cell is paused; has no effects of its own.

    It is never paused for longer than the supervisor lets a suspended process live.
    """

    at: float
    """Time of the last update, in seconds."""
    is_paused: bool = False
    """Whether the cell is paused."""
    owed_s: float = 0.0
    """Seconds of pauses that it has not yet made up for by running."""
    must_run: bool = False
    """Whether it makes up for a whole pause."""

    def update(self, now: float, *, wanted: bool) -> bool:
        """Return whether the cell must be paused now, given whether somebody wants that."""
        lasted, self.at = now - self.at, now
        if self.is_paused:
            self.owed_s += lasted
        else:
            self.owed_s = max(0.0, self.owed_s - lasted * LONGEST_PAUSE_S / SHORTEST_RUN_S)
        self.must_run = self.owed_s >= LONGEST_PAUSE_S or (self.must_run and self.owed_s > 0)
        self.is_paused = wanted and not self.must_run
        return self.is_paused


class Watched(Protocol):
    """What a watchdog pauses and ends: a cell, or one with helpers."""

    @property
    def pid(self) -> int | None:
        """The process that is watched; None if there is none."""
        ...

    def pause(self) -> None:
        """Suspend the work, from any thread."""
        ...

    def resume(self) -> None:
        """Resume it, from any thread."""
        ...

    def stop(self) -> None:
        """Kill the process, from any thread."""
        ...


class Watchdog:
    """Watches a running cell from a thread of its own; use as a context manager around its work.

    `why_end` returns why the work should stop, None to continue; `waits` returns whether somebody comes first: a
    listener who waits for speech, or another client's order. `each_step` is called before each check.
    """

    def __init__(
        self,
        cell: Watched,
        why_end: Callable[[], str | None],
        waits: Callable[[], bool],
        limits: HangLimits = USUAL,
        each_step: Callable[[], None] = lambda: None,
    ) -> None:
        self._cell = cell
        self._each_step = each_step
        self._why_end = why_end
        self._waits = waits
        self._over = threading.Event()
        self._stall = StallRule(limits)
        self._has_output = True
        self._stepped_at = time.monotonic()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)
        self.reason: str | None = None
        """Why the cell was ended: the result of `why_end`, or how it hung; None if it was not."""

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
        self._has_output = True

    def _stalled(self, now: float) -> str | None:
        """Return why the cell hangs, None if it does not."""
        pid = self._cell.pid
        effort = None if pid is None else meter.effort(pid)
        step_s, self._stepped_at = now - self._stepped_at, now
        has_output, self._has_output = self._has_output, False
        return self._stall.update(step_s, effort.user_s if effort else 0.0, has_output=has_output)

    def _watch(self) -> None:
        rule, check_at = PauseRule(time.monotonic()), 0.0
        while not self._over.wait(POLL_S):
            self._each_step()
            now = time.monotonic()
            if self.reason is None and now >= check_at:
                check_at = now + CANCEL_POLL_S
                self.reason = self._why_end() or self._stalled(now)
            if self.reason:
                self._cell.stop()  # repeated: the child may only just be starting
                continue
            if rule.is_paused:
                self.note_output()
            was_paused = rule.is_paused
            if rule.update(now, wanted=self._waits()):
                self._cell.pause()  # repeated: a helper may only just be starting
            elif was_paused:
                self._cell.resume()
