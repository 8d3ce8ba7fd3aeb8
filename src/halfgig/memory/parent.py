"""Children that end with the process that started them, however that ends: Linux's parent-death signal."""

import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def ending_with_parent() -> Callable[[], None]:
    """Give what a child calls first, between fork and exec or right after fork, to be killed when its parent ends.

    Call this in the parent.  The signal comes when the *thread* that forked ends, so fork in one that lasts, and a
    child's own children need it anew.  Does nothing on other systems than Linux.
    """
    parent, prctl = os.getpid(), _prctl()

    def promise() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we asked
            os.kill(os.getpid(), signal.SIGKILL)

    return promise


def wake_when_parent_ends() -> None:
    """Ask to be continued when our parent ends: who is paused then could never notice it."""
    _prctl()(_PR_SET_PDEATHSIG, signal.SIGCONT)


def adopt_orphans() -> None:
    """Become the parent of whatever our descendants leave behind, as process 1 is by itself."""
    _prctl()(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl() -> Callable[[int, int], object]:
    if not sys.platform.startswith("linux"):
        return lambda _option, _value: None
    import ctypes

    function: Callable[[int, int], object] = ctypes.CDLL(None).prctl
    return function
