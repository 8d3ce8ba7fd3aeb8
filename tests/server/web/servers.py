"""The web application on a real socket, in a thread of the test."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from halfgig.server.job_store import JobStore
from halfgig.server.paths import ServerPaths
from halfgig.server.web.app import make_app
from halfgig.settings import Settings
from tests.support import http
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from halfgig.server.job import Job

_LAST_WORDS_S = 0.01
"""Time for closing connections."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running server and its files."""

    port: int
    settings: Settings
    http: httpx.Client

    @property
    def places(self) -> ServerPaths:
        """The server's files."""
        return ServerPaths.of(self.settings)

    @property
    def jobs(self) -> JobStore:
        """The job store of the server."""
        return JobStore(self.places.job_store)

    def ask(self, **fields: Any) -> httpx.Response:
        """Post a form with these fields; bytes and (name, bytes) are files."""
        files = {name: value for name, value in fields.items() if isinstance(value, bytes | tuple)}
        texts = {name: (None, str(value)) for name, value in fields.items() if name not in files}
        return self.http.post("/v1/videos", files={**texts, **files})

    def job(self, **fields: Any) -> Job:
        """Create a video and return its job."""
        answer = self.ask(**{"prompt": "Hello.", **fields})
        assert answer.status_code == 202, answer.text
        found = self.jobs.get(answer.json()["id"])
        assert found
        return found

    def finish(self, job_id: str, **files: bytes) -> None:
        """Act as the worker process: put files into a job's folder and complete the job."""
        for name, data in {"video.mp4": b"a video", **{n.replace("__", "."): d for n, d in files.items()}}.items():
            (self.places.job(job_id) / name).write_bytes(data)
        facts = {"seconds": 1.5, "width": 512, "height": 512, "frames": 38, "bytes": 7, "unit": "frames"}
        assert self.jobs.writer(job_id, 0).complete(facts)

    def left(self) -> list[str]:
        """Return the uploads and jobs on disk."""
        return [path.name for folder in ("uploads", "videos") for path in sorted(self.places.root.glob(f"{folder}/*"))]

    def connect(self) -> socket.socket:
        """Open a raw connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def say(self, *parts: bytes) -> tuple[int, bytes]:
        """Send raw bytes; return the response's status and the whole response."""
        with self.connect() as line:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for part in parts:
                    line.sendall(part)
            return heard(line)


def refused(answer: httpx.Response, status: int, code: str, param: str | None = None) -> str:
    """Check that a response is OpenAI's error with these values; return its message."""
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (status, code, param), error
    return str(error["message"])


def heard(line: socket.socket) -> tuple[int, bytes]:
    """Read one response: its status, 0 if none arrived, and the whole response."""
    said = b""
    while not _is_whole(said):
        try:
            part = line.recv(65536)
        except ConnectionResetError:
            break
        if not part:
            break
        said += part
    return (int(said.split(b" ", 2)[1]) if said else 0), said


def _is_whole(said: bytes) -> bool:
    head, parted, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return bool(parted) and length is not None and len(body) >= int(length[1])


class _Server(uvicorn.Server):
    """Ends when it is told to; uvicorn's looks ten times a second, which are half of what a request takes here."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Remember the loop, for `end`."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    async def main_loop(self) -> None:
        """Write the date into headers once, and wait."""
        await self.on_tick(0)
        await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is open, without the wait for requests that clients no longer wait for."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(_LAST_WORDS_S)

    def end(self) -> None:
        """End it from another thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._told.set)


@contextlib.contextmanager
def site(folder: Path, **settings: Any) -> Iterator[Site]:
    """Run a server on a data folder."""
    chosen = Settings(data_dir=folder, **settings)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(make_app(chosen), lifespan="off", log_level="error", access_log=False, proxy_headers=False)
    server = _Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    port = listener.getsockname()[1]
    try:
        assert soon(lambda: server.started)
        with http.client(f"http://127.0.0.1:{port}") as client:
            yield Site(port, chosen, client)
    finally:
        server.end()
        thread.join()
        listener.close()


def open_files(folder: Path) -> list[str]:
    """Return the files below a folder that this process has open."""
    found = []
    for descriptor in os.listdir("/proc/self/fd"):  # noqa: PTH208
        with contextlib.suppress(OSError):
            found.append(os.readlink(f"/proc/self/fd/{descriptor}"))  # noqa: PTH115
    return [path for path in found if path.startswith(str(folder))]
