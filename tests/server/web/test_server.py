"""The web processes: gunicorn follows the settings, and nothing heavy is imported."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from halfgig.server.web.server import gunicorn_options
from halfgig.server.web.uvicorn_worker import TimeoutProtocol
from halfgig.settings import Settings
from tests.server.web.servers import heard
from tests.support import http
from tests.support.command import plain_environment
from tests.support.serving import free_port
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAVY = {
    "numpy",
    "onnxruntime",
    "cv2",
    "av",
    "PIL",
    "dbos",
    "sqlalchemy",
    "httpx",
    "huggingface_hub",
    "espeakng_loader",
}
MOST_MB = 48


class Web:
    """Running web processes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.url, self._log = process, f"http://127.0.0.1:{port}", log

    def log(self) -> str:
        """Return their output."""
        return self._log.read_text(encoding="utf-8")

    def answers(self) -> bool:
        """Return whether they are running."""
        with contextlib.suppress(httpx.TransportError):
            return http.get(f"{self.url}/healthz").status_code == 200
        return False


@contextlib.contextmanager
def web(folder: Path, **settings: str) -> Iterator[Web]:
    """Start the web processes as the supervisor does."""
    port, log = free_port(), folder / "log"
    environment = plain_environment(DATA_DIR=str(folder), PORT=str(port), **settings)
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "halfgig.server.web.server"], env=environment, stderr=file)
    started = Web(process, port, log)
    try:
        assert soon(started.answers), started.log()
        yield started
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def impatient(head_s: float, most_of_one: int = 9) -> Iterator[int]:
    """Run a server with this timeout for request headers and limit of connections of an address; yield its port."""

    class Impatient(TimeoutProtocol):
        pass

    async def says_hello(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await asyncio.sleep(2 * head_s)
        await send({"type": "http.response.body", "body": b"hello"})

    Impatient.head_s, Impatient.most_of_one = head_s, most_of_one
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(says_hello, http=Impatient, lifespan="off", log_level="critical"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert soon(lambda: server.started)
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_one_worker_is_the_default_and_the_settings_are_followed(tmp_path: Path) -> None:
    plain = gunicorn_options(Settings(data_dir=tmp_path))
    other = gunicorn_options(Settings(data_dir=tmp_path, workers=4, preload=False, bind="::", port=80, drain_seconds=0))
    assert (plain["workers"], plain["preload_app"], plain["bind"]) == (1, True, ["127.0.0.1:8000"])
    assert (other["workers"], other["preload_app"], other["bind"]) == (4, False, ["[::]:80"])
    assert (plain["graceful_timeout"], other["graceful_timeout"]) == (25, 1)


def test_gunicorn_knows_every_option(tmp_path: Path) -> None:
    from gunicorn.config import Config

    config = Config()
    for name, value in gunicorn_options(Settings(data_dir=tmp_path)).items():
        config.set(name, value)


def test_one_worker_boots_once_and_ends_when_told(tmp_path: Path) -> None:
    with web(tmp_path) as server:
        assert http.get(f"{server.url}/v1/models").status_code == 200
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE_S) == 0
    assert server.log().count("Booting worker with pid") == 1
    assert "Traceback" not in server.log()


def test_workers_count_together(tmp_path: Path) -> None:
    with web(tmp_path, WORKERS="2", PRELOAD="false") as server:
        assert soon(lambda: server.log().count("Booting worker with pid") == 2)
        for _ in range(12):
            assert http.get(f"{server.url}/v1/models").status_code == 200
        found = http.get(f"{server.url}/metrics").text
    assert 'halfgig_http_requests_total{method="GET",route="/v1/models",status="200"} 12.0' in found


def test_the_head_of_a_request_must_come_in_time() -> None:
    with impatient(0.3) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        line.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n")
        assert line.recv(1) == b""


def test_a_connection_that_says_nothing_is_let_go() -> None:
    with impatient(0.3) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        assert line.recv(1) == b""


def asked(port: int) -> bytes:
    """Send a request on a connection of its own; return how the answer begins."""
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    with line, contextlib.suppress(ConnectionError):
        line.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        return line.recv(8)
    return b""


def is_closed(line: socket.socket) -> bool:
    """Wait until something comes from the other side; return whether it is the connection's end."""
    with contextlib.suppress(ConnectionError):
        return line.recv(1) == b""
    return True


def test_a_further_connection_of_an_address_replaces_its_oldest_without_a_request() -> None:
    with impatient(2, most_of_one=2) as port, contextlib.ExitStack() as stack:
        lines = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) for _ in range(9)]
        for line in map(stack.enter_context, lines):
            line.sendall(b"GET")
        assert asked(port) == b"HTTP/1.1"
        assert all(map(is_closed, lines))


def test_an_address_whose_connections_all_have_requests_gets_no_more_of_them() -> None:
    with impatient(2, most_of_one=1) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as one:
        one.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert one.recv(8) == b"HTTP/1.1"
        assert asked(port) == b""


def test_an_answer_may_take_longer_than_the_head_of_its_request() -> None:
    with impatient(3) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        line.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert heard(line)[1].endswith(b"hello")


@pytest.mark.parametrize("both", [True, False])
def test_a_body_of_two_lengths_ends_the_connection(tmp_path: Path, both: bool) -> None:
    with web(tmp_path) as server, socket.create_connection(("127.0.0.1", int(server.url[17:])), PATIENCE_S) as line:
        length = "content-length: 6\r\n" if both else ""
        head = f"POST /v1/audio/speech HTTP/1.1\r\nhost: localhost\r\n{length}transfer-encoding: chunked\r\n\r\n"
        line.sendall(f"{head}0\r\n\r\n".encode())
        status, said = heard(line)
        ended = b"connection: close" in said.lower()
    assert (status, ended) == (400, both)


def test_what_is_no_http_is_answered_in_openais_shape() -> None:
    with impatient(PATIENCE_S) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        line.sendall(b"HELLO\r\n\r\n")
        status, said = heard(line)
    assert status == 400
    assert json.loads(said.partition(b"\r\n\r\n")[2])["error"]["type"] == "invalid_request_error"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_web_program_is_small_and_loads_nothing_heavy() -> None:
    code = (
        "import json, sys, halfgig.server.web.app, halfgig.server.web.uvicorn_worker\n"
        "anon = next(line for line in open('/proc/self/status') if line.startswith('RssAnon'))\n"
        "print(json.dumps([int(anon.split()[1]) / 1024, sorted({name.split('.')[0] for name in sys.modules})]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore::ResourceWarning", "-c", code],
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    private_mb, loaded = json.loads(done.stdout)
    assert HEAVY & set(loaded) == set()
    assert private_mb < MOST_MB


FIRST_REQUEST = """
import json, sys, tempfile, tracemalloc
from pathlib import Path
from starlette.testclient import TestClient
from halfgig.server.web.app import make_app
from halfgig.server.web.server import complete
from halfgig.settings import Settings
app = make_app(Settings(data_dir=Path(tempfile.mkdtemp())))
complete(app)
loaded = set(sys.modules)
client = TestClient(app, base_url="http://127.0.0.1")
tracemalloc.start()
before = tracemalloc.get_traced_memory()[0]
assert client.get("/healthz").status_code == 200
kept = tracemalloc.get_traced_memory()[0] - before
print(json.dumps([kept, "ctypes" in loaded, "anyio._backends._asyncio" in loaded]))
"""


def test_what_the_first_request_needs_is_made_before_workers_fork() -> None:
    told = subprocess.run(
        [sys.executable, "-c", FIRST_REQUEST], capture_output=True, check=True, env=plain_environment()
    )
    kept_bytes, *loaded = json.loads(told.stdout)
    assert kept_bytes < 2**19  # all routes take 2.5 MB
    assert loaded == [True, True]
