"""How far a video is, told to the book twice a second at most."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from halfgig.events import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.events import Progress
    from halfgig.jobs.book import Book, Job

TELL_EVERY_S = 0.5
"""Seconds between two entries on progress."""

RATE_OVER_S = 10.0
"""A rate is that of the last so many seconds, or of the last step: a frame of SadTalker's may take a minute."""


def left_s(done: float, total: float | None, rate: float) -> float | None:
    """Guess how long the rest takes at a rate, in seconds; None where that cannot be known."""
    return max(0.0, total - done) / rate if total is not None and rate > 0 else None


class Rate:
    """Measure how much is done a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: list[tuple[float, float]] = []

    def after(self, done: float) -> float:
        """Take how much is done now; give how much of it a second; 0 when that is not known yet."""
        now = self._clock()
        seen = [each for each in self._seen if each[1] <= done]
        recent = [each for each in seen if each[0] > now - RATE_OVER_S]
        if not any(before < done for _, before in recent):
            recent = [each for each in seen if each[1] < done][-1:] + recent
        self._seen = [*recent, (now, done)]
        then, before = self._seen[0]
        return (done - before) / (now - then) if now > then else 0.0


class Teller:
    """Enter in the book what a step says."""

    def __init__(self, book: Book, job: Job) -> None:
        self._book = book
        self._id = job.id
        self._notices: list[str] = list(job.facts.get("notices", []))
        self._rate = Rate()
        self._next = 0.0
        self._stage = ""

    def hear(self, event: Progress | Notice) -> None:
        """Enter an event, if it is time."""
        if isinstance(event, Notice):
            self._note(event.text)
            return
        now = time.monotonic()
        if now < self._next and event.stage == self._stage and event.done != event.total:
            return
        if event.stage != self._stage:
            self._rate = Rate()
        self._stage, self._next = event.stage, now + TELL_EVERY_S
        rate = self._rate.after(event.done)
        self.facts(
            stage=event.stage,
            done=round(event.done, 2),
            total=None if event.total is None else round(event.total, 2),
            unit=event.unit,
            rate=round(rate, 3),
            left_s=_rounded(left_s(event.done, event.total, rate)),
        )

    def facts(self, **facts: Any) -> None:
        """Enter facts."""
        self._book.tell(self._id, facts)

    def _note(self, text: str) -> None:
        if text not in self._notices:
            self._notices.append(text)
            self.facts(notices=self._notices)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
