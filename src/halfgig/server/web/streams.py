"""How many streams one worker keeps open."""

import contextlib
from collections.abc import Callable, Iterator

from halfgig.server.errors import Busy

_AFTER_S = 5.0


class Streams:
    """Count open streams and refuse those beyond the limit."""

    def __init__(self, most: int, tell: Callable[[int], None] | None = None) -> None:
        self._most = most
        self._tell = tell
        self._open = 0

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Keep a stream's place while the block runs.  Raises `Busy` when there is none."""
        if self._open >= self._most:
            raise Busy(f"{self._open} streams are open, and {self._most} may be; come back in a moment", _AFTER_S)
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self._open += change
        if self._tell:
            self._tell(change)
