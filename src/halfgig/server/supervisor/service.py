"""A program run by the supervisor: it ends with the supervisor and is restarted with a growing delay."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from halfgig.cells.parent import end_with_parent
from halfgig.log import ERROR, log
from halfgig.server.heart import BEAT_VARIABLE
from halfgig.server.supervisor.backoff import Backoff


class Service:
    """Starts a program when it is `wanted` and due; times are seconds of the monotonic clock.

    `oom_score` is the kernel's preference for killing it for memory, 0 to 1000; cells have 1000.
    """

    def __init__(
        self, name: str, argv: Sequence[str], environ: Mapping[str, str], oom_score: int = 0, fd: int | None = None
    ) -> None:
        self.name = name
        self.wanted = False
        self.started_at = 0.0
        self.due_at = 0.0
        self.backoff = Backoff()
        self._argv, self._environ, self._oom_score = list(argv), dict(environ), oom_score
        self._fds = () if fd is None else (fd,)
        self._process: subprocess.Popen[bytes] | None = None
        self._beats: int | None = None

    @property
    def pid(self) -> int | None:
        """The process id; None while the program does not run."""
        return self._process.pid if self._process else None

    def start_if_due(self, now: float) -> bool:
        """Start the program if it is wanted, not running, and due; return whether it was started."""
        if self._process or not self.wanted or now < self.due_at:
            return False
        self.started_at = now
        try:
            self._process = self._start()
        except OSError as error:
            self.backoff = self.backoff.after(0)
            self.due_at = now + self.backoff.wait_s
            problem = f"{self.name} cannot be started: {error}; trying again in {self.backoff.wait_s:g} s"
            log("supervisor", problem, ERROR)
        return self._process is not None

    def on_exit(self, code: int, now: float) -> float:
        """Record that the process was reaped; return its uptime in seconds."""
        assert self._process
        self._process.returncode = code
        self._process = None
        self._close_beats()
        self.wanted = False
        return now - self.started_at

    def has_beaten(self) -> bool:
        """Return whether the process beat since the last call."""
        if self._beats is None:
            return False
        try:
            return bool(os.read(self._beats, 2**16))
        except BlockingIOError:
            return False

    def schedule_restart(self, now: float, uptime_s: float) -> float:
        """Schedule a restart after a crash; return the delay in seconds."""
        self.backoff = self.backoff.after(uptime_s)
        self.wanted, self.due_at = True, now + self.backoff.wait_s
        return self.backoff.wait_s

    def send(self, number: int) -> None:
        """Send a signal to the process, not to its forks."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    def kill_all(self) -> None:
        """Kill the process and its forks: a surviving fork would keep the port."""
        if self._process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _start(self) -> subprocess.Popen[bytes]:
        supervisor = os.getpid()
        self._close_beats()
        self._beats, theirs = os.pipe()
        os.set_blocking(self._beats, False)
        os.set_blocking(theirs, False)

        def prepare() -> None:
            end_with_parent(supervisor)
            with contextlib.suppress(OSError):
                Path("/proc/self/oom_score_adj").write_text(str(self._oom_score), encoding="ascii")

        try:
            return subprocess.Popen(  # noqa: S603 - the command is our own
                self._argv,
                stdin=subprocess.DEVNULL,
                env=self._environ | {BEAT_VARIABLE: str(theirs)},
                pass_fds=(*self._fds, theirs),
                preexec_fn=prepare,  # noqa: PLW1509 - this process has one thread
                start_new_session=True,  # so that a terminal's Ctrl-C reaches the supervisor alone, which drains
            )
        finally:
            os.close(theirs)

    def _close_beats(self) -> None:
        if self._beats is not None:
            os.close(self._beats)
            self._beats = None
