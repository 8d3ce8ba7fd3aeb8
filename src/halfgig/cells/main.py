"""The cell's side: run as `python -m halfgig.cells.main FD`, with its limits already set.

What is imported here is there in every cell: nothing that is not needed to run a job.
"""

from __future__ import annotations

import _thread
import contextlib
import faulthandler
import functools
import gc
import importlib
import os
import pickle
import resource
import select
import signal
import sys
import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from halfgig.cells import oom_errors
from halfgig.cells.protocol import CellConnection, HangupError
from halfgig.errors import CellFailed, HalfgigError, MemoryExceeded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

    from halfgig.cells.protocol import Message

LAST_WORDS_S = 2.0
"""Seconds a job has to clean up after its parent was killed."""


def main() -> None:
    """Run jobs from the wire, one after the other, until it ends."""
    wire = CellConnection(int(sys.argv[1]))
    faulthandler.enable(all_threads=False)
    signal.signal(signal.SIGTERM, _leave)
    _thread.start_new_thread(_end_with_parent, (wire.fd, _thread.get_ident()))
    with contextlib.suppress(HangupError):
        wire.send(("started", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
        while _serve(wire, wire.receive()):
            pass


def _serve(wire: CellConnection, request: Message) -> bool:
    """Run one job; False when no other may follow."""
    match request:
        case ("run", str(stage), int(budget_mb), str(target), tuple(args)):
            reply = _answer(stage, budget_mb, functools.partial(_stream, wire, target, args))
            gc.collect()  # what a failed job leaves in cycles must not burden the next
            wire.send(reply)
            return reply[0] != "worn"
    return False


def _answer(stage: str, budget_mb: int, job: Callable[[], None]) -> Message:
    try:
        job()
    except HangupError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it crosses to the parent
        kind = "worn" if _broke_an_import(error) else "failed"
        return (kind, _crossing(error, stage, budget_mb))
    return ("done",)


def _stream(wire: CellConnection, target: str, args: tuple[object, ...]) -> None:
    module, _, name = target.partition(":")
    results: Iterable[object] = getattr(importlib.import_module(module), name)(*args)
    try:
        for result in results:
            wire.send(("made", result))
    finally:
        if isinstance(results, Generator):
            results.close()


def _crossing(error: Exception, stage: str, budget_mb: int) -> HalfgigError:
    if isinstance(error, HalfgigError) and _survives_pickle(error):
        return error
    try:
        asked = oom_errors.refused(error)
    except MemoryError:
        asked = ""
    if asked is not None:
        return MemoryExceeded(stage, budget_mb, asked)
    import traceback

    return CellFailed(stage, oom_errors.kind(error), str(error), "".join(traceback.format_exception(error)))


def _survives_pickle(error: HalfgigError) -> bool:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - made here a moment ago
    except Exception:  # noqa: BLE001 - a constructor of another shape than its args; it crosses as a CellFailed
        return False
    return True


def _broke_an_import(error: Exception) -> bool:
    """Return whether a module was left half imported: numpy refuses to be imported again, other extensions crash."""
    link, modules = error.__traceback__, False
    while link is not None and not modules:
        modules = link.tb_frame.f_code.co_name == "<module>"
        link = link.tb_next
    return modules or isinstance(error, ImportError)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def _end_with_parent(fd: int, main_thread: int) -> None:
    """Wait for the parent's end of the wire to close; let the job clean up, then end the process.

    Not PR_SET_PDEATHSIG: it fires when the parent's *thread* ends, and servers run jobs from pools of threads.
    """
    hangup = select.poll()
    hangup.register(fd, 0)
    hangup.poll()
    signal.pthread_kill(main_thread, signal.SIGTERM)
    time.sleep(LAST_WORDS_S)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
