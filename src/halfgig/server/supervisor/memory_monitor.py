"""Monitors memory: takes samples, publishes the state, keeps the history, ends the largest cell at the limit."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from halfgig.capacity.plan import Plan
from halfgig.log import ERROR, ROUTINE, WARNING, counted, log
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
"""Seconds to wait after a cell ended before ending another: its memory is freed only afterwards."""

STATE_S = 0.9
"""Greatest age of the memory state file, in seconds, while nothing changes."""

LINE_S = 60.0
"""Longest time between two log lines about memory, in seconds."""

LINE_SHARE = 0.1
"""A change of use by this share of the limit is logged at once."""


@dataclass(slots=True)
class MonitorReport:
    """What was last reported, and when, so that nothing is reported twice."""

    state_at: float = float("-inf")
    state: object = None
    entry_at: float = float("-inf")
    line_at: float = float("-inf")
    line_mb: float = 0.0
    line_pressure: str = ""
    helpless: bool = False


class MemoryMonitor:
    """Samples memory as often as needed and acts on it; `end` sends a signal to a cell."""

    def __init__(
        self, sampler: MemorySampler, plan: Plan, places: ServerPaths, end: Callable[[int, int], None] = os.kill
    ) -> None:
        self._sampler, self._plan, self._places, self._end = sampler, plan, places, end
        self._history = memory_history.MemoryHistory(places.run)
        self._boot = last_run.boot_id()
        self._state = PressureState()
        self._kills = meter.oom_kills()
        self._kill_seen_at = float("-inf")
        self._report = MonitorReport()
        self._victim: int | None = None
        self._victim_gone_at: float | None = None
        self.next_at = 0.0
        """Time of the next sample, in seconds of the monotonic clock."""
        self.hung: list[str] = []
        """Names of services that have not moved for a while, for readiness."""

    def on_start(self) -> None:
        """Report how the previous run ended, and record the start of this one."""
        if text := last_run.describe_last_run(last_run.read_run(self._places.root), self._kills, self._boot):
            log("supervisor", text, WARNING)
        self.add_event(memory_history.STARTED, text or "started")

    def on_stop(self) -> None:
        """Record that this run ended normally."""
        sample = self._state.sample
        if sample:
            last_run.write_run(replace(self._run(sample), ended=True), self._places.root)

    def add_event(self, kind: str, text: str) -> None:
        """Add an event to the history."""
        self._history.add_event(time.time(), kind, text)

    def killed(self) -> int:
        """Return the number of processes that the kernel killed for memory since the last sample."""
        lately = int(time.monotonic() - self._kill_seen_at < SETTLE_S)  # the counter rises before the child is reaped
        return max(lately, last_run.killed_since(self._kills, meter.oom_kills()))

    def check(self, pids: Mapping[str, int]) -> None:
        """Take a sample, act on it and report it; `pids` are the supervisor's children by name."""
        sample = self._sampler.sample(pids, closely=self._state.pressure != NORMAL)
        thresholds = Thresholds.of(self._plan, sample.limit)
        self._state = judge(sample, self._state, thresholds)
        self._notice_kills(sample)
        self._relieve(sample, thresholds)
        self._publish(sample, pids)
        self.next_at = sample.at + interval_s(self._state, thresholds)

    def _notice_kills(self, sample: MemorySample) -> None:
        if kills := last_run.killed_since(self._kills, sample.oom_kills):
            what = counted(kills, "process", "processes")
            text = f"the kernel has killed {what} for memory, with {_figures(sample)}; see docs/operations.md"
            self._kill_seen_at = sample.at
            log("supervisor", text, ERROR)
            self.add_event(memory_history.OOM_KILL, text)
        self._kills = sample.oom_kills

    def _relieve(self, sample: MemorySample, thresholds: Thresholds) -> None:
        """At critical pressure, end the largest cell, and wait for its memory before ending the next."""
        if self._victim in {cell.pid for cell in sample.cells}:
            return
        if self._victim is not None and self._victim_gone_at is None:
            self._victim_gone_at = sample.at
        if self._state.pressure != CRITICAL:
            self._victim = self._victim_gone_at = None
            self._report.helpless = False
        elif self._victim_gone_at is None or sample.at - self._victim_gone_at >= SETTLE_S:
            self._end_largest(sample, thresholds)

    def _end_largest(self, sample: MemorySample, thresholds: Thresholds) -> None:
        cell = largest(sample.cells)
        if cell is None:
            if not self._report.helpless:
                helpless = f"memory is short and there is no cell to end: {_figures(sample)}, {self._parts()}"
                log("supervisor", helpless, ERROR)
            self._report.helpless = True
            return
        try:
            self._end(cell.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        text = f"cell {cell.pid} was ended: it held {cell.private_mb:.0f} MB, with {_figures(sample)}"
        text = f"{text}, and {self._why(sample, thresholds)}"
        log("supervisor", text, WARNING)
        self.add_event(memory_history.CELL_ENDED, text)
        self._victim, self._victim_gone_at = cell.pid, None
        self._state = replace(self._state, anchor=None, signs_since=None)

    def _why(self, sample: MemorySample, thresholds: Thresholds) -> str:
        if self._state.thrashing:
            return "it waited for pages instead of working (thrashing)"
        if sample.used_mb < thresholds.critical_watermark_mb:
            return f"{self._state.growth_mb_s:.0f} MB more came each second"
        return f"the critical watermark is {thresholds.critical_watermark_mb:.0f} MB"

    def _publish(self, sample: MemorySample, pids: Mapping[str, int]) -> None:
        report, pressure = self._report, self._state.pressure
        state = (pressure, self._state.thrashing, sample.oom_kills, sample.limit, dict(pids))
        if state != report.state or sample.at - report.state_at >= STATE_S:
            report.state, report.state_at = state, sample.at
            self._write_state(sample, pids)
        if sample.at - report.entry_at >= memory_history.EVERY_S:
            report.entry_at = sample.at
            self._history.add_entry(
                memory_history.MemoryEntry(
                    time.time(), sample.used_mb, sample.limit.mb, pressure, self._sampler.processes
                )
            )
            last_run.write_run(self._run(sample), self._places.root)
        changed = (
            abs(sample.used_mb - report.line_mb) > LINE_SHARE * sample.limit.mb or pressure != report.line_pressure
        )
        if changed or sample.at - report.line_at >= LINE_S:
            report.line_at, report.line_mb, report.line_pressure = sample.at, sample.used_mb, pressure
            self._log_memory(sample)

    def _write_state(self, sample: MemorySample, pids: Mapping[str, int]) -> None:
        state = MemoryState(
            at=time.time(),
            used_mb=round(sample.used_mb, 1),
            limit_mb=sample.limit.mb,
            source=sample.limit.source,
            pressure=self._state.pressure,
            oom_kills=sample.oom_kills or 0,
            thrashing=self._state.thrashing,
            processes=self._sampler.processes,
            pids=dict(pids),
            hung=list(self.hung),
        )
        try:
            write_state(state, self._places.run)
        except OSError as error:
            log("supervisor", f"the memory figures cannot be written: {error}", WARNING)

    def _log_memory(self, sample: MemorySample) -> None:
        log(
            "supervisor",
            f"memory used={sample.used_mb:.0f} limit={sample.limit.mb} headroom={sample.limit.mb - sample.used_mb:.0f} "
            f"{self._parts()} pressure={self._state.pressure} (MB)",
            ROUTINE,
        )

    def _parts(self) -> str:
        found = {"web": 0.0, "worker": 0.0, "cells": 0.0} | self._sampler.processes
        return " ".join(f"{name}={mb:.0f}" for name, mb in found.items())

    def _run(self, sample: MemorySample) -> last_run.Run:
        return last_run.current_run(sample.used_mb, sample.limit.mb, sample.oom_kills, self._boot)


def _figures(sample: MemorySample) -> str:
    return f"{sample.used_mb:.0f} of {sample.limit.mb} MB used"
