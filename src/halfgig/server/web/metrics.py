"""Prometheus metrics: the requests of all web workers, the server's memory and its videos."""

from collections.abc import Callable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.types import Scope

from halfgig.resources.limits import MB
from halfgig.server.job_store import JobStore
from halfgig.server.memory_state import CRITICAL, HIGH, NORMAL, MemoryState, read_state
from halfgig.server.paths import ServerPaths

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300)
_METHODS = frozenset({"GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"})


class Metrics:
    """Counters of requests and streams.

    With PROMETHEUS_MULTIPROC_DIR set before this module is imported, each worker reports the counts of all workers.
    """

    def __init__(self, paths: ServerPaths, shared: Path | None) -> None:
        self._shared = shared
        self._own = CollectorRegistry()
        self._server = CollectorRegistry()
        self._server.register(_ServerState(paths))
        labels = ("method", "route", "status")
        self._requests = Counter("halfgig_http_requests", "Requests answered.", labels, registry=self._own)
        self._seconds = Histogram(
            "halfgig_http_request_seconds",
            "Time to the last byte of each response.",
            ("route",),
            buckets=_SECONDS,
            registry=self._own,
        )
        self._streams = Gauge(
            "halfgig_streams_in_flight", "StreamLimit being sent.", registry=self._own, multiprocess_mode="livesum"
        )

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a finished request; status 0: the client disconnected before the response."""
        route = getattr(scope.get("route"), "path", "") or "other"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._requests.labels(method, route, str(status or "gone")).inc()
        self._seconds.labels(route).observe(seconds)

    def count_stream(self, change: int) -> None:
        """Add 1 for a stream that starts, -1 for one that ends."""
        self._streams.inc(change)

    def text(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        own = self._own
        if self._shared is not None:
            own = CollectorRegistry()
            MultiProcessCollector(own, str(self._shared))  # type: ignore[no-untyped-call]
        return generate_latest(own) + generate_latest(self._server)


class _ServerState(Collector):
    """Metrics read from the server's files at each scrape."""

    def __init__(self, paths: ServerPaths) -> None:
        self._places = paths

    def describe(self) -> list[Metric]:
        """Return nothing, so that the registry does not collect at start."""
        return []

    def collect(self) -> Iterator[Metric]:
        if (state := read_state(self._places.run)) is not None:
            yield from _memory(state)
        if (counts := video_counts(self._places)) is not None:
            yield _labelled(
                "halfgig_videos", "Videos in the job store.", "status", {k: float(v) for k, v in counts.items()}
            )


def video_counts(paths: ServerPaths) -> dict[str, int] | None:
    """Return the number of videos by status; None if there were never any."""
    return JobStore(paths.job_store).counts() if paths.job_store.exists() else None


_FIGURES: tuple[tuple[str, str, Callable[[MemoryState], float]], ...] = (
    ("used_bytes", "Memory that cannot be reclaimed.", lambda state: state.used_mb * MB),
    ("limit_bytes", "Memory limit.", lambda state: state.limit_mb * MB),
    ("headroom_bytes", "Memory left below the limit.", lambda state: (state.limit_mb - state.used_mb) * MB),
    ("pressure", "0: normal, 1: high, 2: critical.", lambda state: (NORMAL, HIGH, CRITICAL).index(state.pressure)),
    ("oom_kills", "Processes killed by the kernel for lack of memory.", lambda state: state.oom_kills),
    ("thrashing", "1 while the kernel evicts and re-reads pages in use.", lambda state: state.thrashing),
    ("looked_at_seconds", "Time of the last memory sample, in seconds since 1970.", lambda state: state.at),
)


def _memory(state: MemoryState) -> Iterator[Metric]:
    for name, meaning, figure in _FIGURES:
        yield GaugeMetricFamily(f"halfgig_memory_{name}", meaning, float(figure(state)))
    private = {name: mb * MB for name, mb in state.processes.items()}
    yield _labelled("halfgig_process_private_bytes", "Private memory of each process.", "process", private)


def _labelled(name: str, meaning: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for each, value in values.items():
        family.add_metric([each], value)
    return family
