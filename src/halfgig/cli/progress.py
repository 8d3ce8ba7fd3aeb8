"""How far the work is, for the person at the terminal or for a log."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

from halfgig.events import Event, Notice, Progress

LINE_EVERY_S = 5.0
"""Seconds between two lines in a log."""

SETTLED_S = 0.5
"""No rate and no time left are told before so much time has passed: the first figures mean nothing."""


def told_time(seconds: float) -> str:
    """Write a time as people read it: "8 s", "3:05", "1:02:09"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def told_progress(progress: Progress, elapsed_s: float) -> str:
    """Write how far a stage is, how fast it goes and how long it still takes."""
    total = f" of {progress.total:.0f}" if progress.total else ""
    words = f"{progress.done:.0f}{total} {progress.unit}"
    if elapsed_s < SETTLED_S or progress.done <= 0:
        return words
    rate = progress.done / elapsed_s
    words += f", {rate:.3g} {progress.unit}/s"
    if progress.total and progress.total > progress.done:
        words += f", {told_time((progress.total - progress.done) / rate)} left"
    return words


def bar(share: float, width: int) -> str:
    """Draw how far something is, 0..1, in `width` characters."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "█" * full + "░" * (width - full)


class ProgressDisplay:
    """What happens; the clock is passed in for tests."""

    def __init__(self, out: TextIO, clock: Callable[[], float]) -> None:
        self._out = out
        self._clock = clock
        self._stage = ""
        self._start = clock()

    def __call__(self, event: Event) -> None:
        """Tell one event."""
        if isinstance(event, Notice):
            self.note(event.text)
            return
        if event.stage != self._stage:
            self._stage, self._start = event.stage, self._clock()
        self.step(event, self._clock() - self._start)

    def note(self, text: str) -> None:
        """Tell a notice."""
        self._write(f"note: {text}\n")

    def step(self, progress: Progress, elapsed_s: float) -> None:
        """Return how far a stage is."""
        raise NotImplementedError

    def close(self) -> None:
        """Leave the terminal tidy."""

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Bar(ProgressDisplay):
    """Draw one line on a terminal, over and over."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(out, clock)
        self._drawn = False

    def note(self, text: str) -> None:
        """Write a notice on a line of its own above the bar."""
        self.close()
        super().note(text)

    def step(self, progress: Progress, elapsed_s: float) -> None:
        """Draw the bar anew."""
        columns = shutil.get_terminal_size().columns
        share = progress.done / progress.total if progress.total else 0.0
        words = told_progress(progress, elapsed_s)
        room = max(0, min(30, columns - len(words) - len(progress.stage) - 12))
        line = f"{progress.stage} {bar(share, room)} {100 * min(1.0, share):3.0f} %  {words}"
        self._write(f"\r\x1b[2K{line[: columns - 1]}")
        self._drawn = True

    def close(self) -> None:
        """Take the bar away; what was made is told by whoever made it."""
        if self._drawn:
            self._write("\r\x1b[2K")
            self._drawn = False


class Lines(ProgressDisplay):
    """Write a plain line now and then, for logs and pipes."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(out, clock)
        self._next = clock() + LINE_EVERY_S

    def step(self, progress: Progress, elapsed_s: float) -> None:
        """Write a line when it is time for one."""
        if self._clock() >= self._next:
            self._next = self._clock() + LINE_EVERY_S
            self._write(f"{progress.stage}: {told_progress(progress, elapsed_s)}\n")


class Silence(ProgressDisplay):
    """Nothing."""

    def note(self, text: str) -> None:
        """Keep quiet."""

    def step(self, progress: Progress, elapsed_s: float) -> None:
        """Keep quiet."""


def teller(quiet: bool, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> ProgressDisplay:
    """Choose how progress is told: a bar on a terminal, lines elsewhere, nothing when asked; on stderr by default."""
    out = out or sys.stderr
    kind = Silence if quiet else Bar if out.isatty() else Lines
    return kind(out, clock)
