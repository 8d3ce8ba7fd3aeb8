"""What a call costs, in what another one costs on the same machine at the same time: no test knows how fast that is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ATTEMPTS = 5
"""Others on the machine can make one call seem slower than the other, though hardly five times in a row."""


def costs_at_most(times: float, call: Callable[[], object], usual: Callable[[], object]) -> bool:
    """Return whether a call takes at most `times` the processor time of a usual one.

    The usual one must take some hundredths of a second: shorter times are not measured well.
    """
    return any(processor_s(call) <= times * processor_s(usual) for _ in range(ATTEMPTS))


def processor_s(call: Callable[[], object]) -> float:
    """Return the processor time of a call in seconds, all threads together."""
    began = time.process_time()
    call()
    return time.process_time() - began
