"""The cell: a child process that does the heavy work of one stage within a memory budget.

Results arrive as the child yields them.  Exceeding the budget raises an exception in the child and in the parent; when
the child exits, the system gets all its memory back.  The budget is `RLIMIT_DATA`, which counts private address space,
touched or not: a cell can never use more, and uses less by what libraries reserve without touching.  The kernel counts
neither mapped files, which is why weights are mapped, nor shared memory, which is why no job may use any.
"""

import signal
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Self

from halfgig.capacity.budget import SMALLEST_CELL_MB
from halfgig.cells import exit_status
from halfgig.cells.process import Child, Peak
from halfgig.errors import BudgetTooSmall, HalfgigError
from halfgig.resources import limits


class Cell:
    """Runs jobs in a child process under a memory budget; use as a context manager.

    `stage` names the work in error messages, `budget_mb` is the child's RLIMIT_DATA in MB, `cpus` the number of
    processors it may use (default: what the host allows), `inherited` the prefixes of environment variables it sees
    in addition to those of every cell, and `answer` gives the answers to its jobs' questions.  The first job starts the
    child and later jobs reuse it; if the child died, the next job starts another.
    """

    poll_s = 0.1
    """Seconds between samples of the child's memory while the parent waits for it."""

    def __init__(
        self,
        stage: str,
        budget_mb: int,
        cpus: float | None = None,
        inherited: tuple[str, ...] = (),
        answer: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self.stage = stage
        self.budget_mb = budget_mb
        self._cpus = limits.cpu_quota() if cpus is None else cpus
        self._inherited = inherited
        self.answer = answer
        """What answers the questions of a job."""
        self._child: Child | None = None
        self._busy = False
        self._past_peak = Peak()
        self.was_killed = False
        """True if the last child died of a SIGKILL that the kernel did not send for memory."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close(kill=self._busy or error is not None)

    def start(self) -> None:
        """Start the child, unless there is one, ahead of its first job."""
        self._child = self._child or self._start()

    def close(self, *, kill: bool = False) -> None:
        """End the child, at once if `kill` is set.  The next job starts another."""
        self._end(kill=kill)

    @property
    def pid(self) -> int | None:
        """The child's process id; None if there is no child."""
        child = self._child
        return child.pid if child else None

    def pause(self) -> None:
        """Suspend the child until `resume`, from any thread; its memory is kept."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Resume a suspended child, from any thread."""
        self._send(signal.SIGCONT)

    def stop(self) -> None:
        """Kill the child, from any thread, suspended or not; the thread that reads its results gets `CellDied`."""
        self._send(signal.SIGKILL)

    @property
    def peak(self) -> Peak:
        """The peak memory over all children of this cell."""
        return self._past_peak | self._child.peak if self._child else self._past_peak

    def run_last(self, target: str, *args: object) -> Generator[object]:
        """Run the child's last job, as `run` does; the child ends with it, so that what it is told reaches no other."""
        return self._run("last", target, args)

    def run(self, target: str, *args: object) -> Generator[object]:
        """Call `target` ("package.module:function") in the child and yield its results as they arrive.

        Nothing starts before the first `next()`.  Raises `MemoryExceeded` if the job exceeds the budget, `CellDied` if
        the child ends without an answer, `CellFailed` for an unexpected exception in the job, and halfgig's own errors
        unchanged.  Closing the iterator early kills the child at once.
        """
        return self._run("run", target, args)

    def _run(self, kind: str, target: str, args: tuple[object, ...]) -> Generator[object]:
        if self._busy:
            raise RuntimeError(f"the cell for {self.stage} runs a job already; use a second cell")
        self.start()
        child = self._child
        assert child
        self._busy = True
        answered = False
        try:
            child.ask((kind, self.stage, self.budget_mb, target, args))
            while (message := child.receive()) and message[0] in ("made", "asked"):
                if message[0] == "made":
                    yield message[1]
                else:
                    child.answer(self._answered(message[1]))
            answered = message is not None
            self._conclude(child, message)
        finally:
            self._busy = False
            if not answered or kind == "last":
                self._end(kill=not answered)

    def _answered(self, question: object) -> bytes:
        assert self.answer
        assert isinstance(question, bytes)
        return self.answer(question)

    def _conclude(self, child: Child, message: tuple[object, ...] | None) -> None:
        match message:
            case ("done",):
                return
            case ("failed" | "worn" as kind, HalfgigError() as error):
                if kind == "worn":
                    self._end(kill=True)
                raise exit_status.refined(error, self._ending(child))
            case _:
                ending = self._ending(child, self._end(kill=False))
                self.was_killed = ending.exit_code == -signal.SIGKILL and ending.oom_killed is False
                raise exit_status.error_of(ending)

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
        return Child(self.budget_mb, self._cpus, self.poll_s, self._inherited)
