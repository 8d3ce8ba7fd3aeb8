"""What to think of the memory: pure decisions over one look after the other."""

from dataclasses import dataclass, field

from halfgig.capacity.plan import Plan
from halfgig.resources.limits import MB, Limit
from halfgig.server.memory_state import CRITICAL, HIGH, NORMAL
from halfgig.server.supervisor.processes import CellMemory

NORMAL_S, WORK_S, CELL_S, CLOSE_S, GROWING_S = 1.0, 0.5, 0.4, 0.2, 0.05
"""Seconds between two looks: while all is calm, work runs, it has cells, it is close, and while use grows, at least.

Measured: a look takes 2 ms of processor time, and where there is a tenth of one that is no small thing.
"""

THRASH_S = 4.0
"""So long the signs of thrashing must last, in seconds: reading a program for the first time looks alike."""

WINDOW_S = 1.0
"""Signs are counted over so many seconds: the kernel counts processor time in hundredths."""

SIGN_FAULTS = 20.0
"""Major faults a second of all cells, from which on a look can be a sign of thrashing."""

SIGN_USER_MS = 0.5
"""Less of its own work than this between two major faults, in milliseconds, is no work but waiting.

Measured with a mapped file that did not fit beside the heap, in a group of 256 MB: 0.03-0.05 ms when pages were wanted
at random (200-350 a second were all it got), 3 ms when they were wanted in order (358,000 a second).  The kernel's
count of pages read again was the same for both, 400,000 a second, and so was not what tells them apart.
"""

SIGN_STALL_PERCENT = 50.0
"""From here on, all of the group waiting for memory at once (PSI "full") is a sign of thrashing."""

FULL = 0.95
"""Thrashing needs a group so full, page cache included."""


@dataclass(frozen=True, slots=True)
class MemorySample:
    """What one look at the memory has found."""

    at: float
    """When, in seconds of a clock that only goes forward."""
    used_mb: float
    """What must stay, MB."""
    limit: Limit
    """How much there may be."""
    usage_mb: float = 0.0
    """What the kernel holds against the limit, page cache included, MB; 0 where it does not."""
    oom_kills: int | None = None
    """How many processes the kernel has killed for memory."""
    refaults: int = 0
    """Pages of files that had to be read again, so far."""
    stall_percent: float | None = None
    """Share of the last ten seconds in which all stood waiting for memory."""
    work: bool = False
    """True while work runs."""
    cells: tuple[CellMemory, ...] = ()
    """The cells there are."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where pressure begins."""

    high_mb: float
    """From here on nothing is admitted, MB."""
    last_mb: float
    """From here on the largest cell ends, MB."""

    @classmethod
    def of(cls, plan: Plan, limit: Limit) -> "Thresholds":
        """Return the plan's marks, as far below the limit as it is now as they were below the limit at the start."""
        return cls(
            limit.mb - (plan.limit.mb - plan.high_watermark_mb), limit.mb - (plan.limit.mb - plan.critical_watermark_mb)
        )

    @property
    def margin_mb(self) -> float:
        """How far memory must fall below a mark before it counts as left, MB."""
        return (self.last_mb - self.high_mb) / 4


@dataclass(frozen=True, slots=True)
class PressureState:
    """How it stands."""

    pressure: str = NORMAL
    """NORMAL, HIGH or CRITICAL."""
    thrashing: bool = False
    look: MemorySample | None = field(default=None, repr=False)
    """The look it was made from."""
    anchor: MemorySample | None = field(default=None, repr=False)
    """The earlier look that signs of thrashing are counted from."""
    growth_mb_s: float = 0.0
    """How fast use has grown since the look before, MB a second; 0 where it has not."""
    signs_since: float | None = None
    """Since when there was nothing but signs of thrashing; None when there was something else."""


def judge(look: MemorySample, before: PressureState, marks: Thresholds) -> PressureState:
    """Return how it stands, from a look and from how it stood at the one before."""
    anchor, since = before.anchor or look, before.signs_since
    if look.at - anchor.at >= WINDOW_S:
        since = (anchor.at if since is None else since) if is_sign(look, anchor) else None
        anchor = look
    thrashing = since is not None and look.at - since >= THRASH_S
    growth_mb_s = _growth_mb_s(look, before.look)
    pressure = CRITICAL if thrashing else _pressure(look, growth_mb_s, before.pressure, marks)
    return PressureState(pressure, thrashing, look, anchor, growth_mb_s, since)


def is_sign(look: MemorySample, before: MemorySample) -> bool:
    """Return whether between two looks the cells waited for pages they had had already, instead of working."""
    if not look.cells or look.usage_mb < FULL * look.limit.bytes / MB:
        return False
    if look.stall_percent is not None and look.stall_percent >= SIGN_STALL_PERCENT:
        return True
    faults, user_s = _done_between(look.cells, before.cells)
    often = faults >= SIGN_FAULTS * (look.at - before.at)
    return often and look.refaults > before.refaults and user_s * 1000 < SIGN_USER_MS * faults


def largest(cells: tuple[CellMemory, ...]) -> CellMemory | None:
    """Choose the cell to end: the one whose end frees most."""
    return max(cells, key=lambda cell: cell.private_mb, default=None)


def interval_s(verdict: PressureState, marks: Thresholds) -> float:
    """Return when to look again, in seconds: often when it is close, work has cells, or use grows fast."""
    look = verdict.look
    if look is None:
        return CLOSE_S
    if look.used_mb >= marks.high_mb - 2 * marks.margin_mb or verdict.pressure != NORMAL:
        usual_s = CLOSE_S
    else:
        usual_s = CELL_S if look.cells else WORK_S if look.work else NORMAL_S
    return min(usual_s, _full_in_s(look, verdict.growth_mb_s) / 4)


def _full_in_s(look: MemorySample, growth_mb_s: float) -> float:
    """Return when the limit is reached at this pace, in seconds, and no less than four of the shortest intervals."""
    left_mb = look.limit.bytes / MB - look.used_mb
    return max(left_mb / growth_mb_s, 4 * GROWING_S) if growth_mb_s > 0 else float("inf")


def _growth_mb_s(look: MemorySample, before: MemorySample | None) -> float:
    if before is None or look.at <= before.at:
        return 0.0
    return max(0.0, (look.used_mb - before.used_mb) / (look.at - before.at))


def _pressure(look: MemorySample, growth_mb_s: float, before: str, marks: Thresholds) -> str:
    used_mb = look.used_mb
    # Growth of hundreds of MB a second leaps over the last mark between two looks.
    full_soon = used_mb + growth_mb_s * 2 * GROWING_S >= look.limit.bytes / MB
    if full_soon and used_mb >= marks.high_mb:
        return CRITICAL
    if used_mb >= marks.last_mb - (marks.margin_mb if before == CRITICAL else 0):
        return CRITICAL
    if used_mb >= marks.high_mb - (marks.margin_mb if before in (HIGH, CRITICAL) else 0):
        return HIGH
    return NORMAL


def _done_between(now: tuple[CellMemory, ...], then: tuple[CellMemory, ...]) -> tuple[int, float]:
    earlier = {cell.pid: cell.effort for cell in then}
    pairs = [(cell.effort, earlier[cell.pid]) for cell in now if cell.pid in earlier]
    return (
        sum(after.major_faults - first.major_faults for after, first in pairs),
        sum(after.user_s - first.user_s for after, first in pairs),
    )
