"""Both clients against a server that fails as it is told to."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.client import ApiError, AsyncClient, Client, ConnectionFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

VIDEO = {"id": "video_1", "status": "completed", "progress": 100, "a_new_field": 1}
FILE = bytes(range(256)) * 400


@dataclass
class Answer:
    """What the server does with one request."""

    status: int = 200
    body: bytes = json.dumps(VIDEO).encode()
    headers: dict[str, str] = field(default_factory=dict)
    sent: int | None = None
    """Bytes of the body after which the connection is cut."""


@dataclass
class Stage:
    """A server that gives prepared answers in order, and remembers the requests."""

    url: str
    answers: list[Answer]
    requests: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def staged(*answers: Answer) -> Iterator[Stage]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            stage.requests.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
            answer = stage.answers.pop(0)
            self.send_response(answer.status)
            for name, value in {"content-length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body[: answer.sent])
            self.close_connection = True

        do_POST = do_GET  # noqa: N815 - the name is the base class's

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stage = Stage(f"http://127.0.0.1:{server.server_port}", list(answers))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield stage
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def blocking(stage: Stage, name: str, *args: Any) -> Any:
    with Client(stage.url, most_retries=2) as client:
        return getattr(client.videos, name)(*args)


def awaited(stage: Stage, name: str, *args: Any) -> Any:
    async def run() -> Any:
        async with AsyncClient(stage.url, most_retries=2) as client:
            return await getattr(client.videos, name)(*args)

    return asyncio.run(run())


either = pytest.mark.parametrize("do", [blocking, awaited])

BUSY = Answer(429, b'{"error": {"message": "later", "code": "busy"}}', {"retry-after-ms": "1"})


@either
def test_a_busy_server_is_asked_again_with_the_same_idempotency_key(do: Callable[..., Any]) -> None:
    with staged(BUSY, BUSY, Answer(202)) as stage:
        assert do(stage, "create", "Hi.").id == "video_1"
    keys = {request["idempotency-key"] for request in stage.requests}
    assert (len(stage.requests), len(keys)) == (3, 1)


@either
def test_after_the_last_repetition_the_servers_own_error_is_raised(do: Callable[..., Any]) -> None:
    with staged(BUSY, BUSY, BUSY) as stage, pytest.raises(ApiError, match="later") as refused:
        do(stage, "get", "video_1")
    assert (refused.value.status, refused.value.code) == (429, "busy")


@either
def test_what_the_server_calls_pointless_is_not_repeated(do: Callable[..., Any]) -> None:
    hopeless = Answer(503, BUSY.body, {"x-should-retry": "false"})
    with staged(hopeless) as stage, pytest.raises(ApiError):
        do(stage, "get", "video_1")


@either
def test_an_answer_that_is_no_json_is_quoted(do: Callable[..., Any]) -> None:
    with staged(Answer(404, b"<html>nginx</html>")) as stage, pytest.raises(ApiError, match=r"404.*nginx"):
        do(stage, "get", "video_1")


@either
def test_a_remix_whose_connection_fails_is_not_asked_for_twice(do: Callable[..., Any]) -> None:
    with staged() as stage, pytest.raises(ConnectionFailed):  # the server has no answer left and hangs up
        do(stage, "remix", "video_1", "Again.")
    assert len(stage.requests) == 1


@either
def test_a_download_that_breaks_off_goes_on_where_it_ended(do: Callable[..., Any], tmp_path: Path) -> None:
    broken = Answer(200, FILE, {"etag": '"1"'}, sent=50_000)
    rest = Answer(206, FILE[50_000:], {"etag": '"1"'})
    with staged(broken, rest) as stage:
        assert do(stage, "download", "video_1", tmp_path / "it.mp4").read_bytes() == FILE
    assert (stage.requests[1]["range"], stage.requests[1]["if-range"]) == ("bytes=50000-", '"1"')


@either
def test_a_file_that_changed_meanwhile_is_downloaded_from_its_start(do: Callable[..., Any], tmp_path: Path) -> None:
    broken, other = Answer(200, FILE, {"etag": '"1"'}, sent=50_000), Answer(200, FILE[::-1], {"etag": '"2"'})
    with staged(broken, other) as stage:
        assert do(stage, "download", "video_1", tmp_path / "it.mp4").read_bytes() == FILE[::-1]


@either
def test_a_download_that_fails_leaves_no_file_under_its_name(do: Callable[..., Any], tmp_path: Path) -> None:
    cut = Answer(200, FILE, sent=10)
    with staged(cut, cut, cut) as stage, pytest.raises(ConnectionFailed):
        do(stage, "download", "video_1", tmp_path / "it.mp4")
    assert not (tmp_path / "it.mp4").exists()


@either
def test_a_server_that_is_not_there_is_told(do: Callable[..., Any]) -> None:
    with staged() as stage:
        pass
    with pytest.raises(ConnectionFailed, match="check its address"):
        do(stage, "get", "video_1")
