"""A stand-in for the worker process: it sends given replies over a real socket."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from halfgig.server import ipc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Message = Mapping[str, Any] | bytes
    Answers = Callable[[dict[str, Any]], Iterator[Message]]

STARTED = {"type": "started", "maker": "a fake, voice alloy"}
DONE = {"type": "done", "seconds": 1.5, "characters": 6}
BUSY = {"type": "error", "message": "full", "status": 429, "code": "busy", "param": None, "retry": True, "after_s": 2.5}


class Dies(Exception):
    """Close the connection abruptly, as a killed process does."""


@dataclass
class Work:
    """The requests received, and whether the client disconnected."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def work(path: Path, answers: Answers) -> Iterator[Work]:
    """Listen on a socket; send what `answers` yields for a request, message by message."""
    path.parent.mkdir(parents=True, exist_ok=True)
    heard = Work()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    threads: list[threading.Thread] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = listener.accept()
                threads.append(threading.Thread(target=_serve, args=(line, answers, heard)))
                threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield heard
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join()


def speaks(*messages: Message) -> Answers:
    """Return answers that send the same messages for every request."""
    return lambda _request: iter(messages)


def _serve(line: socket.socket, answers: Answers, heard: Work) -> None:
    with line, contextlib.suppress(Dies):
        request = _request(line)
        heard.requests.append(request)
        try:
            for message in answers(request):
                line.sendall(ipc.packed(message))
        except OSError:
            heard.hung_up.set()


def _request(line: socket.socket) -> dict[str, Any]:
    head = _exactly(line, ipc.HEAD.size)
    request = ipc.unpacked(head, _exactly(line, ipc.body_length(head)))
    assert isinstance(request, dict)
    return request


def _exactly(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = line.recv(size - len(data))
        if not part:
            raise Dies
        data += part
    return data
