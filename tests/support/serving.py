"""A whole server, as an operator starts it: `halfgig serve` under a memory limit, asked over HTTP."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from halfgig.server.memory_state import read_state
from tests.support import http
from tests.support.cgroup import Fence, fenced
from tests.support.command import COMMAND, plain_environment
from tests.support.measured_faces import share_faces
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PORTS = (10_000, 30_000)
"""Where a free port is looked for: below those the system gives to clients, so that none of them takes it meanwhile."""


@dataclass
class Server:
    """A server that runs."""

    url: str
    supervisor: subprocess.Popen[bytes]
    fence: Fence
    data: Path
    log: Path
    ready_s: float = 0.0
    """Seconds from its start until it was ready."""

    @property
    def run(self) -> Path:
        """The folder where its processes meet."""
        return self.data / "server" / "run"

    def said(self) -> str:
        """Return its log so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def client(self, **options: object) -> httpx.Client:
        """Return a client of it; its owner closes it."""
        return http.client(self.url, **options)

    def pids(self) -> dict[str, int]:
        """Return the supervisor's children by name."""
        state = read_state(self.run)
        return dict(state.pids) if state else {}

    def wait_until_ready(self) -> float:
        """Wait until it says that it is ready; give how long that took, in seconds."""
        start = time.monotonic()
        assert soon(lambda: self._is_ready() or self.supervisor.poll() is not None), self.said()
        assert self.supervisor.poll() is None, self.said()
        return time.monotonic() - start

    def _is_ready(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return http.get(f"{self.url}/readyz").status_code == 200
        return False

    def stop(self, number: int = signal.SIGTERM, timeout_s: float = PATIENCE_S) -> int:
        """End it by a signal and give its exit code."""
        if self.supervisor.poll() is None:
            self.supervisor.send_signal(number)
        return self.supervisor.wait(timeout_s)


def free_port() -> int:
    """Return a port that nobody listens at."""
    while True:
        port = random.SystemRandom().randrange(*PORTS)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def start(fence: Fence, data: Path, port: int, **settings: str) -> Server:
    """Start a server whose data lie in a folder; what it says is appended to a log there."""
    data.mkdir(parents=True, exist_ok=True)
    share_faces(data / "server" / "cache")
    environment = plain_environment(DATA_DIR=str(data), PORT=str(port), **settings)
    log = data / "server.log"
    with log.open("ab") as said:
        supervisor = subprocess.Popen(
            fence.command([*COMMAND, "serve"]),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    return Server(f"http://127.0.0.1:{port}", supervisor, fence, data, log)


@contextlib.contextmanager
def serving(data: Path, limit_mb: int = 512, **settings: str) -> Iterator[Server]:
    """Run a server under a limit until the block ends; it is ready when the block begins."""
    with fenced(limit_mb) as fence:
        server = start(fence, data, free_port(), **settings)
        try:
            server.ready_s = server.wait_until_ready()
            yield server
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.stop()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.supervisor.pid, signal.SIGKILL)
            server.supervisor.wait()
