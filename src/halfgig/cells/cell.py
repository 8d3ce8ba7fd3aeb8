"""The cell: a child process that may use so much memory and no more, and does one stage's heavy work.

What it yields arrives as it is made.  Too much is an exception, here and there; when it exits, everything it held
returns to the system.  `RLIMIT_DATA` is the budget: it counts private address space, touched or not, so a cell can
never keep more than its budget, and keeps less by what libraries reserve and do not touch.  The kernel does not count
mapped files, which is why weights are mapped, nor shared memory, which is why no job may use any.
"""

import signal
from collections.abc import Generator
from types import TracebackType
from typing import Self

from halfgig.capacity.budget import SMALLEST_CELL_MB
from halfgig.cells import exit_status
from halfgig.cells.process import Child, Peak
from halfgig.errors import BudgetTooSmall, HalfgigError
from halfgig.resources import limits


class Cell:
    """Run jobs in a child process under a memory budget; use as a context manager.

    `stage` is what errors say was being done, `budget_mb` the child's RLIMIT_DATA in MB, `cpus` the processors' worth
    of time that may be used (default: what the host allows).  The child starts with the first job and serves the next
    ones too; one that died is replaced by the next job.
    """

    poll_s = 0.1
    """Seconds between two samples of the child's memory while the parent waits for it."""

    def __init__(self, stage: str, budget_mb: int, cpus: float | None = None) -> None:
        self.stage = stage
        self.budget_mb = budget_mb
        self._cpus = limits.cpu_quota() if cpus is None else cpus
        self._child: Child | None = None
        self._busy = False
        self._past_peak = Peak()
        self.was_killed = False
        """True when the last child died of a SIGKILL that was not the kernel's for memory."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close(kill=self._busy or error is not None)

    def close(self, *, kill: bool = False) -> None:
        """End the child; at once when `kill` is set.  The next job starts another."""
        self._end(kill=kill)

    @property
    def pid(self) -> int | None:
        """The child's process id; None while there is no child."""
        child = self._child
        return child.pid if child else None

    def pause(self) -> None:
        """Hold the child, from any thread, until `resume`; what it keeps in memory stays."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a held child go on, from any thread."""
        self._send(signal.SIGCONT)

    def stop(self) -> None:
        """End the child at once, from any thread, held or not; the thread that reads its results gets CellDied."""
        self._send(signal.SIGKILL)

    @property
    def peak(self) -> Peak:
        """The most memory the cell has used, over all its children."""
        return self._past_peak | self._child.peak if self._child else self._past_peak

    def run(self, target: str, *args: object) -> Generator[object]:
        """Call `target` ("package.module:function") in the child and yield what it yields, as it is made.

        Nothing starts until the first result is asked for.  Raises MemoryExceeded when the job asked for more than
        the budget, CellDied when the child ended without an answer, CellFailed when the job raised what nobody
        foresaw, and halfgig's own errors as they are.  Leaving the iterator early kills the child at once.
        """
        if self._busy:
            raise RuntimeError(f"the cell for {self.stage} runs a job already; use a second cell")
        child = self._child = self._child or self._start()
        self._busy = True
        answered = False
        try:
            child.ask(("run", self.stage, self.budget_mb, target, args))
            while (message := child.receive()) and message[0] == "made":
                yield message[1]
            answered = message is not None
            self._conclude(child, message)
        finally:
            self._busy = False
            if not answered:
                self._end(kill=True)

    def _conclude(self, child: Child, message: tuple[object, ...] | None) -> None:
        match message:
            case ("done",):
                return
            case ("failed" | "worn" as kind, HalfgigError() as error):
                if kind == "worn":
                    self._end(kill=True)
                raise exit_status.reconsidered(error, self._ending(child))
            case _:
                ending = self._ending(child, self._end(kill=False))
                self.was_killed = ending.exit_code == -signal.SIGKILL and ending.oom_killed is False
                raise exit_status.explained(ending)

    def _ending(self, child: Child, exit_code: int = 0) -> exit_status.ExitStatus:
        return exit_status.ExitStatus(
            self.stage, self.budget_mb, exit_code, child.peak.data_mb, child.stderr(), child.oom_killed()
        )

    def _send(self, number: signal.Signals) -> None:
        child = self._child
        if child is not None:
            child.send(number)

    def _end(self, *, kill: bool) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        exit_code = child.kill() if kill else child.finish()
        self._past_peak |= child.peak
        return exit_code

    def _start(self) -> Child:
        if self.budget_mb < SMALLEST_CELL_MB:
            raise BudgetTooSmall(self.stage, self.budget_mb, f", and a cell needs {SMALLEST_CELL_MB} MB to start")
        return Child(self.budget_mb, self._cpus, self.poll_s)
