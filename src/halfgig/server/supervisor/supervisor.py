"""Keeps web and work running: starts, restarts, activates by the socket, drains."""

import contextlib
import os
import select
import signal
import socket
from collections.abc import Callable

from halfgig.log import ERROR, WARNING, log
from halfgig.server import memory_history
from halfgig.server.supervisor.last_run import ending
from halfgig.server.supervisor.probe import Probe
from halfgig.server.supervisor.processes import descendants
from halfgig.server.supervisor.service import Service

MOST_DEATHS = 5
"""Deaths in a row: of web before it was ever ready they end the server, of work they slow the restarts down."""

PATIENT_S = 30.0
"""Seconds between two starts of work once it dies at each."""

FAREWELL_S = 9.0
"""Of the time for draining, what work keeps for itself, in seconds, and no more than a third: it may take eight."""

PROBE_S = 0.1
"""Seconds between two looks whether web is ready."""


class Supervisor:
    """Keep two services; `step` does what is due, times are seconds of a clock that only goes forward.

    `killed` tells how many processes the kernel has killed for memory lately; `mark` hears what happens.
    """

    def __init__(
        self,
        web: Service,
        work: Service,
        listener: socket.socket,
        probe: Probe,
        killed: Callable[[], int],
        mark: Callable[[str, str], None],
    ) -> None:
        self.web, self.work = web, work
        self.failed = ""
        """Why it was given up; nothing while it was not."""
        self._listener, self._probe = listener, probe
        self._killed, self._mark = killed, mark
        self._ready = False
        self._unready_deaths = 0
        self._drain_ends: float | None = None
        self._seconds = 0.0
        self._work_told = False

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of what runs, by name."""
        return {each.name: each.pid for each in (self.web, self.work) if each.pid is not None}

    @property
    def done(self) -> bool:
        """Whether all has ended that was to end."""
        return self._drain_ends is not None and not self.pids

    @property
    def draining(self) -> bool:
        """Whether it was told to end."""
        return self._drain_ends is not None

    @property
    def listens(self) -> bool:
        """Whether it is for us to notice a connection: nobody else does, and nobody is on the way."""
        return self.work.pid is None and not self.work.wanted and not self._work_told

    def begin(self, *, work: bool) -> None:
        """Want web, and work where there may be something to go on with."""
        self.web.wanted, self.work.wanted = True, work

    def step(self, now: float) -> None:
        """Reap what has ended, start what is due, go on draining."""
        self._reap(now)
        if self.listens and self._somebody_waits():
            self.work.wanted = True
        if self._drain_ends is not None:
            self._drain(now, self._drain_ends)
        elif self.web.start_if_due(now):
            self._ready = False
        if not self._work_told:
            self.work.start_if_due(now)
        if not self._ready and self.web.pid is not None and self._probe.step():
            self._ready, self._unready_deaths = True, 0
            log("supervisor", f"web is ready after {now - self.web.started_at:.1f} s")

    def wait_s(self, now: float) -> float:
        """Return how long nothing is due, in seconds, unless a signal or a connection comes."""
        due = [each.due_at - now for each in (self.web, self.work) if each.wanted and each.pid is None]
        if not self._ready or self._drain_ends is not None:
            due.append(PROBE_S)
        return max(0.0, min(due, default=60.0))

    def drain(self, now: float, seconds: float) -> None:
        """End all within so many seconds: first web, since what it still sends comes from work."""
        ends = now + seconds
        if self._drain_ends is None:
            self.web.wanted = False
            self.web.send(signal.SIGTERM)
        self._drain_ends = min(ends, self._drain_ends or ends)
        self._seconds = seconds

    def reload(self) -> None:
        """Have web replace its workers, one after the other."""
        self.web.send(signal.SIGHUP)

    def kill_rest(self) -> None:
        """Kill whatever is left below us."""
        for pid in descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _drain(self, now: float, ends: float) -> None:
        own_s = min(FAREWELL_S, self._seconds / 3)
        if not self._work_told and (self.web.pid is None or now >= ends - own_s):
            self._work_told = True
            self.work.send(signal.SIGTERM)
        if now >= ends:
            if self.pids:
                log("supervisor", f"{' and '.join(self.pids)} did not end in time, so they are killed", WARNING)
            self.web.kill_all()
            self.work.kill_all()

    def _somebody_waits(self) -> bool:
        return bool(select.select([self._listener], [], [], 0)[0])

    def _reap(self, now: float) -> None:
        """Reap children, and as process 1 whatever was left behind by others."""
        while ended := _ended_child():
            service = next((each for each in (self.web, self.work) if each.pid == ended), None)
            if service:
                service.kill_all()  # before its number is free for another
            code = os.waitstatus_to_exitcode(os.waitpid(ended, 0)[1])
            if service:
                self._gone(service, code, now)

    def _gone(self, service: Service, code: int, now: float) -> None:
        pid, lived_s = service.pid, service.ended(code, now)
        how = f"{service.name} (process {pid}) ended {ending(code, self._killed())} after {lived_s:.1f} s"
        if self._drain_ends is not None:
            log("supervisor", how)
        elif service is self.web:
            self._web_gone(how, now, lived_s)
        else:
            self._work_gone(how, code, now, lived_s)

    def _web_gone(self, how: str, now: float, lived_s: float) -> None:
        self._probe.close()
        self._unready_deaths += not self._ready
        self._ready = False
        if self._unready_deaths >= MOST_DEATHS:
            self.failed = f"{how}, {self._unready_deaths} times before it was ready: giving up; what it said is above"
            return
        self._restart(self.web, how, now, lived_s)

    def _work_gone(self, how: str, code: int, now: float, lived_s: float) -> None:
        if code == 0 and not self._somebody_waits():
            log("supervisor", f"{how}: it had nothing to do, and is started when it is asked")
            return
        self._restart(self.work, how, now, lived_s)
        if self.work.backoff.deaths == MOST_DEATHS:
            often = f"work has died {MOST_DEATHS} times in a row; it is tried again every {PATIENT_S:g} s"
            log("supervisor", often, ERROR)
        if self.work.backoff.deaths >= MOST_DEATHS:
            self.work.due_at = now + PATIENT_S

    def _restart(self, service: Service, how: str, now: float, lived_s: float) -> None:
        wait_s = service.again(now, lived_s)
        log("supervisor", f"{how}; starting it again in {wait_s:g} s", WARNING)
        self._mark(memory_history.RESTARTED, how)


def _ended_child() -> int | None:
    """Find a child that has ended, without reaping it."""
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return found.si_pid if found else None
