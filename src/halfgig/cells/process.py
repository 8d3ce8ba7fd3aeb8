"""The parent's side of a cell's process: start it within its limits, read its messages, sample and reap it."""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from halfgig.cells.protocol import CellConnection, HangupError, Message
from halfgig.resources import meter

STACK_KB = 1024
"""Stack size of each thread in a cell: glibc takes it from RLIMIT_STACK, and RLIMIT_DATA counts it, touched or not.

Measured with 7 threads (2 each for OpenCV and x264): 165 MB address space at 256 KB, 169 at 1 MB, 221 at the default 8.
"""

FIRST_POLL_S = 0.005
"""Seconds between samples at a job's start; the interval grows to a tenth of the job's age."""

STDERR_BYTES = 8192
"""Number of bytes kept of a child's output during a job."""

EXIT_S = 5.0
"""Seconds an idle child has to exit."""

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_KEPT = frozenset(
    {
        *("PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("PYTHONHOME", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUTF8"),
        *("PYTHONIOENCODING", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "XDG_CACHE_HOME"),
    }
)
_KEPT_PREFIXES = ("LC_", "MALLOC_")
"""Variables that a cell inherits.  Cells decode untrusted files, so no key, token or address is passed to them."""

# The shell sets the limits, because they must apply before Python starts and preexec_fn is unsafe with threads.  A
# limit that cannot be set does not exist on the system (macOS) or is lower already.
_IN_LIMITS = """
ulimit -d "$1"; ulimit -s "$2"; ulimit -c 0; echo 1000 >/proc/self/oom_score_adj
shift 2; exec 2>&1 "$@"
"""


@dataclass(frozen=True, slots=True)
class Peak:
    """Peak memory of a cell."""

    resident_mb: float = 0.0
    """Resident memory including mapped files, MB; exact once the cell ended."""
    private_mb: float = 0.0
    """Memory that only ending the process frees, MB; sampled, so shorter spikes are missed."""
    data_mb: float = 0.0
    """Private address space, which the budget limits, MB; sampled."""

    def __or__(self, other: "Peak") -> "Peak":
        return Peak(
            max(self.resident_mb, other.resident_mb),
            max(self.private_mb, other.private_mb),
            max(self.data_mb, other.data_mb),
        )


def command(budget_mb: int, fd: int) -> list[str]:
    """Return the command line of a cell with a budget of `budget_mb`, connected to `fd`."""
    python = [sys.executable, "-P", "-m", "halfgig.cells.main", str(fd)]
    return ["/bin/sh", "-c", _IN_LIMITS, "cell", str(budget_mb * 1024), str(STACK_KB), *python]


def environment(
    environ: Mapping[str, str], path: list[str], cpus: float, inherited: tuple[str, ...] = ()
) -> dict[str, str]:
    """Return a cell's environment: inherited variables, the module path, limits for threads and malloc.

    `inherited` are prefixes of variables that this cell inherits in addition to the few that all do.
    """
    prefixes = (*_KEPT_PREFIXES, *inherited)
    kept = {name: value for name, value in environ.items() if name in _KEPT or name.startswith(prefixes)}
    # Measured on 100 puppet frames of 512 px: address space is 169 MB with one OpenBLAS thread and 333 MB with two, at
    # the same 110 MB private.  One or two malloc arenas: the same memory within 2 MB and the same time; one is safer.
    # MALLOC_TRIM_THRESHOLD_ stays at its default: 128 KB saves a tenth here and two thirds in onnxruntime without its
    # arena (120 to 38 MB), but costs 25 % and 100 % more processor time.
    return kept | {
        "PYTHONPATH": os.pathsep.join(entry or str(Path.cwd()) for entry in path),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": str(max(1, int(cpus))),
        "OPENCV_FOR_THREADS_NUM": str(max(1, int(cpus))),
        "MALLOC_ARENA_MAX": "1",
    }


def _started(budget_mb: int, fd: int, cpus: float, inherited: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the command is our own
        command(budget_mb, fd),
        bufsize=0,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(fd,),
        env=environment(os.environ, sys.path, cpus, inherited),
        start_new_session=True,  # so that a terminal's Ctrl-C reaches the parent alone
    )


class Child:
    """A running child process, its connection and its output."""

    def __init__(self, budget_mb: int, cpus: float, poll_s: float, inherited: tuple[str, ...] = ()) -> None:
        self._poll_s = poll_s
        self._last_output = bytearray()
        self._inherited_rss: int | None = None
        self._asked_at = 0.0
        self._sampled_at = 0.0
        self._kills_before = meter.oom_kills()
        self._reaping = threading.Lock()
        self.peak = Peak()
        self._socket, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as on_failure:
            on_failure.enter_context(self._socket)
            self._process = _started(budget_mb, theirs.fileno(), cpus, inherited)
            on_failure.pop_all()
        self.pid = self._process.pid
        """The process id; the kernel may reuse it once the child is reaped."""
        assert self._process.stdout
        self._output = self._process.stdout
        os.set_blocking(self._output.fileno(), False)
        self._connection = CellConnection(self._socket.fileno())
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)

    def ask(self, request: Message) -> None:
        """Send a request and discard earlier output; `receive` notices if the child is gone."""
        self.stderr()
        self._last_output.clear()
        self._asked_at = time.monotonic()
        with contextlib.suppress(HangupError):
            self._connection.send(request)

    def answer(self, answer: bytes) -> None:
        """Send the answer to a question; `receive` notices if the child is gone."""
        with contextlib.suppress(HangupError):
            self._connection.send(("answered", answer))

    def receive(self) -> Message | None:
        """Wait for the child's next message while sampling its memory; return None if the child ended."""
        try:
            while (message := self._connection.take()) is None:
                self._listen()
        except HangupError:
            return None
        if message[0] != "made":
            self._sample()
        if message[0] != "started":
            return message
        self._inherited_rss = _whole(message[1])
        return self.receive()

    def stderr(self) -> str:
        """Return the end of the child's output on stdout and stderr."""
        while not self._output.closed and self._read_output():
            pass
        return self._last_output.decode(errors="replace")

    def finish(self) -> int:
        """Wait for an idle or dying child, kill it if that takes too long, and reap it; return its exit code."""
        deadline = time.monotonic() + EXIT_S
        try:
            self._connection.send(("end",))
            while time.monotonic() < deadline:
                self._listen()
        except HangupError:
            return self._reap()
        return self.kill()

    def kill(self) -> int:
        """Kill the child's process group and reap the child; return its exit code."""
        self._sample()
        self.send(signal.SIGKILL)
        return self._reap()

    def send(self, number: int) -> None:
        """Send a signal to the child's process group, from any thread; a reused process id is never signalled."""
        with self._reaping, contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: not on a zombie
            if self._process.returncode is None:
                os.killpg(self.pid, number)

    def oom_killed(self) -> bool | None:
        """Return whether the kernel counted a kill for memory since the child started; None if it counts none."""
        now = meter.oom_kills()
        return None if now is None or self._kills_before is None else now > self._kills_before

    def _reap(self) -> int:
        _wait_for(self.pid)
        with self._reaping:
            exit_code, max_rss = _reap_child(self.pid)
            self._process.returncode = exit_code
        # On Linux ru_maxrss survives exec, so it starts at the peak of the forking parent; only a value above the one
        # at the child's start is the child's own.
        if self._inherited_rss is not None and max_rss > self._inherited_rss:
            self.peak |= Peak(resident_mb=max_rss * _RSS_UNIT / 2**20)
        self.stderr()
        self._selector.close()
        self._socket.close()
        self._output.close()
        return exit_code

    def _listen(self) -> None:
        # Often at first: imports take 50 ms, and a sample must show whether a fault in one was near the budget.
        interval_s = min(self._poll_s, max((self._sampled_at - self._asked_at) / 10, FIRST_POLL_S))
        ready = self._selector.select(interval_s)
        if time.monotonic() - self._sampled_at >= interval_s:
            self._sample()
        for key, _ in ready:
            if key.fileobj is self._socket:
                self._connection.fill()
            elif not self._read_output():
                self._selector.unregister(self._output)

    def _read_output(self) -> bool:
        """Read the child's output; return False if there is none."""
        data = self._output.read(2**16)
        if data:
            self._last_output = (self._last_output + data)[-STDERR_BYTES:]
        return bool(data)

    def _sample(self) -> None:
        self._sampled_at = time.monotonic()
        if memory := meter.process_memory(self._process.pid):
            self.peak |= Peak(memory.peak_resident_mb, memory.private_mb, memory.data_mb)


def _wait_for(pid: int) -> None:
    """Wait until a child ended and leave it a zombie, so its process id is not reused yet."""
    if hasattr(os, "waitid"):  # not on macOS
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def _reap_child(pid: int) -> tuple[int, int]:
    """Reap a child; return its exit code and ru_maxrss."""
    try:
        _, status, usage = os.wait4(pid, 0)
    except ChildProcessError:
        return 0, 0  # SIGCHLD is ignored, so the kernel reaped the child and its exit code is lost
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
