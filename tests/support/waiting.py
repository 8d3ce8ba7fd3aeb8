"""Waiting for states, with one bound for every wait: tests depend on what happens, never on how fast."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 600.0
"""Longest wait, in seconds, for anything a test set in motion: far beyond what a machine ten times slower needs.

It costs nothing while all is well, as every wait ends with its state; only a hang reaches it.
"""

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 0.4
"""Between two looks: a look may be a request, which takes a core 5 ms from what is waited for."""


def soon(true: Callable[[], bool], within_s: float = PATIENCE_S) -> bool:
    """Wait until a condition holds and return whether it does; the longer it takes, the less often it is looked at."""
    start = time.monotonic()
    while not (holds := true()) and (waited_s := time.monotonic() - start) < within_s:
        time.sleep(pause_s(waited_s))
    return holds


def pause_s(waited_s: float) -> float:
    """Return how long to pause after so long a wait: no wait becomes longer by more than a twentieth."""
    return min(max(SHORTEST_PAUSE_S, waited_s / 20), LONGEST_PAUSE_S)


def gone(pid: object) -> bool:
    """Return whether a process no longer exists, not even as a zombie."""
    assert isinstance(pid, int)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
