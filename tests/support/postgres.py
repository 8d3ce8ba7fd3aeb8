"""A real Postgres for tests: the machine's own programs, in a temporary folder, on a socket there."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))

USERS = ("postgres", "nobody")
"""Whom the server runs as in tests that run as root, which Postgres refuses."""

QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60")
"""Settings of a server whose data nobody needs after the test."""

_numbers = itertools.count()


class Server:
    """A Postgres server of one's own; it ends with the block, and may be stopped and started before."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder, self._programs = folder, programs
        self._prefix: list[str] = []
        if os.geteuid() == 0:
            user = next(name for name in USERS if _exists(name))
            self._prefix = ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._run("initdb", "-U", "tester", "-A", "trust", "--no-sync", "-D", str(folder / "data"))
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-k {self._folder} -p {self.port} -h 127.0.0.1 " + " ".join(f"-c {each}" for each in QUICK)
        self._run(
            "pg_ctl", "-D", str(self._folder / "data"), "-l", str(self._folder / "log"), "-w", "-o", options, "start"
        )

    def stop(self) -> None:
        """Stop it at once, as if it had crashed."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", "immediate", "stop")

    def url(self, name: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return f"postgresql://tester:s3cret-word@127.0.0.1:{self.port}/{name}"

    def new(self) -> str:
        """Make an empty database; return its address."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._prefix, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder)


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Run a server for the block; skip the test on a machine without one."""
    if not PROGRAMS:
        pytest.skip("needs Postgres: install the package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short, since a socket's path has a hundred bytes
    folder.chmod(0o755)
    it = None
    try:
        it = Server(folder, PROGRAMS[-1])
        yield it
    finally:
        if it:
            with contextlib.suppress(subprocess.CalledProcessError):  # a test stopped it
                it.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Run a server for all tests of this process."""
    with server() as it:
        yield it


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
