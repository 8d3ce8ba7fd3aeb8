"""The web processes: gunicorn with uvicorn workers, configured from the settings alone."""

import contextlib
import gc
import importlib
import os
import socket
import sys
import time
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from halfgig.cells.parent import end_with_parent
from halfgig.log import ERROR, configure, log
from halfgig.server.errors import StorageFull
from halfgig.server.heart import Heart
from halfgig.server.job_store import JobStore
from halfgig.server.paths import ServerPaths
from halfgig.server.web.metrics import STREAMS
from halfgig.server.web.rate_limit import RateLimiter
from halfgig.server.web.session_texts import SessionTexts
from halfgig.server.web.shared_counters import SharedCounters
from halfgig.settings import Settings, read_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

WORKER_CLASS = "halfgig.server.web.uvicorn_worker.WebWorker"

HEARTBEAT_S = 60
"""Seconds without a heartbeat after which a worker is killed; on 0.1 CPU its start alone takes some."""

STANDSTILL_S = 10.0
"""Seconds between two looks of the master from which on it has stood still itself; it looks once a second."""

KEEP_ALIVE_S = 20
"""Seconds an idle connection is kept open; clients poll every 1 to 10 s."""

_STALL_FACTOR = 2
"""TCP_USER_TIMEOUT as a multiple of the time a client may stall."""


def gunicorn_options(settings: Settings) -> dict[str, Any]:
    """Return gunicorn's options."""
    host = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    return {
        "bind": [f"{host}:{settings.port}"],
        "workers": settings.workers,
        "worker_class": WORKER_CLASS,
        "preload_app": settings.preload,
        "timeout": HEARTBEAT_S,
        "graceful_timeout": max(1, round(settings.drain_seconds)),
        "keepalive": KEEP_ALIVE_S,
        "worker_tmp_dir": str(ServerPaths.of(settings).run),  # a few bytes; /tmp may be slow or not writable
        "accesslog": None,  # the application logs one line per request itself
        "errorlog": "-",
        "control_socket_disable": True,
        "proc_name": "halfgig web",
        "when_ready": freeze,
        "pre_fork": reserve_counters,
        "post_fork": thaw,
        "child_exit": forget,
    }


class PatientArbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """The master, which counts its own standstill for nobody: after the machine was suspended all are late."""

    def __init__(self, app: Any) -> None:
        self._heart = Heart(os.environ)
        self._looked_at = time.monotonic()
        self._patient_until = 0.0
        super().__init__(app)

    def murder_workers(self) -> None:
        """Kill workers that do not beat, unless this process stood still itself; called about once a second."""
        self._heart.beat()
        now = time.monotonic()
        if now - self._looked_at > STANDSTILL_S:
            self._patient_until = now + HEARTBEAT_S
        self._looked_at = now
        if now >= self._patient_until:
            super().murder_workers()


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The web application under gunicorn, without a configuration file."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # Before the workers fork, which share them.  A reload starts the new workers before it ends the old ones.
        self._limiter, self._texts = RateLimiter(settings.rate_per_minute), SessionTexts()
        self.counters = SharedCounters(2 + 2 * settings.workers)
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        for name, value in gunicorn_options(self.settings).items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until terminated."""
        try:
            PatientArbiter(self).run()
        except RuntimeError as error:
            log("web", f"gunicorn cannot run: {error}", ERROR)
            sys.exit(1)

    def load(self) -> Any:
        """Return the web application: built once in the master if workers share it, else in each worker."""
        from halfgig.server.web.app import make_app

        gc.disable()  # the collector would move objects between the pages that workers will share
        app = make_app(self.settings, self.counters, self._limiter, self._texts)
        complete(app)
        return app


def complete(app: "FastAPI") -> None:
    """Make now, in pages that workers share, what each of them would make with its first request: 7 MB."""
    for route in app.router.routes:
        route.matches({"type": "http", "method": "GET", "path": "/", "headers": []})
    anyio.run(anyio.lowlevel.checkpoint)
    importlib.import_module("ctypes")  # for `end_with_parent`


def freeze(arbiter: Arbiter) -> None:
    """Exclude all loaded objects from garbage collection before workers fork, so that their pages stay shared."""
    gc.collect()
    gc.freeze()
    slow_ms = round(_STALL_FACTOR * 1000 * arbiter.app.settings.slow_client_seconds)
    for listener in arbiter.LISTENERS:
        _set_stall_timeout(listener.sock, slow_ms)


def reserve_counters(arbiter: Arbiter, worker: Worker) -> None:
    """Choose where a new worker will count."""
    worker.counter_slot = arbiter.app.counters.reserve()


def thaw(arbiter: Arbiter, worker: Worker) -> None:
    """Enable garbage collection in a new worker, and make it exit with the master, which would else keep the port."""
    end_with_parent(arbiter.pid)
    arbiter.app.counters.use(worker.counter_slot)
    gc.enable()


def forget(arbiter: Arbiter, worker: Worker) -> None:
    """Stop counting the streams of a worker that has exited."""
    arbiter.app.counters.release(worker.counter_slot, STREAMS)


def main() -> None:
    """Serve until terminated."""
    settings = read_settings()
    ServerPaths.of(settings).run.mkdir(mode=0o700, parents=True, exist_ok=True)
    configure(ServerPaths.of(settings).run)
    with contextlib.suppress(StorageFull):  # then it is told by each request
        JobStore.of(settings).check()
    WebServer(settings).run()


def _set_stall_timeout(listener: socket.socket, slow_ms: int) -> None:
    """Make the kernel close connections whose peer acknowledges nothing, which includes a stalled reader."""
    if hasattr(socket, "TCP_USER_TIMEOUT") and listener.family in (socket.AF_INET, socket.AF_INET6):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, slow_ms)


if __name__ == "__main__":
    main()
