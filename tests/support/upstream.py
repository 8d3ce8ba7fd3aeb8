"""A local server with the layout of the Hugging Face hub and of GitHub's hosts, which can be made to misbehave.

Large files of the hub and all of a release are redirected to a second host name, as to their storage; the rest come
directly.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = 10_000
"""Files from this length on, in bytes, are kept in the storage with a SHA-256, as by git-lfs."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request for bytes."""

    status: int = 0
    """An answer instead of the file."""
    headers: tuple[tuple[str, str], ...] = ()
    cut_after: int = -1
    """How many bytes are sent before the connection breaks."""
    wait_s: float = 0.0
    """Seconds before the first byte."""
    other_bytes: bool = False
    """Whether other bytes of the same number are sent."""
    no_ranges: bool = False
    """Whether Range requests are ignored."""


@dataclass(frozen=True, slots=True)
class Request:
    """Record one request."""

    method: str
    host: str
    path: str
    range: str
    authorization: str


@dataclass
class Upstream:
    """What is served, what is to go wrong, and what was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    """Contents by "owner/repository/path"."""
    commit: str = "0123456789abcdef0123456789abcdef01234567"
    faults: deque[Fault] = field(default_factory=deque)
    """What goes wrong with the next requests for bytes, one after the other."""
    head_faults: deque[Fault] = field(default_factory=deque)
    """The same for questions about a file."""
    seen: list[Request] = field(default_factory=list)
    sent: int = 0
    """Bytes of files that went out."""
    slow_s: float = 0.0
    """Seconds of rest after every block of 4096 bytes."""
    with_etag: bool = True
    port: int = 0

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self.port}"

    def gets(self, end: str = "") -> list[Request]:
        """Return the requests for bytes whose path ends so, those to the storage left out."""
        return [request for request in self.seen if request.method == "GET" and request.path.endswith(end)]


@contextlib.contextmanager
def serving(upstream: Upstream) -> Iterator[Upstream]:
    """Serve for a block."""

    class Handler(_Handler):
        world = upstream

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    upstream.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield upstream
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    world: Upstream
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path, host = urlsplit(self.path).path, self.headers["Host"].split(":")[0]
        asked = {name: self.headers.get(name, "") for name in ("Range", "Authorization")}
        self.world.seen.append(Request(self.command, host, path, asked["Range"], asked["Authorization"]))
        if self.command == "HEAD" and self.world.head_faults and self._spoilt(self.world.head_faults.popleft()):
            return
        if path.startswith("/storage/"):
            self._send(next(c for c in self.world.files.values() if sha256(c) == path.rpartition("/")[2]))
        elif hub := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(self.world.files.get(f"{hub[1]}/{hub[3]}"))
        elif release := re.fullmatch(r"/([^/]+/[^/]+)/releases/download/[^/]+/([^/]+)", path):
            self._release(self.world.files.get(f"{release[1]}/{release[2]}"))
        elif (raw := re.fullmatch(r"(?:/media)?/([^/]+/[^/]+)/([^/]+)/(.+)", path)) and (
            f"{raw[1]}/{raw[3]}" in self.world.files
        ):
            self._send(self.world.files[f"{raw[1]}/{raw[3]}"])
        else:
            self._status(404)

    def _resolve(self, content: bytes | None) -> None:
        if content is None:
            self._status(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": self.world.commit})
        elif len(content) < LARGE:
            self._send(content, {"X-Repo-Commit": self.world.commit, **self._etag("ETag", git_sha1(content))})
        else:
            headers = self._etag("X-Linked-Etag", sha256(content)) | {
                "X-Linked-Size": str(len(content)),
                "X-Repo-Commit": self.world.commit,
                "Location": f"http://localhost:{self.world.port}/storage/{sha256(content)}",
            }
            self._status(302, headers)

    def _release(self, content: bytes | None) -> None:
        if content is None:
            self._status(404)
        else:
            self._status(302, {"Location": f"http://localhost:{self.world.port}/storage/{sha256(content)}"})

    def _etag(self, name: str, value: str) -> dict[str, str]:
        return {name: f'"{value}"'} if self.world.with_etag else {}

    def _spoilt(self, fault: Fault) -> bool:
        time.sleep(fault.wait_s)
        if fault.status:
            self._status(fault.status, dict(fault.headers))
        return bool(fault.status)

    def _status(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, content: bytes, headers: dict[str, str] | None = None) -> None:
        getting = self.command == "GET"
        fault = self.world.faults.popleft() if getting and self.world.faults else Fault()
        if getting and self._spoilt(fault):
            return
        if fault.other_bytes:
            content = bytes(255 - byte for byte in content)
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked and not fault.no_ranges else 0
        if start >= len(content) > 0 and start:
            self._status(416, {"Content-Range": f"bytes */{len(content)}"})
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        for name, value in {**(headers or {}), "Content-Length": str(len(content) - start)}.items():
            self.send_header(name, value)
        self.end_headers()
        if getting:
            self._body(content[start:], fault.cut_after)

    def _body(self, body: bytes, cut_after: int) -> None:
        body, self.close_connection = (body[:cut_after], True) if cut_after >= 0 else (body, False)
        with contextlib.suppress(ConnectionError):
            for start in range(0, len(body), 4096):
                self.wfile.write(body[start : start + 4096])
                self.world.sent += len(body[start : start + 4096])
                time.sleep(self.world.slow_s)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a content in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def git_sha1(content: bytes) -> str:
    """Return the name git has for a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
