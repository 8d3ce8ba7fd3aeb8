"""Signals as events of the main loop: a handler only queues the signal and wakes the loop."""

import signal
import socket
from types import FrameType, TracebackType
from typing import Any, Self

HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
"""Signals that are handled; process 1 receives no others."""


class Signals:
    """Context manager that queues signals; `waker` becomes readable when a signal arrives."""

    def __init__(self) -> None:
        self._queue: list[int] = []
        self.waker, self._wakeup = socket.socketpair()
        self.waker.setblocking(False)
        self._wakeup.setblocking(False)
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        for number in HANDLED:
            self._before[number] = signal.signal(number, self._enqueue)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        self.waker.close()
        self._wakeup.close()

    def take(self) -> list[int]:
        """Return the signals that arrived since the last call, in order."""
        try:
            while self.waker.recv(4096):
                pass
        except BlockingIOError:
            pass
        taken, self._queue = self._queue, []
        return taken

    def _enqueue(self, number: int, _frame: FrameType | None) -> None:
        self._queue.append(number)
