"""The priority of cells: work that can wait lets other processes have the processor first.

A cell is a process group and a session of its own.  Where the kernel divides the processor among sessions (autogroup,
which desktops and virtual machines have), a process's nice value counts within its session alone, and the session has
one, too; elsewhere only the processes' values count.  Both are set.
"""

import contextlib
import functools
import os
import sys
import threading
import time
from pathlib import Path

NICENESS = 10
"""Niceness of work that can wait: it gets a tenth of a processor that others want all of."""

_PATIENCE_S, _RETRY_S = 2.0, 0.05
"""The kernel takes ten values of sessions in a second, from all users together."""


def stand_back(pid: int) -> None:
    """Have other processes go before a cell from now on; does nothing on other systems than Linux."""
    if sys.platform.startswith("linux"):
        _set_session(pid, NICENESS)
        _set_threads(pid, NICENESS)


def stand_back_while(pid: int, *, wanted: bool) -> None:
    """Have other processes go before a cell, or no longer; where that could not be taken back, nothing happens."""
    if sys.platform.startswith("linux"):
        _set_session(pid, NICENESS if wanted else 0)
        if _may_take_back():
            _set_threads(pid, NICENESS if wanted else 0)


def _set_threads(pid: int, niceness: int) -> None:
    """Set the nice value of all threads of a cell, which is never less than that of its server."""
    own = os.getpriority(os.PRIO_PROCESS, os.getpid())
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended, or was nicer when it started
        os.setpriority(os.PRIO_PGRP, pid, max(own, niceness))


def _set_session(pid: int, niceness: int) -> None:
    """Set the nice value of a cell's session, where the kernel has one; of no other process's."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            if os.getsid(pid) == pid:
                Path(f"/proc/{pid}/autogroup").write_text(str(niceness))
        except BlockingIOError:
            if time.monotonic() < until:
                time.sleep(_RETRY_S)
                continue
        except OSError:
            pass
        return


@functools.cache
def _may_take_back() -> bool:
    """Return whether a thread of this user may lower its nice value again."""
    taken = []

    def attempt() -> None:
        thread = threading.get_native_id()
        before = os.getpriority(os.PRIO_PROCESS, thread)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, min(19, before + 1))
            os.setpriority(os.PRIO_PROCESS, thread, before)
            taken.append(thread)

    trial = threading.Thread(target=attempt, name="priority")
    trial.start()
    trial.join()
    return bool(taken)
