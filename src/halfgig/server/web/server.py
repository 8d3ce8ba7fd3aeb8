"""The web processes: gunicorn with uvicorn's workers, set up from the settings alone."""

import gc
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from halfgig.cells.parent import end_with_parent
from halfgig.log import keep_in
from halfgig.server.paths import ServerPaths
from halfgig.settings import Settings, read_settings

WORKER_CLASS = "halfgig.server.web.uvicorn_worker.WebWorker"

HEARTBEAT_S = 60
"""A worker that gives no sign of life for so long is ended, in seconds; a tenth of a core needs some for its start."""

KEEP_ALIVE_S = 20
"""How long an idle connection is kept, in seconds; clients poll every one to ten."""

METRICS = "metrics"
"""The folder, where the server's processes meet, in which workers count together."""

METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_TAKES_NOTHING = 2
"""How many times as long as a client may take nothing the kernel waits before it gives the connection up."""


def gunicorn_options(settings: Settings) -> dict[str, Any]:
    """Return how gunicorn is to run."""
    host = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    return {
        "bind": [f"{host}:{settings.port}"],
        "workers": settings.workers,
        "worker_class": WORKER_CLASS,
        "preload_app": settings.preload,
        "timeout": HEARTBEAT_S,
        "graceful_timeout": max(1, round(settings.drain_seconds)),
        "keepalive": KEEP_ALIVE_S,
        "worker_tmp_dir": str(ServerPaths.of(settings).run),  # a few bytes; /tmp may be slow or not ours
        "accesslog": None,  # the program writes one line a request itself
        "errorlog": "-",
        "control_socket_disable": True,
        "proc_name": "halfgig web",
        "when_ready": freeze,
        "post_fork": thaw,
        "child_exit": forget,
    }


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Run the web program under gunicorn, without a configuration file."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Take the options over."""
        for name, value in gunicorn_options(self.settings).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Put the web program together: in the master where workers share it, else in each."""
        from halfgig.server.web.app import make_app

        gc.disable()  # nothing is freed while pages are laid out that workers will share
        return make_app(self.settings, metrics_folder(os.environ))


def freeze(arbiter: Arbiter) -> None:
    """Before workers begin: put what is loaded out of the collector's reach, so that its pages stay shared."""
    gc.collect()
    gc.freeze()
    slow_ms = round(_TAKES_NOTHING * 1000 * arbiter.app.settings.slow_client_seconds)
    for listener in arbiter.LISTENERS:
        _give_up_after(listener.sock, slow_ms)


def thaw(arbiter: Arbiter, _worker: Worker) -> None:
    """In a new worker: collect again, and end with the master, or the port would stay taken."""
    end_with_parent(arbiter.pid)
    gc.enable()


def forget(_arbiter: Arbiter, worker: Worker) -> None:
    """After a worker has ended: do not count its streams as open any more."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def metrics_folder(environment: Mapping[str, str]) -> Path | None:
    """Name the folder in which workers count together; None where they do not."""
    return Path(environment[METRICS_VARIABLE]) if environment.get(METRICS_VARIABLE) else None


def prepare(paths: ServerPaths) -> None:
    """Make the folders that workers need, without what an earlier run counted."""
    paths.run.mkdir(mode=0o700, parents=True, exist_ok=True)
    counted = paths.run / METRICS
    shutil.rmtree(counted, ignore_errors=True)
    counted.mkdir(mode=0o700)
    os.environ[METRICS_VARIABLE] = str(counted)  # read when prometheus_client is imported


def main() -> None:
    """Serve until told to end."""
    settings = read_settings()
    prepare(ServerPaths.of(settings))
    keep_in(ServerPaths.of(settings).run)
    WebServer(settings).run()


def _give_up_after(listener: socket.socket, slow_ms: int) -> None:
    """Have the kernel end connections whose other side acknowledges nothing, a reader that stopped reading too."""
    if hasattr(socket, "TCP_USER_TIMEOUT") and listener.family in (socket.AF_INET, socket.AF_INET6):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, slow_ms)


if __name__ == "__main__":
    main()
