"""Watches the disk: keeps the reserve, and reports when nothing can be written and when there is room again."""

from collections.abc import Callable

from halfgig.log import WARNING, log
from halfgig.server import memory_history
from halfgig.server.disk import Disk

EVERY_S = 2.0
"""Seconds between two checks."""


class DiskMonitor:
    """Checks the disk every few seconds; `on_event` is called with each change, `on_full` when it fills up."""

    def __init__(self, disk: Disk, on_event: Callable[[str, str], None], on_full: Callable[[], None]) -> None:
        self._disk, self._on_event, self._on_full = disk, on_event, on_full
        self._problem = ""
        self._next_at = float("-inf")

    def check(self, now: float) -> None:
        """Check the disk if it is time; `now` is in seconds of the monotonic clock."""
        if now < self._next_at:
            return
        self._next_at = now + EVERY_S
        self._disk.give_up_reserve()
        problem = self._disk.problem()
        if not problem:
            self._disk.keep_reserve()
        if bool(problem) == bool(self._problem):
            return
        self._problem = problem
        text = problem or "there is room on the disk again"
        log("supervisor", text, WARNING)
        self._on_event(memory_history.DISK, text)
        if problem:
            self._on_full()
