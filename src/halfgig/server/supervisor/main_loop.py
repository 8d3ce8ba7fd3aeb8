"""The supervisor's main loop: the first process of a server, which starts and outlives the others."""

import os
import selectors
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass

from halfgig import __version__
from halfgig.capacity.plan import Plan
from halfgig.cells.parent import adopt_orphans
from halfgig.log import ERROR, INFO, WARNING, configure, log
from halfgig.server.disk import Disk
from halfgig.server.paths import ServerPaths
from halfgig.server.supervisor.commands import Commands, environment
from halfgig.server.supervisor.disk_monitor import DiskMonitor
from halfgig.server.supervisor.listener import Listener, check_port, close_to_others
from halfgig.server.supervisor.memory_monitor import MemoryMonitor
from halfgig.server.supervisor.memory_sampler import MemorySampler
from halfgig.server.supervisor.probe import Probe
from halfgig.server.supervisor.service import Service
from halfgig.server.supervisor.signals import Signals
from halfgig.server.supervisor.supervisor import Supervisor
from halfgig.settings import Settings

WORKER_OOM_SCORE = 300
"""Between the web process, which the kernel kills last, and cells, which it kills first."""

LOOPBACK = ("127.", "::1", "localhost")
"""Prefixes of addresses that only this machine can reach."""

GAVE_UP = 1
"""Exit code after a crash loop."""

_WARNING = "warning: "


def serve(
    settings: Settings,
    commands: Commands | None = None,
    given: tuple[Plan, Sequence[str]] | None = None,
    *,
    has_web: bool = True,
) -> int:
    """Run a server, or its worker alone, until a signal ends it; return the exit code.

    The plan is made here unless one is given, with the sentences on models that do not fit.  Raises `PlanDoesNotFit`
    before anything starts, and `BadSetting` if a folder or a socket cannot be created.
    """
    plan, refusals = given or _made_plan(settings)
    places = ServerPaths.of(settings)
    os.umask(0o077)  # here and in all processes of the server: their files hold what clients sent
    listener = Listener(places, has_web=has_web)
    try:
        if has_web:
            check_port(settings.bind, settings.port)
        configure(places.run)
        for sentence in (*start_lines(settings, plan, refusals, has_web=has_web), *close_to_others(places)):
            log("supervisor", sentence, WARNING if sentence.startswith(_WARNING) else INFO)
        return _Server(settings, plan, places, listener, commands or Commands()).run()
    finally:
        listener.close()


def _made_plan(settings: Settings) -> tuple[Plan, Sequence[str]]:
    from halfgig.server.plan import server_plan

    return server_plan(settings)


def start_lines(settings: Settings, plan: Plan, refusals: Sequence[str] = (), *, has_web: bool = True) -> list[str]:
    """Return log lines on the plan and risky settings; `refusals` are the sentences on models that do not fit."""
    shares = " + ".join(f"{share.name} {share.mb}" for share in plan.shares)
    workers = "1 web worker" if settings.workers == 1 else f"{settings.workers} web workers"
    where = f"{f'[{settings.bind}]' if ':' in settings.bind else settings.bind}:{settings.port}"
    does = f"on http://{where}" if has_web else "works without web processes"
    lines = [
        (
            f"halfgig {__version__} {does}, process {os.getpid()}: "
            f"limit {plan.limit.mb} MB ({plan.limit.source}), {plan.cpus:g} CPUs, {workers if has_web else 'no web'}; "
            f"plan: {shares} + cells {plan.cells_mb} + reserve {plan.reserve_mb} MB; "
            f"pressure is high from {plan.high_watermark_mb} MB, cells end at {plan.critical_watermark_mb} MB"
        )
    ]
    lines += refusals
    if has_web and not settings.api_keys and not settings.bind.startswith(LOOPBACK):
        lines.append(f"{_WARNING}anyone who reaches {where} may use it; set API_KEYS")
    return lines


@dataclass
class _Server:
    settings: Settings
    plan: Plan
    places: ServerPaths
    listener: Listener
    commands: Commands

    def run(self) -> int:
        monitor = MemoryMonitor(MemorySampler(self.settings.memory_limit), self.plan, self.places)
        monitor.on_start()
        adopt_orphans()
        supervisor = self._supervisor(monitor)
        supervisor.begin(with_worker=self._may_have_jobs() or (self.places.root / "videos").exists())
        disk = DiskMonitor(Disk(self.places.root), monitor.add_event, lambda: self._sweep(supervisor))
        with Signals() as signals:
            self._loop(supervisor, (monitor, disk), signals)
            supervisor.kill_rest()
        monitor.on_stop()
        if supervisor.failed:
            log("supervisor", f"giving up: {supervisor.failed}", ERROR)
        else:
            log("supervisor", "ended")
        return GAVE_UP if supervisor.failed else 0

    def _may_have_jobs(self) -> bool:
        return bool(self.settings.database_url) or self.places.job_store.exists()

    def _supervisor(self, monitor: MemoryMonitor) -> Supervisor:
        environ, listener = environment(self.settings, os.environ), self.listener.listener
        fd = listener.fileno() if listener else None
        web = Service("web", self.commands.web, environ)
        handed = () if fd is None else ("--socket-fd", str(fd))
        worker = Service("worker", [*self.commands.worker, *handed], environ, WORKER_OOM_SCORE, fd)
        probe = Probe(self.settings.bind, self.settings.port)
        return Supervisor(web, worker, listener, probe, monitor.killed, monitor.add_event)

    def _sweep(self, supervisor: Supervisor) -> None:
        """Start the worker, which removes expired videos."""
        if self._may_have_jobs() and not supervisor.draining:
            supervisor.worker.wanted = True

    def _loop(self, supervisor: Supervisor, monitors: tuple[MemoryMonitor, DiskMonitor], signals: Signals) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(signals.waker, selectors.EVENT_READ)
            listening = False
            while not supervisor.done:
                if self.listener.listener and listening != supervisor.listens:
                    listening = supervisor.listens
                    if listening:
                        selector.register(self.listener.listener, selectors.EVENT_READ)
                    else:
                        selector.unregister(self.listener.listener)
                now = time.monotonic()
                selector.select(max(0.0, min(supervisor.wait_s(now), monitors[0].next_at - now)))
                self._step(supervisor, monitors, signals)

    def _step(self, supervisor: Supervisor, monitors: tuple[MemoryMonitor, DiskMonitor], signals: Signals) -> None:
        monitor, disk = monitors
        now, before = time.monotonic(), supervisor.pids
        for number in signals.take():
            self._obey(number, supervisor, now)
        supervisor.step(now)
        supervisor.end_hung(now)
        monitor.hung = supervisor.hangs.suspects
        if supervisor.failed:
            supervisor.drain(now, self.settings.drain_seconds)
        if now >= monitor.next_at or supervisor.pids != before:
            monitor.check(supervisor.pids)
        disk.check(now)

    def _obey(self, number: int, supervisor: Supervisor, now: float) -> None:
        if number == signal.SIGHUP:
            supervisor.reload()
        elif number in (signal.SIGTERM, signal.SIGINT):
            if supervisor.draining and number == signal.SIGINT:  # a second Ctrl-C
                supervisor.drain(now, 0)
                return
            log("supervisor", f"{signal.Signals(number).name}: ending, within {self.settings.drain_seconds:g} s")
            supervisor.drain(now, self.settings.drain_seconds)
