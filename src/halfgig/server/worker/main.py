"""The worker process: answers requests on a socket, speaks, makes videos, and exits when idle."""

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
from halfgig.server.heart import Heart
from halfgig.server.memory_state import NORMAL, read_state
from halfgig.server.paths import ServerPaths
from halfgig.server.plan import server_plan
from halfgig.server.worker.admission import MemoryAdmission
from halfgig.server.worker.avatar_maker import AvatarMaker
from halfgig.server.worker.connection import Connection
from halfgig.server.worker.face_finder import FaceFinder
from halfgig.server.worker.origin_checker import OriginChecker
from halfgig.server.worker.rpc import RequestHandler
from halfgig.server.worker.speech.server import SpeechServer
from halfgig.server.worker.speech.signer import SoundSigner
from halfgig.server.worker.speech.voice_list import VoiceList
from halfgig.server.worker.upload_cells import UploadCells
from halfgig.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.capacity.plan import Plan
    from halfgig.server.worker.videos.runner import VideoRunner

POLL_S = 0.5
"""Seconds between checks of memory, videos and idleness."""

STALE_S = 10.0
"""Age in seconds at which the memory state written by the supervisor is ignored."""

STORE_POLL_S = 5.0
"""Seconds between checks of the job store without a listener, where nobody reports new videos."""

LOCK_S = 15.0
"""Seconds to wait for the previous worker to exit."""

EXIT_S = 8.0
"""Seconds after which a worker that is closing exits even if a thread hangs; jobs in the store are not lost."""

SPARE_CONNECTIONS = 32
"""Connections allowed beyond the speech streams: for short requests and for "busy" answers."""

ALREADY_THERE = 75
"""Exit code if another worker uses the same folder."""


class Worker:
    """The worker's main loop and its parts. Without a listener it only makes the videos in the job store."""

    def __init__(self, settings: Settings, plan: Plan, listener: socket.socket | None) -> None:
        self._settings = settings
        self._plan = plan
        self._paths = ServerPaths.of(settings)
        self._listener = listener
        self._admission = MemoryAdmission(plan.cells_mb)
        self._video_runner: VideoRunner | None = None
        self._speech = SpeechServer(settings, plan, self._admission, lambda: self._video_client)
        voices = VoiceList(settings, self._admission)
        uploads = UploadCells(plan, self._admission)
        shutil.rmtree(self._paths.sounds, ignore_errors=True)  # of a worker that was killed
        self._handler = RequestHandler(
            self._speech,
            voices,
            FaceFinder(settings, uploads),
            OriginChecker(settings, uploads),
            AvatarMaker(settings, uploads),
            self._videos,
            lambda: self._memory_is_short,
            self._status,
            SoundSigner(settings, self._admission),
            self._paths.sounds,
        )
        self._lock = threading.Lock()
        self._connections: set[threading.Thread] = set()
        self._memory_is_short = False
        self._is_stopping = False
        self._busy_at = self._jobs_at = time.monotonic()
        self._heart = Heart(os.environ)

    def run(self) -> int:
        """Work until idle or stopped; return the exit code."""
        self._check_job_store()
        while not self._is_stopping and self._speech.is_alive():
            self._heart.beat()
            self._accept()
            self._check_memory()
            if self._listener is None and time.monotonic() - self._jobs_at > STORE_POLL_S:
                self._check_job_store()
            if self._is_idle():
                break
        code = 0 if self._speech.is_alive() else 1
        self._close()
        return code

    def stop(self) -> None:
        """Ask the main loop to end; may be called from a signal handler."""
        self._is_stopping = True

    def _accept(self) -> None:
        """Wait briefly for a connection and answer it in a thread of its own."""
        if self._listener is None:
            time.sleep(POLL_S)
            return
        try:
            client, _ = self._listener.accept()
        except (TimeoutError, BlockingIOError, ConnectionAbortedError):
            return
        connection = Connection(client, self._settings.slow_client_seconds)
        with self._lock:
            count = len(self._connections)
        if count >= self._settings.max_streams + self._settings.max_queue + SPARE_CONNECTIONS:
            self._refuse(client, count)
            return
        thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
        with self._lock:
            self._connections.add(thread)
        thread.start()

    def _refuse(self, client: socket.socket, count: int) -> None:
        message = ipc.refusal(Busy(f"{count} requests are being answered, and no more can be; try again", 5))
        with client, contextlib.suppress(OSError):
            client.setblocking(False)
            client.send(ipc.packed(message))

    def _serve(self, connection: Connection) -> None:
        try:
            self._handler.serve(connection)
        finally:
            with self._lock:
                self._connections.discard(threading.current_thread())

    def _check_memory(self) -> None:
        state = read_state(self._paths.run)
        is_fresh = state is not None and time.time() - state.at < STALE_S
        self._memory_is_short = state is not None and is_fresh and state.pressure != NORMAL
        if self._memory_is_short:
            self._speech.close_idle()

    def _check_job_store(self) -> None:
        self._jobs_at = time.monotonic()
        if self._settings.database_url or self._paths.job_store.exists():
            self._videos().notify()

    def _videos(self) -> VideoRunner:
        """Return the video runner; it is imported and started on first use."""
        with self._lock:
            if self._video_runner is None:
                from halfgig.server.worker.videos.runner import VideoRunner

                runner = VideoRunner(self._settings, self._plan, self._admission, self._speech)
                runner.start()
                self._video_runner = runner
            return self._video_runner

    @property
    def _video_client(self) -> str | None:
        """The client whose video is being made."""
        runner = self._video_runner
        return runner.client if runner else None

    def _is_idle(self) -> bool:
        with self._lock:
            videos, connections = self._video_runner, len(self._connections)
        waits_for_others = self._listener is None or bool(self._settings.database_url)  # whose jobs come without a word
        if waits_for_others or connections or self._speech.is_busy() or (videos and videos.is_busy()):
            self._busy_at = time.monotonic()
            return False
        return time.monotonic() - self._busy_at > self._settings.idle_seconds

    def _status(self) -> dict[str, Any]:
        speech = self._speech.status()
        return {
            "pid": os.getpid(),
            "warm": speech["warm"],
            "speech": speech,
            "admission": self._admission.status(),
            "videos": self._video_runner.status() if self._video_runner else {},
            "connections": len(self._connections),
            "memory_is_short": self._memory_is_short,
        }

    def _close(self) -> None:
        # Exit even if something hangs: unfinished jobs are in the store and resume on restart.
        timer = threading.Timer(EXIT_S, os._exit, [0])
        timer.daemon = True
        timer.start()
        self._admission.close()
        self._speech.close()
        if self._video_runner:
            self._video_runner.close()
        with self._lock:
            connections = list(self._connections)
        for thread in connections:
            thread.join(0.2)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Lock a file for the block, after waiting for its previous holder; yield False if that takes too long."""
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

    `socket_fd` is the listening socket's file descriptor. Without one the worker makes the videos in the job store and
    never becomes idle.
    """
    places = ServerPaths.of(settings)
    places.root.mkdir(parents=True, exist_ok=True)
    places.run.mkdir(mode=0o700, parents=True, exist_ok=True)
    configure(places.run)
    with _locked(places.root / "work.lock") as is_locked:
        if not is_locked:
            wrong = f"another worker process has {str(places.root)!r}; end it, or give this one its own DATA_DIR"
            log("worker", wrong, ERROR)
            return ALREADY_THERE
        plan = server_plan(settings).plan
        listener = None if socket_fd is None else socket.socket(fileno=socket_fd)
        if listener:
            listener.settimeout(POLL_S)
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
