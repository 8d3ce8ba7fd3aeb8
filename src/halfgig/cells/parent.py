"""Children that end with the process that started them, however that ends: Linux's parent-death signal."""

import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def end_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent, process `parent`, ends; call it right after the fork.

    The signal comes when the *thread* that forked ends, so fork in one that lasts; a child's own children need it
    anew.  Does nothing on other systems than Linux.
    """
    _prctl()(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), signal.SIGKILL)


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
