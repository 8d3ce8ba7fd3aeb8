"""One program the supervisor keeps: started so that it ends with the supervisor, and started again with patience."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from halfgig.cells.parent import end_with_parent
from halfgig.log import ERROR, log
from halfgig.server.supervisor.backoff import Backoff


class Service:
    """Start a program when it is `wanted` and due; times are seconds of a clock that only goes forward.

    `oom_score` says how readily the kernel ends it for memory, 0 to 1000; cells have 1000.
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

    @property
    def pid(self) -> int | None:
        """Its process id; None while it does not run."""
        return self._process.pid if self._process else None

    def start_if_due(self, now: float) -> bool:
        """Start it if it is wanted, does not run, and has waited long enough; tell whether it was started."""
        if self._process or not self.wanted or now < self.due_at:
            return False
        self.started_at = now
        try:
            self._process = self._started()
        except OSError as error:
            self.backoff = self.backoff.after(0)
            self.due_at = now + self.backoff.wait_s
            wrong = f"{self.name} cannot be started: {error}; trying again in {self.backoff.wait_s:g} s"
            log("supervisor", wrong, ERROR)
        return self._process is not None

    def ended(self, code: int, now: float) -> float:
        """Note that it was reaped; give how long it had lived, in seconds."""
        assert self._process
        self._process.returncode = code
        self._process = None
        self.wanted = False
        return now - self.started_at

    def again(self, now: float, lived_s: float) -> float:
        """Want it again after a death; give how long it waits first, in seconds."""
        self.backoff = self.backoff.after(lived_s)
        self.wanted, self.due_at = True, now + self.backoff.wait_s
        return self.backoff.wait_s

    def send(self, number: int) -> None:
        """Send a signal to it alone."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    def kill_all(self) -> None:
        """Kill it and its forks: one that outlives it would keep its port."""
        if self._process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _started(self) -> subprocess.Popen[bytes]:
        supervisor = os.getpid()

        def prepare() -> None:
            end_with_parent(supervisor)
            with contextlib.suppress(OSError):
                Path("/proc/self/oom_score_adj").write_text(str(self._oom_score), encoding="ascii")

        return subprocess.Popen(  # noqa: S603 - the command is our own
            self._argv,
            stdin=subprocess.DEVNULL,
            env=self._environ,
            pass_fds=self._fds,
            preexec_fn=prepare,  # noqa: PLW1509 - this process has one thread
            start_new_session=True,  # a terminal's Ctrl-C is for the supervisor alone, which drains
        )
