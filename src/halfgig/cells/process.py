"""A cell's process, from the parent's side: started inside its limits, listened to, sampled, reaped."""

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
"""Stack of every thread in a cell: glibc takes it from RLIMIT_STACK, and RLIMIT_DATA counts it, touched or not.

Measured with 7 threads (OpenCV and x264 at 2 each): 165 MB of address space at 256 KB, 169 at 1 MB, 221 at the usual 8.
"""

FIRST_POLL_S = 0.005
"""Seconds between two samples at a job's start; they grow with a tenth of its age."""

STDERR_BYTES = 8192
"""How much of what a child says during a job is kept."""

FAREWELL_S = 5.0
"""Seconds an idle child has to end by itself."""

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_KEPT = frozenset(
    {
        *("PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("PYTHONHOME", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUTF8"),
        *("PYTHONIOENCODING", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "XDG_CACHE_HOME"),
    }
)
_KEPT_PREFIXES = ("LC_", "MALLOC_")
"""What a cell may see of the parent's environment: a cell decodes files of strangers, so no key or address passes."""

# In the shell, because the limits must stand before Python starts and preexec_fn is unsafe beside threads.  A limit
# that cannot be set is one the system does not have (macOS) or one that is lower already.
_IN_LIMITS = """
ulimit -d "$1"; ulimit -s "$2"; ulimit -c 0; echo 1000 >/proc/self/oom_score_adj
shift 2; exec 2>&1 "$@"
"""


@dataclass(frozen=True, slots=True)
class Peak:
    """The most memory a cell has used."""

    resident_mb: float = 0.0
    """Pages in memory, those of mapped files included, MB; exact once the cell has ended."""
    private_mb: float = 0.0
    """What only ending the process frees, MB; sampled, so a spike shorter than the interval is missed."""
    data_mb: float = 0.0
    """Private address space, what the budget limits, MB; sampled."""

    def __or__(self, other: "Peak") -> "Peak":
        return Peak(
            max(self.resident_mb, other.resident_mb),
            max(self.private_mb, other.private_mb),
            max(self.data_mb, other.data_mb),
        )


def command(budget_mb: int, fd: int) -> list[str]:
    """Return the command line of a cell that may use `budget_mb` and talks over `fd`."""
    python = [sys.executable, "-P", "-m", "halfgig.cells.main", str(fd)]
    return ["/bin/sh", "-c", _IN_LIMITS, "cell", str(budget_mb * 1024), str(STACK_KB), *python]


def environment(environ: Mapping[str, str], path: list[str], cpus: float) -> dict[str, str]:
    """Return a cell's environment: the few variables it may see, our module path, its threads and malloc bounded."""
    kept = {name: value for name, value in environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    # Measured on 100 puppet frames of 512 px: address space 169 MB with one OpenBLAS thread, 333 with two, at the same
    # 110 MB private.  One malloc arena or two: the same within 2 MB, and in time; one is the smaller risk.
    # MALLOC_TRIM_THRESHOLD_ is left alone: at 128 KB it saves a tenth here and two thirds in onnxruntime without its
    # arena (120 to 38 MB), but costs 25 % and 100 % more processor time.
    return kept | {
        "PYTHONPATH": os.pathsep.join(entry or str(Path.cwd()) for entry in path),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": str(max(1, int(cpus))),
        "OPENCV_FOR_THREADS_NUM": str(max(1, int(cpus))),
        "MALLOC_ARENA_MAX": "1",
    }


def _started(budget_mb: int, fd: int, cpus: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the command is our own
        command(budget_mb, fd),
        bufsize=0,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(fd,),
        env=environment(os.environ, sys.path, cpus),
        start_new_session=True,  # a terminal's Ctrl-C is for the parent alone
    )


class Child:
    """A running child process, its wire and what it says on stderr."""

    def __init__(self, budget_mb: int, cpus: float, poll_s: float) -> None:
        self._poll_s = poll_s
        self._said = bytearray()
        self._inherited_rss: int | None = None
        self._asked_at = 0.0
        self._sampled_at = 0.0
        self._kills_before = meter.oom_kills()
        self._reaping = threading.Lock()
        self.peak = Peak()
        self._socket, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as on_failure:
            on_failure.enter_context(self._socket)
            self._process = _started(budget_mb, theirs.fileno(), cpus)
            on_failure.pop_all()
        self.pid = self._process.pid
        """Its process id; the kernel may give it to another once the child is reaped."""
        assert self._process.stdout
        self._chatter = self._process.stdout
        os.set_blocking(self._chatter.fileno(), False)
        self._wire = CellConnection(self._socket.fileno())
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._selector.register(self._chatter, selectors.EVENT_READ)

    def ask(self, request: Message) -> None:
        """Send a request, forgetting what was said before it; a child that is gone is noticed by `receive`."""
        self.stderr()
        self._said.clear()
        self._asked_at = time.monotonic()
        with contextlib.suppress(HangupError):
            self._wire.send(request)

    def receive(self) -> Message | None:
        """Wait for the child's next message, sampling its memory meanwhile; None when it has ended."""
        try:
            while (message := self._wire.take()) is None:
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
        """Return the last the child has said on stdout and stderr."""
        while not self._chatter.closed and self._hear():
            pass
        return self._said.decode(errors="replace")

    def finish(self) -> int:
        """Let an idle or dying child end by itself, kill it if it takes too long, reap it; give its exit code."""
        deadline = time.monotonic() + FAREWELL_S
        try:
            self._wire.send(("end",))
            while time.monotonic() < deadline:
                self._listen()
        except HangupError:
            return self._reap()
        return self.kill()

    def kill(self) -> int:
        """Kill the child with all it started, and reap it; give its exit code."""
        self._sample()
        self.send(signal.SIGKILL)
        return self._reap()

    def send(self, number: int) -> None:
        """Send a signal to the child with all it started; from any thread, and never to whoever has its id later."""
        with self._reaping, contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: not on a zombie
            if self._process.returncode is None:
                os.killpg(self.pid, number)

    def oom_killed(self) -> bool | None:
        """Return whether the kernel counted a kill for memory since the child began; None where it does not count."""
        now = meter.oom_kills()
        return None if now is None or self._kills_before is None else now > self._kills_before

    def _reap(self) -> int:
        _wait_for(self.pid)
        with self._reaping:
            exit_code, max_rss = _waited_for(self.pid)
            self._process.returncode = exit_code
        # Linux carries ru_maxrss over exec, so it begins at the peak of the parent that forked; only a value above
        # what the child found at its start is the child's own.
        if self._inherited_rss is not None and max_rss > self._inherited_rss:
            self.peak |= Peak(resident_mb=max_rss * _RSS_UNIT / 2**20)
        self.stderr()
        self._selector.close()
        self._socket.close()
        self._chatter.close()
        return exit_code

    def _listen(self) -> None:
        # Often at first: imports are over in 50 ms, and a library that faults in one shows it was near its budget.
        interval_s = min(self._poll_s, max((self._sampled_at - self._asked_at) / 10, FIRST_POLL_S))
        ready = self._selector.select(interval_s)
        if time.monotonic() - self._sampled_at >= interval_s:
            self._sample()
        for key, _ in ready:
            if key.fileobj is self._socket:
                self._wire.fill()
            elif not self._hear():
                self._selector.unregister(self._chatter)

    def _hear(self) -> bool:
        """Take in what the child says; False when there is nothing (more)."""
        heard = self._chatter.read(2**16)
        if heard:
            self._said = (self._said + heard)[-STDERR_BYTES:]
        return bool(heard)

    def _sample(self) -> None:
        self._sampled_at = time.monotonic()
        if memory := meter.process_memory(self._process.pid):
            self.peak |= Peak(memory.peak_resident_mb, memory.private_mb, memory.data_mb)


def _wait_for(pid: int) -> None:
    """Wait until a child has ended, and leave it a zombie: nobody else has its id yet."""
    if hasattr(os, "waitid"):  # not on macOS
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def _waited_for(pid: int) -> tuple[int, int]:
    """Reap a child; give its exit code and ru_maxrss."""
    try:
        _, status, usage = os.wait4(pid, 0)
    except ChildProcessError:
        return 0, 0  # SIGCHLD is ignored here, so the kernel has reaped it and forgotten how it ended
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
