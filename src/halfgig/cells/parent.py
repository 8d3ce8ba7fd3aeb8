"""Child processes that end with their parent, however it ends: Linux's parent-death signal."""

import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def end_with_parent(parent: int) -> None:
    """Make the kernel kill this process when its parent, process `parent`, ends; call this right after the fork.

    The signal is sent when the *thread* that forked ends, so fork in a long-lived thread.  It is not inherited by the
    child's own children.  Does nothing on other systems than Linux.
    """
    _prctl()(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent ended before the call above
        os.kill(os.getpid(), signal.SIGKILL)


def wake_when_parent_ends() -> None:
    """Make the kernel send SIGCONT when the parent ends: a suspended process could not notice it."""
    _prctl()(_PR_SET_PDEATHSIG, signal.SIGCONT)


def adopt_orphans() -> None:
    """Make this process the parent of orphaned descendants, as process 1 always is."""
    _prctl()(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl() -> Callable[[int, int], object]:
    if not sys.platform.startswith("linux"):
        return lambda _option, _value: None
    import ctypes

    function: Callable[[int, int], object] = ctypes.CDLL(None).prctl
    return function
