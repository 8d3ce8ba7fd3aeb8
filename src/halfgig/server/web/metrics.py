"""Prometheus metrics: the requests of all web workers, the server's memory and its videos."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from halfgig.animators.registry import animators
from halfgig.resources.limits import MB
from halfgig.server.job import Figures
from halfgig.server.job_store import JobStore
from halfgig.server.memory_state import CRITICAL, HIGH, NORMAL, MemoryState, read_state
from halfgig.server.nodes import SPEECH
from halfgig.server.paths import ServerPaths
from halfgig.server.rendered_for_others import rendered_groups
from halfgig.server.web.shared_counters import SharedCounters

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300)
_INFINITE = "+Inf"
_LABELS = ("method", "route", "status")
_METHODS = frozenset({"GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"})


STREAMS = "streams"
"""The counter of the streams that are being sent, which ends with its worker."""


class Metrics:
    """Counters of requests and streams, which all workers share."""

    def __init__(self, paths: ServerPaths, jobs: JobStore, counters: SharedCounters) -> None:
        self._counters = counters
        self._registry = CollectorRegistry()
        self._registry.register(_Counted(counters))
        self._registry.register(_ServerState(paths, jobs))

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a finished request; status 0: the client disconnected before the response."""
        route = getattr(scope.get("route"), "path", "") or "other"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._counters.add(_name("requests", method, route, str(status or "gone")), 1)
        bound = next((str(float(bound)) for bound in _SECONDS if seconds <= bound), _INFINITE)
        self._counters.add(_name("took", route, bound), 1)
        self._counters.add(_name("seconds", route), seconds)

    def count_stream(self, change: int) -> None:
        """Add 1 for a stream that starts, -1 for one that ends."""
        self._counters.add(STREAMS, change)

    def text(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        return generate_latest(self._registry)


def _name(*parts: str) -> str:
    return "\t".join(parts)


class _Counted(Collector):
    """Metrics read from the workers' counters at each scrape."""

    def __init__(self, counters: SharedCounters) -> None:
        self._counters = counters

    def describe(self) -> list[Metric]:
        """Return nothing, so that the registry does not collect at start."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the requests, how long they took, and the streams that are open."""
        totals = self._counters.totals()
        requests = CounterMetricFamily("halfgig_http_requests", "Requests answered.", labels=_LABELS)
        took: dict[str, dict[str, float]] = {}
        for name, number in sorted(totals.items()):
            kind, *parts = name.split("\t")
            if kind == "requests":
                requests.add_metric(parts, number)
            elif kind == "took":
                took.setdefault(parts[0], {})[parts[1]] = number
        yield requests
        yield _histogram(took, totals)
        yield GaugeMetricFamily("halfgig_streams_in_flight", "Streams being sent.", totals.get(STREAMS, 0.0))


def _histogram(took: dict[str, dict[str, float]], totals: dict[str, float]) -> HistogramMetricFamily:
    """Return the times of responses by route; `took` has the number of responses up to each bound and over the last."""
    family = HistogramMetricFamily(
        "halfgig_http_request_seconds", "Time to the last byte of each response.", labels=["route"]
    )
    for route, counts in took.items():
        buckets, count = [], 0.0
        for bound in (*(str(float(bound)) for bound in _SECONDS), _INFINITE):
            count += counts.get(bound, 0.0)
            buckets.append((bound, count))
        family.add_metric([route], buckets, totals.get(_name("seconds", route), 0.0))
    return family


class _ServerState(Collector):
    """Metrics read from the server's files at each scrape."""

    def __init__(self, paths: ServerPaths, jobs: JobStore) -> None:
        self._places, self._jobs = paths, jobs

    def describe(self) -> list[Metric]:
        """Return nothing, so that the registry does not collect at start."""
        return []

    def collect(self) -> Iterator[Metric]:
        if (state := read_state(self._places.run)) is not None:
            yield from _memory(state)
        if self._jobs.exists():
            yield from _videos(self._jobs.figures())
        groups = rendered_groups(self._places.run)
        yield CounterMetricFamily(
            "halfgig_groups_for_others", "Groups of frames rendered for videos of other nodes.", groups
        )


def video_counts(jobs: JobStore) -> dict[str, int] | None:
    """Return the number of videos by status; None if there were never any."""
    return jobs.counts() if jobs.exists() else None


def _videos(figures: Figures) -> Iterator[Metric]:
    """Yield the videos, their work and the nodes, zeros included: an autoscaler must not miss a figure."""
    counts = {status: float(number) for status, number in figures.videos.items()}
    yield _labelled("halfgig_videos", "Videos in the job store.", "status", counts)
    names = [spec.name for spec in animators()]
    numbers = dict.fromkeys(names, 0.0) | figures.open_videos
    yield _labelled("halfgig_open_videos", "Videos that wait or are being made.", "animator", numbers)
    work = "Their whole work, in seconds of a plain video."
    seconds = dict.fromkeys(names, 0.0) | figures.open_seconds
    yield _labelled("halfgig_open_video_seconds", work, "animator", seconds)
    what = "Writes of processes that had lost their video to another one; the same on every node."
    refused = CounterMetricFamily("halfgig_refused_writes", what, labels=["kind"])
    for kind, number in figures.refused.items():
        refused.add_metric([kind], number)
    yield refused
    roles = {role: float(figures.roles.count(role)) for role in dict.fromkeys((SPEECH, *names, *figures.roles))}
    yield _labelled("halfgig_nodes", "Nodes whose worker has a lease, by what they can do.", "role", roles)


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
