"""Memory pressure as pure functions over successive memory samples."""

from dataclasses import dataclass, field

from halfgig.capacity.plan import Plan
from halfgig.resources.limits import MB, Limit
from halfgig.server.memory_state import CRITICAL, HIGH, NORMAL
from halfgig.server.supervisor.processes import CellMemory

NORMAL_S, WORKER_S, CELL_S, CLOSE_S, GROWING_S = 1.0, 0.5, 0.4, 0.2, 0.05
"""Seconds between samples: with no worker, with a worker, with cells, near a watermark, and at least while use grows.

Measured: a sample takes 2 ms of processor time, which counts on a host that allows a tenth of a processor.
"""

THRASH_S = 4.0
"""Seconds that signs of thrashing must last: reading a program for the first time looks the same."""

WINDOW_S = 1.0
"""Seconds over which signs are counted: the kernel counts processor time in hundredths of a second."""

SIGN_FAULTS = 20.0
"""Fewest major faults per second, over all cells, that can be a sign of thrashing."""

SIGN_USER_MS = 0.5
"""A cell that computes for less than this between two major faults, in milliseconds, is waiting instead of working.

Measured with a mapped file too large to fit next to the heap, in a group of 256 MB: 0.03-0.05 ms for random access
(it got 200-350 pages per second), 3 ms for sequential access (358,000 pages per second).  The kernel's count of
refaulted pages was the same for both, 400,000 per second, so it cannot distinguish them.
"""

SIGN_STALL_PERCENT = 50.0
"""From this share of time with the whole group waiting for memory (PSI "full"), a sample is a sign of thrashing."""

FULL = 0.95
"""Smallest share of the limit in use, page cache included, at which thrashing is possible."""


@dataclass(frozen=True, slots=True)
class MemorySample:
    """Memory use at one moment."""

    at: float
    """Time of the sample, in seconds of the monotonic clock."""
    used_mb: float
    """Memory that cannot be freed, MB."""
    limit: Limit
    """The memory limit."""
    usage_mb: float = 0.0
    """Memory that the kernel counts against the limit, page cache included, MB; 0 if it counts none."""
    oom_kills: int | None = None
    """Number of processes that the kernel killed for memory."""
    refaults: int = 0
    """Number of file pages that were dropped and read again so far."""
    stall_percent: float | None = None
    """Share of the last ten seconds in which the whole group waited for memory."""
    worker_runs: bool = False
    """True while the worker runs."""
    cells: tuple[CellMemory, ...] = ()
    """The running cells."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The memory watermarks."""

    high_watermark_mb: float
    """From this use on, no new work is admitted, MB."""
    critical_watermark_mb: float
    """From this use on, the largest cell is ended, MB."""

    @classmethod
    def of(cls, plan: Plan, limit: Limit) -> "Thresholds":
        """Return the plan's watermarks, moved by as much as the limit changed since the start."""
        return cls(
            limit.mb - (plan.limit.mb - plan.high_watermark_mb), limit.mb - (plan.limit.mb - plan.critical_watermark_mb)
        )

    @property
    def margin_mb(self) -> float:
        """Hysteresis: how far use must fall below a watermark before the pressure drops, MB."""
        return (self.critical_watermark_mb - self.high_watermark_mb) / 4


@dataclass(frozen=True, slots=True)
class PressureState:
    """The pressure, and the samples needed to judge the next one."""

    pressure: str = NORMAL
    """NORMAL, HIGH or CRITICAL."""
    thrashing: bool = False
    sample: MemorySample | None = field(default=None, repr=False)
    """The sample that was judged."""
    anchor: MemorySample | None = field(default=None, repr=False)
    """The earlier sample from which signs of thrashing are counted."""
    growth_mb_s: float = 0.0
    """Growth of use since the previous sample, MB per second; 0 if use did not grow."""
    signs_since: float | None = None
    """Start of an unbroken run of signs of thrashing; None if the last sample was no sign."""


def judge(sample: MemorySample, before: PressureState, thresholds: Thresholds) -> PressureState:
    """Return the new state from a sample and the previous state."""
    anchor, since = before.anchor or sample, before.signs_since
    if sample.at - anchor.at >= WINDOW_S:
        since = (anchor.at if since is None else since) if is_sign(sample, anchor) else None
        anchor = sample
    thrashing = since is not None and sample.at - since >= THRASH_S
    growth_mb_s = _growth_mb_s(sample, before.sample)
    pressure = CRITICAL if thrashing else _pressure(sample, growth_mb_s, before.pressure, thresholds)
    return PressureState(pressure, thrashing, sample, anchor, growth_mb_s, since)


def is_sign(sample: MemorySample, before: MemorySample) -> bool:
    """Return whether, between two samples, the cells re-read pages that were dropped instead of working."""
    if not sample.cells or sample.usage_mb < FULL * sample.limit.bytes / MB:
        return False
    if sample.stall_percent is not None and sample.stall_percent >= SIGN_STALL_PERCENT:
        return True
    faults, user_s = _done_between(sample.cells, before.cells)
    often = faults >= SIGN_FAULTS * (sample.at - before.at)
    return often and sample.refaults > before.refaults and user_s * 1000 < SIGN_USER_MS * faults


def largest(cells: tuple[CellMemory, ...]) -> CellMemory | None:
    """Return the cell whose end frees the most memory; None if there is no cell."""
    return max(cells, key=lambda cell: cell.private_mb, default=None)


def interval_s(state: PressureState, thresholds: Thresholds) -> float:
    """Return the seconds until the next sample: short near a watermark, with cells, or when use grows fast."""
    sample = state.sample
    if sample is None:
        return CLOSE_S
    if sample.used_mb >= thresholds.high_watermark_mb - 2 * thresholds.margin_mb or state.pressure != NORMAL:
        usual_s = CLOSE_S
    else:
        usual_s = CELL_S if sample.cells else WORKER_S if sample.worker_runs else NORMAL_S
    return min(usual_s, _full_in_s(sample, state.growth_mb_s) / 4)


def _full_in_s(sample: MemorySample, growth_mb_s: float) -> float:
    """Return the seconds until the limit is reached at this growth, at least four of the shortest intervals."""
    left_mb = sample.limit.bytes / MB - sample.used_mb
    return max(left_mb / growth_mb_s, 4 * GROWING_S) if growth_mb_s > 0 else float("inf")


def _growth_mb_s(sample: MemorySample, before: MemorySample | None) -> float:
    if before is None or sample.at <= before.at:
        return 0.0
    return max(0.0, (sample.used_mb - before.used_mb) / (sample.at - before.at))


def _pressure(sample: MemorySample, growth_mb_s: float, before: str, thresholds: Thresholds) -> str:
    used_mb = sample.used_mb
    # Growth of hundreds of MB per second passes the critical watermark between two samples.
    full_soon = used_mb + growth_mb_s * 2 * GROWING_S >= sample.limit.bytes / MB
    if full_soon and used_mb >= thresholds.high_watermark_mb:
        return CRITICAL
    if used_mb >= thresholds.critical_watermark_mb - (thresholds.margin_mb if before == CRITICAL else 0):
        return CRITICAL
    if used_mb >= thresholds.high_watermark_mb - (thresholds.margin_mb if before in (HIGH, CRITICAL) else 0):
        return HIGH
    return NORMAL


def _done_between(now: tuple[CellMemory, ...], then: tuple[CellMemory, ...]) -> tuple[int, float]:
    earlier = {cell.pid: cell.effort for cell in then}
    pairs = [(cell.effort, earlier[cell.pid]) for cell in now if cell.pid in earlier]
    return (
        sum(after.major_faults - first.major_faults for after, first in pairs),
        sum(after.user_s - first.user_s for after, first in pairs),
    )
