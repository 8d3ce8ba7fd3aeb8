"""A supervisor in its own process, with child programs of a few lines of Python."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.command import plain_environment
from tests.support.serving import free_port
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "TEST_MARK"

SERVE = """
import json, sys
from halfgig.server.supervisor.commands import Commands
from halfgig.server.supervisor.main_loop import serve
from halfgig.settings import read_settings
web, work = json.loads(sys.argv[1])
sys.exit(serve(read_settings(), Commands(tuple(web), tuple(work))))
"""

WEB = """
import os, socket
listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
while True:
    with listener.accept()[0] as client:
        client.recv(1000)
        client.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n")
"""
"""A web program that answers each request."""

WORK = """
import os, socket, sys
listener = socket.socket(fileno=int(sys.argv[-1]))
while True:
    with listener.accept()[0] as client:
        if client.recv(100) == b"end":
            sys.exit(0)
        client.sendall(str(os.getpid()).encode())
"""
"""A worker that answers with its process id, and ends on request."""

CELL = """
import sys, time
block = bytearray(int(sys.argv[1]) << 20)
block[::4096] = b"x" * len(block[::4096])
print("full", flush=True)
time.sleep(36_000)
"""
"""A cell that holds a number of MB."""


def program(code: str, *arguments: str) -> list[str]:
    """Return a command that runs a few lines of Python."""
    return [sys.executable, "-S", "-c", code, *arguments]


@dataclass
class Server:
    """A running supervisor."""

    process: subprocess.Popen[bytes]
    data: Path
    log: Path
    mark: str = field(default="", repr=False)

    @property
    def run_dir(self) -> Path:
        """The folder shared by the server's processes."""
        return self.data / "server" / "run"

    def said(self) -> str:
        """Return the output of the supervisor and its children so far."""
        return self.log.read_text(encoding="utf-8")

    def says(self, words: str, times: int = 1) -> bool:
        """Wait until the output contains a text."""
        return soon(lambda: self.said().count(words) >= times)

    def ask(self, words: bytes = b"who") -> bytes:
        """Send the worker a request over the socket and wait for its answer."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE_S)
            client.connect(str(self.run_dir / "work.sock"))
            client.sendall(words)
            return client.recv(100)

    def ended(self, within_s: float = PATIENCE_S) -> int:
        """Wait for the supervisor's end; return its exit code."""
        return self.process.wait(timeout=within_s)

    def left_running(self) -> list[int]:
        """Return the running processes of the server, the supervisor included, without zombies."""
        pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        return [pid for pid in pids if self._is_ours(pid)]

    def _is_ours(self, pid: int) -> bool:
        with contextlib.suppress(OSError):
            return f"{MARK}={self.mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes()
        return False


def command(web: str = WEB, work: str = WORK) -> list[str]:
    """Return the command of a supervisor over these two programs."""
    return [sys.executable, "-c", SERVE, json.dumps([program(web), program(work)])]


@contextlib.contextmanager
def supervised(argv: list[str], data: Path, **settings: str) -> Iterator[Server]:
    """Start a command that becomes a supervisor, and kill all its processes at the end."""
    mark = uuid.uuid4().hex
    env = plain_environment(**({"DATA_DIR": str(data), "MEMORY_LIMIT": "512M", MARK: mark} | settings))
    log = data / f"log.{mark}"
    with log.open("ab") as stderr:
        process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stderr=stderr)
    running = Server(process, data, log, mark)
    try:
        yield running
    finally:
        for pid in running.left_running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def server(data: Path, web: str = WEB, work: str = WORK, **settings: str) -> Iterator[Server]:
    """Start a supervisor, and kill all its processes at the end."""
    with supervised(command(web, work), data, **({"PORT": str(free_port())} | settings)) as running:
        yield running


@contextlib.contextmanager
def ready_server(data: Path, web: str = WEB, work: str = WORK, **settings: str) -> Iterator[Server]:
    """Start a supervisor and wait until the web program answers."""
    with server(data, web, work, **settings) as running:
        assert running.says("web is ready"), running.said()
        yield running
