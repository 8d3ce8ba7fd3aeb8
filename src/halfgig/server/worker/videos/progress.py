"""Progress of a video, written to the job store at most twice a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from halfgig.events import Notice
from halfgig.server.public_text import public_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.events import Progress
    from halfgig.server.job import Job
    from halfgig.server.job_writer import JobWriter

REPORT_EVERY_S = 0.5
"""Seconds between two updates of a job's progress."""

STAGES = {
    "speaking": (0, 10),
    "measuring": (10, 0),
    "watching": (10, 3),
    "moving": (13, 2),
    "rendering": (15, 80),
    "assembling": (95, 4),
}
"""For each stage, the percentage of the whole work at its start and the percentage it takes, roughly."""

RATE_OVER_S = 10.0
"""Seconds a rate is measured over; longer if a single step takes longer, as a frame of SadTalker may."""


def left_s(done: float, total: float | None, rate: float) -> float | None:
    """Return the estimated seconds left at a rate per second; None if the total or the rate is unknown."""
    return max(0.0, total - done) / rate if total is not None and rate > 0 else None


def percent_of(stage: str, done: float, total: float | None) -> int:
    """Return the percentage of the whole work done, given the progress within a stage; below 100."""
    begin, takes = STAGES.get(stage, (0, 0))
    return int(begin + takes * (min(1.0, done / total) if total else 0.0))


class Rate:
    """Measures the current rate of progress."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: list[tuple[float, float]] = []

    def after(self, done: float) -> float:
        """Record the amount done by now and return the rate per second, 0 if it is not known yet."""
        now = self._clock()
        seen = [each for each in self._seen if each[1] <= done]
        recent = [each for each in seen if each[0] > now - RATE_OVER_S]
        if not any(before < done for _, before in recent):
            recent = [each for each in seen if each[1] < done][-1:] + recent
        self._seen = [*recent, (now, done)]
        then, before = self._seen[0]
        return (done - before) / (now - then) if now > then else 0.0


class ProgressReporter:
    """Writes a step's progress to its job's row."""

    def __init__(self, row: JobWriter, job: Job, clock: Callable[[], float] = time.monotonic) -> None:
        self.row = row
        """Where it writes."""
        self._clock = clock
        self._notices: list[str] = list(job.progress.get("notices", []))
        self._percent = int(job.progress.get("percent", 0))
        self._rate = Rate()
        self._next = 0.0
        self._stage = ""
        self._first = self._last = (0.0, 0.0)

    @property
    def pace(self) -> float:
        """The stage's average rate per second since its start; 0 if it is not known."""
        (then, before), (now, done) = self._first, self._last
        return (done - before) / (now - then) if now > then else 0.0

    def on_event(self, event: Progress | Notice) -> None:
        """Write an event to the job store; progress that follows too soon after the last update is skipped."""
        if isinstance(event, Notice):
            self._note(public_text(event.text))
            return
        now = self._clock()
        self._last = (now, event.done)
        if event.stage != self._stage:
            self._first = self._last
        if now < self._next and event.stage == self._stage and event.done != event.total:
            return
        if event.stage != self._stage:
            self._rate = Rate()
        self._stage, self._next = event.stage, now + REPORT_EVERY_S
        rate = self._rate.after(event.done)
        # Never decreases: not after a kill that lost frames, nor when the estimated total grows.
        self._percent = max(self._percent, percent_of(event.stage, event.done, event.total))
        self.facts(
            percent=self._percent,
            stage=event.stage,
            done=round(event.done, 2),
            total=None if event.total is None else round(event.total, 2),
            unit=event.unit,
            rate=round(rate, 3) or None,
            left_s=_rounded(left_s(event.done, event.total, rate)),
        )

    def facts(self, **facts: Any) -> None:
        """Write facts to the job store."""
        self.row.update_progress(facts)

    def _note(self, text: str) -> None:
        if text not in self._notices:
            self._notices.append(text)
            self.facts(notices=self._notices)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
