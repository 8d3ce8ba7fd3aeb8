"""The guard: the first process of a server, which starts the others and outlives them."""

import os
import selectors
import signal
import time
from dataclasses import dataclass

from halfgig import __version__
from halfgig.guard.commands import Commands, environment
from halfgig.guard.door import Door, check_port
from halfgig.guard.probe import Probe
from halfgig.guard.readings import Readings
from halfgig.guard.service import Service
from halfgig.guard.signals import Signals
from halfgig.guard.supervisor import Supervisor
from halfgig.guard.watcher import Watcher
from halfgig.jobs.places import Places
from halfgig.jobs.planning import server_plan
from halfgig.log import ERROR, INFO, WARNING, keep_in, log
from halfgig.memory.parent import adopt_orphans
from halfgig.memory.plan import Plan
from halfgig.settings import Settings

WORK_OOM_SCORE = 300
"""Between web, which the kernel ends last, and cells, which it ends first."""

LOOPBACK = ("127.", "::1", "localhost")
"""How addresses begin that only this machine can reach."""

GAVE_UP = 1
"""The exit code after a crash loop."""

_WARNING = "warning: "


def serve(settings: Settings, commands: Commands | None = None) -> int:
    """Run a server until it is told to end; give the exit code.

    Raises `PlanDoesNotFit` before anything starts, `BadSetting` where a folder or a socket cannot be had.
    """
    plan, refusal = server_plan(settings)
    places = Places.of(settings)
    door = Door(places)
    try:
        check_port(settings.bind, settings.port)
        keep_in(places.run)
        for sentence in start_lines(settings, plan, refusal):
            log("guard", sentence, WARNING if sentence.startswith(_WARNING) else INFO)
        return _Server(settings, plan, places, door, commands or Commands()).run()
    finally:
        door.close()


def start_lines(settings: Settings, plan: Plan, refusal: str = "") -> list[str]:
    """Say what is started, from what it follows, and what is unwise about it; `refusal` is why Kokoro does not fit."""
    shares = " + ".join(f"{share.name} {share.mb}" for share in plan.shares)
    workers = "1 web worker" if settings.workers == 1 else f"{settings.workers} web workers"
    lines = [
        (
            f"halfgig {__version__} on http://{settings.bind}:{settings.port}, process {os.getpid()}: "
            f"limit {plan.limit.mb} MB ({plan.limit.source}), {plan.cpus:g} CPUs, {workers}; "
            f"plan: {shares} + cells {plan.cells_mb} + reserve {plan.reserve_mb} MB; "
            f"pressure is high from {plan.high_mb} MB, the largest cell ends at {plan.last_mb} MB"
        )
    ]
    if refusal:
        lines.append(f"Kokoro is here but does not fit, so espeak-ng speaks: {refusal}")
    if not settings.api_keys and not settings.bind.startswith(LOOPBACK):
        lines.append(f"{_WARNING}anyone who reaches {settings.bind}:{settings.port} may use it; set API_KEYS")
    return lines


@dataclass
class _Server:
    settings: Settings
    plan: Plan
    places: Places
    door: Door
    commands: Commands

    def run(self) -> int:
        watcher = Watcher(Readings(self.settings.memory_limit), self.plan, self.places)
        watcher.greet()
        adopt_orphans()
        supervisor = self._supervisor(watcher)
        supervisor.begin(work=self.places.book.exists())
        with Signals() as signals:
            self._loop(supervisor, watcher, signals)
            supervisor.kill_rest()
        watcher.farewell()
        if supervisor.failed:
            log("guard", f"giving up: {supervisor.failed}", ERROR)
        else:
            log("guard", "ended")
        return GAVE_UP if supervisor.failed else 0

    def _supervisor(self, watcher: Watcher) -> Supervisor:
        environ, fd = environment(self.settings, os.environ), self.door.listener.fileno()
        web = Service("web", self.commands.web, environ)
        work = Service("work", [*self.commands.work, "--socket-fd", str(fd)], environ, WORK_OOM_SCORE, fd)
        probe = Probe(self.settings.bind, self.settings.port)
        return Supervisor(web, work, self.door.listener, probe, watcher.killed, watcher.mark)

    def _loop(self, supervisor: Supervisor, watcher: Watcher, signals: Signals) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(signals.waker, selectors.EVENT_READ)
            listening = False
            while not supervisor.done:
                if listening != supervisor.listens:
                    listening = supervisor.listens
                    if listening:
                        selector.register(self.door.listener, selectors.EVENT_READ)
                    else:
                        selector.unregister(self.door.listener)
                now = time.monotonic()
                selector.select(max(0.0, min(supervisor.wait_s(now), watcher.next_at - now)))
                self._step(supervisor, watcher, signals)

    def _step(self, supervisor: Supervisor, watcher: Watcher, signals: Signals) -> None:
        now, before = time.monotonic(), supervisor.pids
        for number in signals.take():
            self._obey(number, supervisor, now)
        supervisor.step(now)
        if supervisor.failed:
            supervisor.drain(now, self.settings.drain_seconds)
        if now >= watcher.next_at or supervisor.pids != before:
            watcher.look(supervisor.pids)

    def _obey(self, number: int, supervisor: Supervisor, now: float) -> None:
        if number == signal.SIGHUP:
            supervisor.reload()
        elif number in (signal.SIGTERM, signal.SIGINT):
            if supervisor.draining and number == signal.SIGINT:  # Ctrl-C once more
                supervisor.drain(now, 0)
                return
            log("guard", f"{signal.Signals(number).name}: ending, within {self.settings.drain_seconds:g} s")
            supervisor.drain(now, self.settings.drain_seconds)
