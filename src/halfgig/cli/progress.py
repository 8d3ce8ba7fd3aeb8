"""Progress display, for a terminal or a log."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

from halfgig.events import Event, Notice, Progress

LINE_EVERY_S = 5.0
"""Seconds between lines in a log."""

RATE_AFTER_S = 0.5
"""Seconds before a rate and the time left are shown: earlier figures mean nothing."""


def format_time(seconds: float) -> str:
    """Format a duration: "8 s", "3:05", "1:02:09"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def format_progress(progress: Progress, elapsed_s: float) -> str:
    """Format a stage's progress, its rate and the time left."""
    total = f" of {progress.total:.0f}" if progress.total else ""
    words = f"{progress.done:.0f}{total} {progress.unit}"
    if elapsed_s < RATE_AFTER_S or progress.done <= 0:
        return words
    rate = progress.done / elapsed_s
    words += f", {rate:.3g} {progress.unit}/s"
    if progress.total and progress.total > progress.done:
        words += f", {format_time((progress.total - progress.done) / rate)} left"
    return words


def bar(share: float, width: int) -> str:
    """Return a progress bar of `width` characters for a share of 0..1."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "█" * full + "░" * (width - full)


class ProgressDisplay:
    """Writes a job's events to a stream; the clock is passed in for tests."""

    def __init__(self, out: TextIO, clock: Callable[[], float]) -> None:
        self._out = out
        self._clock = clock
        self._stage = ""
        self._start = clock()

    def __call__(self, event: Event) -> None:
        """Report one event."""
        if isinstance(event, Notice):
            self.note(event.text)
            return
        if event.stage != self._stage:
            self._stage, self._start = event.stage, self._clock()
        self.step(event, self._clock() - self._start)

    def note(self, text: str) -> None:
        """Report a notice."""
        self._write(f"note: {text}\n")

    def step(self, progress: Progress, elapsed_s: float) -> None:
        """Report a stage's progress."""
        raise NotImplementedError

    def close(self) -> None:
        """Clean up the terminal."""

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Bar(ProgressDisplay):
    """Redraws one line on a terminal."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(out, clock)
        self._drawn = False

    def note(self, text: str) -> None:
        """Write a notice on its own line above the bar."""
        self.close()
        super().note(text)

    def step(self, progress: Progress, elapsed_s: float) -> None:
        """Redraw the bar."""
        columns = shutil.get_terminal_size().columns
        share = progress.done / progress.total if progress.total else 0.0
        words = format_progress(progress, elapsed_s)
        room = max(0, min(30, columns - len(words) - len(progress.stage) - 12))
        line = f"{progress.stage} {bar(share, room)} {100 * min(1.0, share):3.0f} %  {words}"
        self._write(f"\r\x1b[2K{line[: columns - 1]}")
        self._drawn = True

    def close(self) -> None:
        """Remove the bar; the command prints the result itself."""
        if self._drawn:
            self._write("\r\x1b[2K")
            self._drawn = False


class Lines(ProgressDisplay):
    """Writes a plain line every few seconds, for logs and pipes."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(out, clock)
        self._next = clock() + LINE_EVERY_S

    def step(self, progress: Progress, elapsed_s: float) -> None:
        """Write a line if `LINE_EVERY_S` passed since the last."""
        if self._clock() >= self._next:
            self._next = self._clock() + LINE_EVERY_S
            self._write(f"{progress.stage}: {format_progress(progress, elapsed_s)}\n")


class Silence(ProgressDisplay):
    """Reports nothing."""

    def note(self, text: str) -> None:
        """Keep quiet."""

    def step(self, progress: Progress, elapsed_s: float) -> None:
        """Keep quiet."""


def choose_display(
    quiet: bool, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> ProgressDisplay:
    """Return a bar on a terminal, lines elsewhere, or nothing if `quiet`; on stderr by default."""
    out = out or sys.stderr
    kind = Silence if quiet else Bar if out.isatty() else Lines
    return kind(out, clock)
