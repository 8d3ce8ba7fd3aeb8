"""A limit of processor time, which the kernel keeps: it also ends a native library that never comes back.

Processor time, unlike time on the wall, does not pass while others use the processor, or while the machine sleeps.
"""

from __future__ import annotations

import contextlib
import resource
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class CpuClock:
    """Ends this process by SIGXCPU when a block takes more than its processor seconds; use as `with cpu_clock(s)`."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = _used_s() + seconds

    def allow(self, seconds: float) -> None:
        """Allow more time, because a part of the work is done."""
        self._ends_at += seconds
        self.set()

    def set(self) -> None:
        """Set the limit, rounded up to whole seconds, as the kernel counts them."""
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = int(self._ends_at) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


@contextlib.contextmanager
def cpu_clock(seconds: float) -> Iterator[CpuClock]:
    """Limit the processor time of a block, all threads together, in seconds."""
    before = resource.getrlimit(resource.RLIMIT_CPU)
    clock = CpuClock(seconds)
    clock.set()
    try:
        yield clock
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, before)


def _used_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
