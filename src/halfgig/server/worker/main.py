"""The worker: answers on a socket, speaks, makes videos, and ends when idle."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from halfgig.errors import HalfgigError
from halfgig.log import ERROR, configure, log
from halfgig.server import ipc
from halfgig.server.errors import Busy
from halfgig.server.memory_state import NORMAL, read_state
from halfgig.server.paths import ServerPaths
from halfgig.server.plan import server_plan
from halfgig.server.worker.admission import MemoryAdmission
from halfgig.server.worker.connection import Connection
from halfgig.server.worker.face_finder import FaceFinder
from halfgig.server.worker.rpc import RequestHandler
from halfgig.server.worker.speech.server import SpeechServer
from halfgig.server.worker.speech.voice_list import VoiceList
from halfgig.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.capacity.plan import Plan
    from halfgig.server.worker.videos.runner import VideoRunner

LOOK_S = 0.5
"""Seconds between two looks at the memory, the videos and the time."""

STALE_S = 10.0
"""Seconds after which what the supervisor wrote of the memory counts no more."""

BOOK_S = 5.0
"""Seconds between two checks of the job store when nobody reports new videos."""

LOCK_S = 15.0
"""How long the previous worker may take to end, in seconds."""

LAST_S = 8.0
"""Seconds after which the worker exits even if something still runs: jobs in the store are not lost."""

SPARE_CONNECTIONS = 32
"""Connections in addition to those of the speeches: questions, and those that are answered with "busy"."""

ALREADY_THERE = 75
"""The exit code when another worker has the same folder."""


class Worker:
    """The worker as a whole.  Without a listener it only makes the videos in the job store."""

    def __init__(self, settings: Settings, plan: Plan, listener: socket.socket | None) -> None:
        self._settings = settings
        self._plan = plan
        self._paths = ServerPaths.of(settings)
        self._listener = listener
        self._admission = MemoryAdmission(plan.cells_mb)
        self._speech = SpeechServer(settings, plan, self._admission)
        voices = VoiceList(settings, self._admission)
        faces = FaceFinder(settings, plan, self._admission)
        shutil.rmtree(self._paths.sounds, ignore_errors=True)  # of a worker that was killed
        self._handler = RequestHandler(
            self._speech, voices, faces, self._videos, lambda: self._memory_is_short, self._status, self._paths.sounds
        )
        self._lock = threading.Lock()
        self._video_runner: VideoRunner | None = None
        self._connections: set[threading.Thread] = set()
        self._memory_is_short = False
        self._is_stopping = False
        self._busy_at = self._jobs_at = time.monotonic()

    def run(self) -> int:
        """Work until there is nothing to do, or `stop`; give the exit code."""
        self._look_for_jobs()
        while not self._is_stopping and self._speech.is_alive():
            self._accept()
            self._look_at_memory()
            if self._listener is None and time.monotonic() - self._jobs_at > BOOK_S:
                self._look_for_jobs()
            if self._is_idle():
                break
        code = 0 if self._speech.is_alive() else 1
        self._close()
        return code

    def stop(self) -> None:
        """End soon; a signal's handler may call it."""
        self._is_stopping = True

    def _accept(self) -> None:
        """Wait a little for a connection, and have it answered."""
        if self._listener is None:
            time.sleep(LOOK_S)
            return
        try:
            connection, _ = self._listener.accept()
        except (TimeoutError, BlockingIOError, ConnectionAbortedError):
            return
        line = Connection(connection, self._settings.slow_client_seconds)
        with self._lock:
            count = len(self._connections)
        if count >= self._settings.max_streams + self._settings.max_queue + SPARE_CONNECTIONS:
            self._turn_away(connection, count)
            return
        thread = threading.Thread(target=self._serve, args=(line,), daemon=True)
        with self._lock:
            self._connections.add(thread)
        thread.start()

    def _turn_away(self, connection: socket.socket, count: int) -> None:
        message = ipc.refusal(Busy(f"{count} requests are being answered, and no more can be; try again", 5))
        with connection, contextlib.suppress(OSError):
            connection.setblocking(False)
            connection.send(ipc.packed(message))

    def _serve(self, line: Connection) -> None:
        try:
            self._handler.serve(line)
        finally:
            with self._lock:
                self._connections.discard(threading.current_thread())

    def _look_at_memory(self) -> None:
        state = read_state(self._paths.run)
        is_news = state is not None and time.time() - state.at < STALE_S
        self._memory_is_short = state is not None and is_news and state.pressure != NORMAL
        if self._memory_is_short:
            self._speech.close_idle()

    def _look_for_jobs(self) -> None:
        self._jobs_at = time.monotonic()
        if self._paths.job_store.exists():
            self._videos().notify()

    def _videos(self) -> VideoRunner:
        """Return who makes videos; what that takes is loaded with the first."""
        with self._lock:
            if self._video_runner is None:
                from halfgig.server.worker.videos.runner import VideoRunner

                worker = VideoRunner(self._settings, self._plan, self._admission, self._speech)
                worker.start()
                self._video_runner = worker
            return self._video_runner

    def _is_idle(self) -> bool:
        with self._lock:
            videos, connections = self._video_runner, len(self._connections)
        if self._listener is None or connections or self._speech.is_busy() or (videos and videos.is_busy()):
            self._busy_at = time.monotonic()
            return False
        return time.monotonic() - self._busy_at > self._settings.idle_seconds

    def _status(self) -> dict[str, Any]:
        speech = self._speech.status()
        return {
            "pid": os.getpid(),
            "warm": speech["warm"],
            "speech": speech,
            "seats": self._admission.status(),
            "videos": self._video_runner.status() if self._video_runner else {},
            "connections": len(self._connections),
            "memory_is_short": self._memory_is_short,
        }

    def _close(self) -> None:
        # Exit even if something hangs: unfinished jobs are in the store and resume on restart.
        last = threading.Timer(LAST_S, os._exit, [0])
        last.daemon = True
        last.start()
        self._admission.close()
        self._speech.close()
        if self._video_runner:
            self._video_runner.close()
        with self._lock:
            connections = list(self._connections)
        for thread in connections:
            thread.join(0.2)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Have the folder to oneself, once the process that had it before is gone; False when that does not end."""
    with path.open("w") as file:
        deadline = time.monotonic() + LOCK_S
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    yield False
                    return
                time.sleep(0.1)
            else:
                yield True
                return


def work(settings: Settings, socket_fd: int | None = None) -> int:
    """Run the worker; return its exit code.

    `socket_fd` is the listening socket.  Without one the worker makes the videos in the job store and never ends.
    """
    places = ServerPaths.of(settings)
    places.root.mkdir(parents=True, exist_ok=True)
    places.run.mkdir(mode=0o700, parents=True, exist_ok=True)
    configure(places.run)
    with _alone(places.root / "work.lock") as is_alone:
        if not is_alone:
            wrong = f"another worker process has {str(places.root)!r}; end it, or give this one its own DATA_DIR"
            log("worker", wrong, ERROR)
            return ALREADY_THERE
        plan = server_plan(settings).plan
        listener = None if socket_fd is None else socket.socket(fileno=socket_fd)
        if listener:
            listener.settimeout(LOOK_S)
        worker = Worker(settings, plan, listener)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        return worker.run()


def main() -> int:
    """Run the worker from the command line."""
    parser = argparse.ArgumentParser(prog="python -m halfgig.server.worker.main", description=__doc__)
    parser.add_argument("--socket-fd", type=int, help="the number of the listening socket that was handed down")
    options = parser.parse_args()
    configure()
    try:
        return work(read_settings(), options.socket_fd)
    except HalfgigError as error:
        log("worker", str(error), ERROR)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
