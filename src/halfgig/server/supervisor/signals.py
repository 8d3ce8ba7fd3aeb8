"""Signals as events of the one loop: a handler only queues, and wakes the loop."""

import signal
import socket
from types import FrameType, TracebackType
from typing import Any, Self

TAKEN = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
"""Process 1 gets only signals it has handlers for."""


class Signals:
    """Queue signals while the context lasts; `waker` becomes readable when there is one."""

    def __init__(self) -> None:
        self._queue: list[int] = []
        self.waker, self._bell = socket.socketpair()
        self.waker.setblocking(False)
        self._bell.setblocking(False)
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        for number in TAKEN:
            self._before[number] = signal.signal(number, self._queued)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        self.waker.close()
        self._bell.close()

    def take(self) -> list[int]:
        """Return what has come since the last time, in order."""
        try:
            while self.waker.recv(4096):
                pass
        except BlockingIOError:
            pass
        taken, self._queue = self._queue, []
        return taken

    def _queued(self, number: int, _frame: FrameType | None) -> None:
        self._queue.append(number)
