"""Keeps the web process and the worker, or the worker alone, running: start, restart, socket activation, drain."""

import contextlib
import os
import select
import signal
import socket
from collections.abc import Callable

from halfgig.log import ERROR, WARNING, log
from halfgig.server import memory_history
from halfgig.server.supervisor.hang_watch import HangWatch
from halfgig.server.supervisor.last_run import describe_exit
from halfgig.server.supervisor.probe import Probe
from halfgig.server.supervisor.processes import descendants
from halfgig.server.supervisor.service import Service

MAX_CRASHES = 5
"""Crashes in a row that end the server if web was never ready, or slow down the worker's restarts."""

CRASH_LOOP_S = 30.0
"""Seconds between starts of a worker in a crash loop."""

WORKER_DRAIN_S = 9.0
"""Part of the drain time reserved for the worker, in seconds, at most a third: ending may take it eight seconds."""

PROBE_S = 0.1
"""Seconds between checks whether web is ready."""


class Supervisor:
    """Runs the two services; `step` does what is due; times are seconds of the monotonic clock.

    Without a `listener` web is not run, and the worker always.

    `killed` returns the number of recent kernel kills for memory; `on_event` is called with each event.
    """

    def __init__(
        self,
        web: Service,
        worker: Service,
        listener: socket.socket | None,
        probe: Probe,
        killed: Callable[[], int],
        on_event: Callable[[str, str], None],
    ) -> None:
        self.web, self.worker = web, worker
        self.failed = ""
        """Why the server gave up; empty while it did not."""
        self._listener, self._probe = listener, probe
        self._killed, self._on_event = killed, on_event
        self._ready = False
        self._unready_crashes = 0
        self._drain_ends: float | None = None
        self._seconds = 0.0
        self._worker_stopped = False
        self.hangs = HangWatch()

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of the running services, by name."""
        return {each.name: each.pid for each in (self.web, self.worker) if each.pid is not None}

    @property
    def done(self) -> bool:
        """Whether draining is complete."""
        return self._drain_ends is not None and not self.pids

    @property
    def draining(self) -> bool:
        """Whether the server is ending."""
        return self._drain_ends is not None

    @property
    def listens(self) -> bool:
        """Whether the supervisor must watch for connections, because no worker runs or is starting."""
        is_off = self.worker.pid is None and not self.worker.wanted
        return self._listener is not None and is_off and not self._worker_stopped

    def begin(self, *, with_worker: bool) -> None:
        """Request the start of web, and of the worker if there may be unfinished jobs."""
        self.web.wanted = self._listener is not None
        self.worker.wanted = with_worker or not self.web.wanted

    def step(self, now: float) -> None:
        """Reap ended processes, start what is due, continue draining."""
        self._reap(now)
        if self.listens and self._has_connection():
            self.worker.wanted = True
        if self._drain_ends is not None:
            self._drain(now, self._drain_ends)
        elif self.web.start_if_due(now):
            self._ready = False
        if not self._worker_stopped:
            self.worker.start_if_due(now)
        if not self._ready and self.web.pid is not None and self._probe.step():
            self._ready, self._unready_crashes = True, 0
            log("supervisor", f"web is ready after {now - self.web.started_at:.1f} s")

    def end_hung(self, now: float) -> None:
        """Kill processes that do not move any more; services are then started again, and their work is taken up."""
        if not self.hangs.due(now):
            return
        services = {each.pid: each for each in (self.web, self.worker) if each.pid is not None}
        beats = {pid: service.has_beaten() for pid, service in services.items()}
        names = {pid: service.name for pid, service in services.items()}
        for hung in self.hangs.look(now, names, descendants(os.getpid()), beats):
            how = f"{hung.name} (process {hung.pid}) {hung.why} and is ended"
            log("supervisor", how, WARNING)
            self._on_event(memory_history.RESTARTED, how)
            with contextlib.suppress(ProcessLookupError):
                os.kill(hung.pid, signal.SIGKILL)

    def wait_s(self, now: float) -> float:
        """Return the seconds until something is due, unless a signal or a connection arrives first."""
        due = [each.due_at - now for each in (self.web, self.worker) if each.wanted and each.pid is None]
        starts = self._listener is not None and not self._ready
        if starts or self._drain_ends is not None:
            due.append(PROBE_S)
        return max(0.0, min(due, default=60.0))

    def drain(self, now: float, seconds: float) -> None:
        """End all processes within `seconds`: web first, since its responses still come from the worker."""
        ends = now + seconds
        if self._drain_ends is None:
            self.web.wanted = False
            self.web.send(signal.SIGTERM)
        self._drain_ends = min(ends, self._drain_ends or ends)
        self._seconds = seconds

    def reload(self) -> None:
        """Make the web server replace its workers one by one."""
        self.web.send(signal.SIGHUP)

    def kill_rest(self) -> None:
        """Kill all remaining descendants."""
        for pid in descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _drain(self, now: float, ends: float) -> None:
        own_s = min(WORKER_DRAIN_S, self._seconds / 3)
        if not self._worker_stopped and (self.web.pid is None or now >= ends - own_s):
            self._worker_stopped = True
            self.worker.send(signal.SIGTERM)
        if now >= ends:
            if self.pids:
                log("supervisor", f"{' and '.join(self.pids)} did not end in time, so they are killed", WARNING)
            self.web.kill_all()
            self.worker.kill_all()

    def _has_connection(self) -> bool:
        return self._listener is not None and bool(select.select([self._listener], [], [], 0)[0])

    def _reap(self, now: float) -> None:
        """Reap children, including orphans adopted from them."""
        while ended := _ended_child():
            service = next((each for each in (self.web, self.worker) if each.pid == ended), None)
            if service:
                service.kill_all()  # before its process id can be reused
            code = os.waitstatus_to_exitcode(os.waitpid(ended, 0)[1])
            if service:
                self._on_exit(service, code, now)

    def _on_exit(self, service: Service, code: int, now: float) -> None:
        pid, uptime_s = service.pid, service.on_exit(code, now)
        how = f"{service.name} (process {pid}) ended {describe_exit(code, self._killed())} after {uptime_s:.1f} s"
        if self._drain_ends is not None:
            log("supervisor", how)
        elif service is self.web:
            self._web_ended(how, now, uptime_s)
        else:
            self._worker_ended(how, code, now, uptime_s)

    def _web_ended(self, how: str, now: float, uptime_s: float) -> None:
        self._probe.close()
        self._unready_crashes += not self._ready
        self._ready = False
        if self._unready_crashes >= MAX_CRASHES:
            self.failed = f"{how}, {self._unready_crashes} times before it was ready: giving up; its output is above"
            return
        self._restart(self.web, how, now, uptime_s)

    def _worker_ended(self, how: str, code: int, now: float, uptime_s: float) -> None:
        if code == 0 and self._listener and not self._has_connection():
            log("supervisor", f"{how}: it was idle, and will be started on demand")
            return
        self._restart(self.worker, how, now, uptime_s)
        if self.worker.backoff.crashes == MAX_CRASHES:
            often = f"the worker died {MAX_CRASHES} times in a row; it is restarted every {CRASH_LOOP_S:g} s"
            log("supervisor", often, ERROR)
        if self.worker.backoff.crashes >= MAX_CRASHES:
            self.worker.due_at = now + CRASH_LOOP_S

    def _restart(self, service: Service, how: str, now: float, uptime_s: float) -> None:
        wait_s = service.schedule_restart(now, uptime_s)
        log("supervisor", f"{how}; starting it again in {wait_s:g} s", WARNING)
        self._on_event(memory_history.RESTARTED, how)


def _ended_child() -> int | None:
    """Return the id of a child that ended, without reaping it; None if there is none."""
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return found.si_pid if found else None
