"""The memory plan: which processes there are and what each may keep, from the limit and the settings.

A pure sum: what cannot fit is refused with it spelled out.  MB of what must stay ("private") unless a name says budget.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from halfgig.capacity import memory_costs
from halfgig.capacity.budget import RESERVE_MB
from halfgig.errors import MemoryExceeded, PlanDoesNotFit
from halfgig.resources.limits import Limit, cpu_quota, memory_limit

if TYPE_CHECKING:
    from halfgig.capacity.measured_peaks import MeasuredPeaks


@dataclass(frozen=True, slots=True)
class CellPlan:
    """Say what one stage's cell may have."""

    private_mb: int
    """What it keeps at most, MB."""
    budget_mb: int
    """Its RLIMIT_DATA, MB: what it may reserve, touched or not."""


@dataclass(frozen=True, slots=True)
class Workload:
    """Say what the server is to do."""

    workers: int = 1
    """Web processes."""
    kokoro: bool = False
    """True when Kokoro speaks; else espeak-ng does."""
    sadtalker: bool = False
    """True when SadTalker animates where it is asked for; else the puppet alone does."""
    size: int = 512
    """The longer side of the frames in pixels."""


@dataclass(frozen=True, slots=True)
class Share:
    """Say what one process, or several alike, keep of the limit."""

    name: str
    """For a person: "guard", "web, 4 workers", "work"."""
    mb: int
    """MB."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Say which processes there are, and what each may have."""

    limit: Limit
    """How much memory there is."""
    cpus: float
    """Processors' worth of time."""
    wishes: Workload
    """What the plan was made for."""
    shares: tuple[Share, ...]
    """What the processes that are always there keep."""
    reserve_mb: int
    """What is left free for the kernel and the unforeseen, MB."""
    cells_mb: int
    """What all cells together may keep, MB."""
    high_mb: int
    """From here on nothing is admitted and idle cells end, MB."""
    last_mb: int
    """From here on the busy cell ends, MB."""
    threads: int
    """Threads of a cell's networks."""
    speech: CellPlan
    """The cell that speaks."""
    render: CellPlan
    """The cell in which the puppet renders frames of the wished size."""
    sadtalker: CellPlan | None
    """The cell in which SadTalker does; None where it is not wished."""
    together: bool
    """True when the cell that speaks and the puppet's may be there at once."""

    def beside_speech(self, cell: CellPlan) -> bool:
        """Tell whether a cell and the one that speaks may be there at once."""
        return self.speech.private_mb + cell.private_mb <= self.cells_mb


def make_plan(limit: Limit, cpus: float, wishes: Workload, ledger: MeasuredPeaks | None = None) -> Plan:
    """Share the limit out.  Raises `PlanDoesNotFit` with the sum when it is too small for the wishes."""
    shares = _shares(wishes)
    reserve_mb = min(RESERVE_MB, limit.mb // 8)
    cells_mb = limit.mb - reserve_mb - sum(share.mb for share in shares)
    if cells_mb < _largest_cell_mb(wishes):
        raise PlanDoesNotFit(_refusal(limit, wishes))
    speech = _measured(_speech(wishes), speaking_stage(wishes), cells_mb, ledger)

    def rendering(animator: str) -> CellPlan:
        stage = rendering_stage(wishes.size, animator)
        return _measured(_render(wishes.size, animator), stage, cells_mb, ledger)

    render = rendering("puppet")
    return Plan(
        limit=limit,
        cpus=cpus,
        wishes=wishes,
        shares=shares,
        reserve_mb=reserve_mb,
        cells_mb=cells_mb,
        high_mb=limit.mb - reserve_mb,
        last_mb=limit.mb - reserve_mb // 3,
        threads=max(1, int(cpus)),
        speech=speech,
        render=render,
        sadtalker=rendering("sadtalker") if wishes.sadtalker else None,
        together=speech.private_mb + render.private_mb <= cells_mb,
    )


def plan_for(setting_bytes: int | None, wishes: Workload, ledger: MeasuredPeaks | None = None) -> Plan:
    """Make the plan for this machine: `setting_bytes` is the setting MEMORY_LIMIT, None where it is not set."""
    return make_plan(memory_limit(setting_bytes), cpu_quota(), wishes, ledger)


def render_cell(plan: Plan, size: int, animator: str = "puppet") -> CellPlan:
    """Give the cell for an animator's frames whose longer side is `size` pixels.

    Raises `MemoryExceeded` with the figures when such frames can never fit, whatever else ends for them.
    """
    planned = {"puppet": plan.render, "sadtalker": plan.sadtalker}.get(animator) if size == plan.wishes.size else None
    cell = planned or _render(size, animator)
    if cell.private_mb > plan.cells_mb:
        # Where no size fits, the sentence must not advise a smaller one.
        stage = "SadTalker" if animator == "sadtalker" and not largest_size(plan, animator) else "rendering"
        raise MemoryExceeded(stage, plan.cells_mb, _too_large(plan, size, animator, cell))
    return cell


def largest_size(plan: Plan, animator: str = "puppet") -> int:
    """Give the longer side of an animator's largest frames that fit, in pixels, a multiple of 16; 0: none do."""
    further_mb = plan.cells_mb - _render(0, animator).private_mb
    if further_mb < 0:
        return 0
    each_mb = memory_costs.SADTALKER_MB_PER_MEGAPIXEL if animator == "sadtalker" else memory_costs.MB_PER_MEGAPIXEL
    megapixels = memory_costs.PLAIN_MEGAPIXELS + further_mb / each_mb
    return min(math.isqrt(int(megapixels * 1e6)) // 16 * 16, memory_costs.LARGEST_SIZE)


def smallest_limit_mb(wishes: Workload) -> int:
    """Give the smallest limit in MB under which the wishes can be fulfilled, the reserve included."""
    must_mb = sum(share.mb for share in _shares(wishes)) + _largest_cell_mb(wishes)
    return max(must_mb + RESERVE_MB, 8 * RESERVE_MB) if must_mb > 7 * RESERVE_MB else math.ceil(must_mb * 8 / 7)


def speaker(wishes: Workload) -> str:
    """Name who speaks, for a person."""
    return "Kokoro" if wishes.kokoro else "espeak-ng"


def speaking_stage(wishes: Workload) -> str:
    """Name the speech cell's stage in the ledger."""
    return "speaking kokoro" if wishes.kokoro else "speaking espeak"


def rendering_stage(size: int, animator: str = "puppet") -> str:
    """Name a render cell's stage in the ledger."""
    return f"rendering {animator} {size}"


def _shares(wishes: Workload) -> tuple[Share, ...]:
    workers = "1 worker" if wishes.workers == 1 else f"{wishes.workers} workers"
    web_mb = memory_costs.WEB_PRIVATE_MB + memory_costs.WEB_WORKER_PRIVATE_MB * wishes.workers
    return (
        Share("guard", memory_costs.GUARD_PRIVATE_MB),
        Share(f"web, {workers}", web_mb),
        Share("work", memory_costs.WORK_PRIVATE_MB),
    )


def _speech(wishes: Workload) -> CellPlan:
    if wishes.kokoro:
        return CellPlan(memory_costs.KOKORO_PRIVATE_MB, memory_costs.KOKORO_MB)
    return CellPlan(memory_costs.SAY_PRIVATE_MB, memory_costs.SAY_MB)


def _render(size: int, animator: str) -> CellPlan:
    if animator == "sadtalker":
        return CellPlan(memory_costs.sadtalker_private_mb(size), memory_costs.sadtalker_mb(size))
    return CellPlan(memory_costs.talk_private_mb(size), memory_costs.talk_mb(size))


def _too_large(plan: Plan, size: int, animator: str, cell: CellPlan) -> str:
    largest = largest_size(plan, animator)
    if animator == "sadtalker" and not largest:
        return f"SadTalker takes {cell.private_mb} MB; ask for the puppet"
    name = "SadTalker's frames" if animator == "sadtalker" else "frames"
    return f"{name} of {size} pixels take {cell.private_mb} MB, up to {largest} pixels fit"


def _largest_cell(wishes: Workload) -> tuple[int, str]:
    """Give what the largest cell keeps, in MB, and its name."""
    cells = [
        (_speech(wishes).private_mb, speaker(wishes)),
        (_render(wishes.size, "puppet").private_mb, f"frames of {wishes.size} pixels"),
    ]
    if wishes.sadtalker:
        cells.append((_render(wishes.size, "sadtalker").private_mb, f"SadTalker's frames of {wishes.size} pixels"))
    return max(cells, key=lambda cell: cell[0])


def _largest_cell_mb(wishes: Workload) -> int:
    return _largest_cell(wishes)[0]


def _measured(cell: CellPlan, stage: str, cells_mb: int, ledger: MeasuredPeaks | None) -> CellPlan:
    """Raise a cell's share to what was measured, but never so far that what ran here before is refused."""
    peak = ledger.peak(stage) if ledger else None
    if peak is None:
        return cell
    private_mb = max(cell.private_mb, math.ceil(peak.private_mb))
    return CellPlan(min(private_mb, cells_mb), max(cell.budget_mb, math.ceil(peak.data_mb)))


def _refusal(limit: Limit, wishes: Workload) -> str:
    largest_mb, name = _largest_cell(wishes)
    reserve_mb = min(RESERVE_MB, limit.mb // 8)
    terms = [(share.name, share.mb) for share in _shares(wishes)]
    terms[1] = (
        f"web {memory_costs.WEB_PRIVATE_MB} and {wishes.workers} x {memory_costs.WEB_WORKER_PRIVATE_MB}",
        terms[1][1],
    )
    terms += [(f"a cell for {name}", largest_mb), ("reserve", reserve_mb)]
    spelled = " + ".join(f"{mb} ({what})" for what, mb in terms)
    return (
        f"{spelled} = {sum(mb for _, mb in terms)} MB of {limit.mb} MB ({limit.source}); "
        f"it takes a limit of {smallest_limit_mb(wishes)} MB; {_way_out(limit, wishes)}"
    )


def _way_out(limit: Limit, wishes: Workload) -> str:
    one, plain, least = replace(wishes, workers=1), Workload(size=wishes.size), Workload()
    if smallest_limit_mb(one) <= limit.mb:
        return "with WORKERS=1 it fits"
    if smallest_limit_mb(replace(one, sadtalker=False)) <= limit.mb:
        return "with WORKERS=1 and the puppet alone it fits (halfgig models remove sadtalker)"
    if smallest_limit_mb(plain) <= limit.mb:
        return "with WORKERS=1 and espeak-ng it fits (halfgig models remove kokoro)"
    more = "allow more with MEMORY_LIMIT or on a larger host"
    if wishes == least:
        return more
    return f"one worker, espeak-ng and {least.size} pixels take {smallest_limit_mb(least)} MB; {more}"
