"""Watches the memory: looks, tells the others, keeps the history, ends the cell that is too much."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from halfgig.capacity.plan import Plan
from halfgig.log import ERROR, ROUTINE, WARNING, log
from halfgig.resources import meter
from halfgig.server import memory_history
from halfgig.server.memory_state import CRITICAL, NORMAL, MemoryState, write_state
from halfgig.server.paths import ServerPaths
from halfgig.server.supervisor import last_run
from halfgig.server.supervisor.memory_sampler import MemorySampler
from halfgig.server.supervisor.pressure_policy import (
    MemorySample,
    PressureState,
    Thresholds,
    interval_s,
    judge,
    largest,
)

SETTLE_S = 1.0
"""After a cell has ended, so long nothing else is, in seconds: its memory returns only after it."""

STATE_S = 0.9
"""The file on the memory is at most so old, in seconds, while nothing changes."""

LINE_S = 60.0
"""A line on the memory is written at least so often, in seconds."""

LINE_SHARE = 0.1
"""A change by this share of the limit is worth a line."""


@dataclass(slots=True)
class MonitorReport:
    """What was last told, and when: nothing is said twice."""

    state_at: float = float("-inf")
    state: object = None
    entry_at: float = float("-inf")
    line_at: float = float("-inf")
    line_mb: float = 0.0
    line_pressure: str = ""
    helpless: bool = False


class MemoryMonitor:
    """Look at the memory as often as it needs, and act on what is seen.  `end` ends a cell."""

    def __init__(
        self, readings: MemorySampler, plan: Plan, places: ServerPaths, end: Callable[[int, int], None] = os.kill
    ) -> None:
        self._readings, self._plan, self._places, self._end = readings, plan, places, end
        self._book = memory_history.MemoryHistory(places.run)
        self._boot = last_run.boot_id()
        self._verdict = PressureState()
        self._kills = meter.oom_kills()
        self._kill_seen_at = float("-inf")
        self._told = MonitorReport()
        self._victim: int | None = None
        self._victim_gone_at: float | None = None
        self.next_at = 0.0
        """When to look again, in seconds of the clock that only goes forward."""

    def greet(self) -> None:
        """Return what became of the run before, and begin this one."""
        if told := last_run.told_of(last_run.read_run(self._places.root), self._kills, self._boot):
            log("supervisor", told, WARNING)
        self.mark(memory_history.STARTED, told or "started")

    def farewell(self) -> None:
        """Note that this run ends as it should."""
        look = self._verdict.look
        if look:
            last_run.write_run(replace(self._run(look), ended=True), self._places.root)

    def mark(self, kind: str, text: str) -> None:
        """Write down what happened."""
        self._book.mark(time.time(), kind, text)

    def killed(self) -> int:
        """Count what the kernel has killed for memory since the last look."""
        lately = int(time.monotonic() - self._kill_seen_at < SETTLE_S)  # the counter rises before we can reap
        return max(lately, last_run.killed_since(self._kills, meter.oom_kills()))

    def look(self, pids: Mapping[str, int]) -> None:
        """Look once, act, and tell; `pids` are the supervisor's children by name."""
        look = self._readings.look(pids, closely=self._verdict.pressure != NORMAL)
        marks = Thresholds.of(self._plan, look.limit)
        self._verdict = judge(look, self._verdict, marks)
        self._notice_kills(look)
        self._relieve(look, marks)
        self._tell(look, pids)
        self.next_at = look.at + interval_s(self._verdict, marks)

    def _notice_kills(self, look: MemorySample) -> None:
        if kills := last_run.killed_since(self._kills, look.oom_kills):
            what = "1 process" if kills == 1 else f"{kills} processes"
            text = f"the kernel has killed {what} for memory, with {_figures(look)}; see docs/operations.md"
            self._kill_seen_at = look.at
            log("supervisor", text, ERROR)
            self.mark(memory_history.OOM_KILL, text)
        self._kills = look.oom_kills

    def _relieve(self, look: MemorySample, marks: Thresholds) -> None:
        """At the last mark, end the largest cell, and wait for its memory before the next."""
        if self._victim in {cell.pid for cell in look.cells}:
            return
        if self._victim is not None and self._victim_gone_at is None:
            self._victim_gone_at = look.at
        if self._verdict.pressure != CRITICAL:
            self._victim = self._victim_gone_at = None
            self._told.helpless = False
        elif self._victim_gone_at is None or look.at - self._victim_gone_at >= SETTLE_S:
            self._end_largest(look, marks)

    def _end_largest(self, look: MemorySample, marks: Thresholds) -> None:
        cell = largest(look.cells)
        if cell is None:
            if not self._told.helpless:
                helpless = f"memory is short and there is no cell to end: {_figures(look)}, {self._parts()}"
                log("supervisor", helpless, ERROR)
            self._told.helpless = True
            return
        try:
            self._end(cell.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        text = f"cell {cell.pid} was ended: it held {cell.private_mb:.0f} MB, with {_figures(look)}"
        text = f"{text}, and {self._why(look, marks)}"
        log("supervisor", text, WARNING)
        self.mark(memory_history.CELL_ENDED, text)
        self._victim, self._victim_gone_at = cell.pid, None
        self._verdict = replace(self._verdict, anchor=None, signs_since=None)

    def _why(self, look: MemorySample, marks: Thresholds) -> str:
        if self._verdict.thrashing:
            return "it waited for pages instead of working (thrashing)"
        if look.used_mb < marks.last_mb:
            return f"{self._verdict.growth_mb_s:.0f} MB more came each second"
        return f"the last mark is {marks.last_mb:.0f} MB"

    def _tell(self, look: MemorySample, pids: Mapping[str, int]) -> None:
        told, pressure = self._told, self._verdict.pressure
        facts = (pressure, self._verdict.thrashing, look.oom_kills, look.limit, dict(pids))
        if facts != told.state or look.at - told.state_at >= STATE_S:
            told.state, told.state_at = facts, look.at
            self._write_state(look, pids)
        if look.at - told.entry_at >= memory_history.EVERY_S:
            told.entry_at = look.at
            self._book.enter(
                memory_history.MemoryEntry(time.time(), look.used_mb, look.limit.mb, pressure, self._readings.processes)
            )
            last_run.write_run(self._run(look), self._places.root)
        changed = abs(look.used_mb - told.line_mb) > LINE_SHARE * look.limit.mb or pressure != told.line_pressure
        if changed or look.at - told.line_at >= LINE_S:
            told.line_at, told.line_mb, told.line_pressure = look.at, look.used_mb, pressure
            self._say_memory(look)

    def _write_state(self, look: MemorySample, pids: Mapping[str, int]) -> None:
        state = MemoryState(
            at=time.time(),
            used_mb=round(look.used_mb, 1),
            limit_mb=look.limit.mb,
            source=look.limit.source,
            pressure=self._verdict.pressure,
            oom_kills=look.oom_kills or 0,
            thrashing=self._verdict.thrashing,
            processes=self._readings.processes,
            pids=dict(pids),
        )
        try:
            write_state(state, self._places.run)
        except OSError as error:
            log("supervisor", f"the figures on the memory cannot be written: {error}", WARNING)

    def _say_memory(self, look: MemorySample) -> None:
        log(
            "supervisor",
            f"memory used={look.used_mb:.0f} limit={look.limit.mb} headroom={look.limit.mb - look.used_mb:.0f} "
            f"{self._parts()} pressure={self._verdict.pressure} (MB)",
            ROUTINE,
        )

    def _parts(self) -> str:
        found = {"web": 0.0, "worker": 0.0, "cells": 0.0} | self._readings.processes
        return " ".join(f"{name}={mb:.0f}" for name, mb in found.items())

    def _run(self, look: MemorySample) -> last_run.Run:
        return last_run.this_run(look.used_mb, look.limit.mb, look.oom_kills, self._boot)


def _figures(look: MemorySample) -> str:
    return f"{look.used_mb:.0f} of {look.limit.mb} MB used"
