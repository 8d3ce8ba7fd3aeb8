"""The child's side of a cell, run as `python -m halfgig.cells.main FD` with its limits already set.

Every cell pays for the imports of this module, so it imports only what running a job needs.
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

from halfgig.cells import oom_errors, questions
from halfgig.cells.protocol import CellConnection, HangupError
from halfgig.errors import CellFailed, HalfgigError, MemoryExceeded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

    from halfgig.cells.protocol import Message

LAST_WORDS_S = 2.0
"""Seconds a job has to clean up after its parent died."""

TIDY_AFTER_MS = 50
"""Milliseconds without another request after which the last job's reference cycles are freed."""


def main() -> None:
    """Run the jobs received over the connection, one after the other, until it closes."""
    connection = CellConnection(int(sys.argv[1]))
    questions.listen_to(connection)
    faulthandler.enable(all_threads=False)
    signal.signal(signal.SIGTERM, _exit_on_sigterm)
    _thread.start_new_thread(_end_with_parent, (connection.fd, _thread.get_ident()))
    with contextlib.suppress(HangupError):
        connection.send(("started", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
        request = connection.receive()
        while _serve(connection, request):
            request = _next_request(connection)


def _next_request(connection: CellConnection) -> Message:
    """Return the next request, before which the reference cycles of the last job are freed.

    Finding them takes longer than a small job. So it is left out where the cell ends, as it mostly does at once, and
    before a job that is the cell's last.
    """
    waiting = select.poll()
    waiting.register(connection.fd, select.POLLIN)
    if not waiting.poll(TIDY_AFTER_MS):
        gc.collect()
        return connection.receive()
    request = connection.receive()
    if request[0] == "run":
        gc.collect()
    return request


def _serve(connection: CellConnection, request: Message) -> bool:
    """Run one job; return False if no other may follow."""
    match request:
        case ("run" | "last" as kind, str(stage), int(budget_mb), str(target), tuple(args)):
            reply = _answer(stage, budget_mb, functools.partial(_stream, connection, target, args))
            connection.send(reply)
            return kind == "run" and reply[0] != "worn"
    return False


def _answer(stage: str, budget_mb: int, job: Callable[[], None]) -> Message:
    try:
        job()
    except HangupError:
        raise
    except Exception as error:  # noqa: BLE001 - every exception is sent to the parent
        kind = "worn" if _broke_an_import(error) else "failed"
        return (kind, _portable(error, stage, budget_mb))
    return ("done",)


def _stream(connection: CellConnection, target: str, args: tuple[object, ...]) -> None:
    module, _, name = target.partition(":")
    results: Iterable[object] = getattr(importlib.import_module(module), name)(*args)
    try:
        for result in results:
            connection.send(("made", result))
    finally:
        if isinstance(results, Generator):
            results.close()


def _portable(error: Exception, stage: str, budget_mb: int) -> HalfgigError:
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
        pickle.loads(pickle.dumps(error))  # noqa: S301 - pickled in the same line
    except Exception:  # noqa: BLE001 - the constructor does not match `args`; sent as a CellFailed
        return False
    return True


def _broke_an_import(error: Exception) -> bool:
    """Return whether a module was left half imported; numpy then refuses a second import, other extensions crash."""
    link, modules = error.__traceback__, False
    while link is not None and not modules:
        modules = link.tb_frame.f_code.co_name == "<module>"
        link = link.tb_next
    return modules or isinstance(error, ImportError)


def _exit_on_sigterm(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def _end_with_parent(fd: int, main_thread: int) -> None:
    """Wait until the parent closes the connection, let the job clean up, then end the process.

    PR_SET_PDEATHSIG cannot be used: it fires when the parent's *thread* ends, and servers run jobs from thread pools.
    """
    hangup = select.poll()
    hangup.register(fd, 0)
    hangup.poll()
    signal.pthread_kill(main_thread, signal.SIGTERM)
    time.sleep(LAST_WORDS_S)
    os.kill(os.getpid(), signal.SIGKILL)


def _end(code: object) -> None:
    """End the process without taking Python apart, which takes as long as a fifth of a small job."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    try:
        main()
    except SystemExit as ended:
        _end(ended.code)
    _end(0)
