"""Commands that run while a test looks on, and what they leave behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.server.supervisor.processes import children_of
from tests.support.command import COMMAND, Ran, plain_environment, without_progress
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "TEST_MARK"


def own_cells() -> list[int]:
    """List the cells of this process, zombies included: not the servers that fixtures of other tests keep."""
    return [pid for pid in children_of(os.getpid()) if _is_cell(pid)]


def _is_cell(pid: int) -> bool:
    with contextlib.suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"halfgig.cells" in command or not command  # which a zombie has not
    return False


def has_open(pid: int, path: Path) -> bool:
    """Return whether a process has a file open."""
    with contextlib.suppress(OSError):
        return any(each.resolve() == path.resolve() for each in Path(f"/proc/{pid}/fd").iterdir())
    return False


def catches(pid: int, number: int) -> bool:
    """Return whether a process has a handler for a signal."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        mask = next(line.split()[1] for line in lines if line.startswith("SigCgt"))
        return bool(int(mask, 16) >> (number - 1) & 1)
    return False


@dataclass
class Running:
    """A command that runs in a process group of its own, as under a shell."""

    process: subprocess.Popen[bytes]
    mark: str
    """What its environment, and that of all it starts, can be known by."""

    def cell(self) -> int:
        """Wait until its cell runs; give the cell's process id."""
        assert soon(lambda: bool(children_of(self.process.pid)))
        return children_of(self.process.pid)[0]

    def send(self, number: int) -> None:
        """Send a signal to the process group, as a terminal does."""
        os.killpg(self.process.pid, number)

    def ended(self) -> Ran:
        """Wait for its end."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return Ran(self.process.returncode, out.decode(), without_progress(err.decode()))

    def left_running(self) -> list[int]:
        """List what still runs of what it started."""
        return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if self._is_ours(pid)]  # noqa: PTH208

    def _is_ours(self, pid: int) -> bool:
        with contextlib.suppress(OSError):
            return f"{MARK}={self.mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes()
        return False


@contextlib.contextmanager
def running(*arguments: str | Path, **settings: str) -> Iterator[Running]:
    """Start the command; whatever happens, none of it is left."""
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=plain_environment(**settings, **{MARK: mark}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    command = Running(process, mark)
    try:
        yield command
    finally:
        for pid in command.left_running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.communicate()
