"""The memory plan: which processes there are and what each may keep, from the limit and the settings.

A pure sum: what cannot fit is refused with it spelled out.  MB of what must stay ("private") unless a name says budget.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig import footprints
from halfgig.errors import MemoryExceeded, PlanDoesNotFit
from halfgig.memory.budget import RESERVE_MB
from halfgig.memory.limits import Limit, cpu_quota, memory_limit

if TYPE_CHECKING:
    from halfgig.memory.ledger import Ledger


@dataclass(frozen=True, slots=True)
class CellPlan:
    """Say what one stage's cell may have."""

    private_mb: int
    """What it keeps at most, MB."""
    budget_mb: int
    """Its RLIMIT_DATA, MB: what it may reserve, touched or not."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Say what the server is to do."""

    workers: int = 1
    """Web processes."""
    kokoro: bool = False
    """True when Kokoro speaks; else espeak-ng does."""
    sadtalker: bool = False
    """True when SadTalker animates; else the puppet does."""
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
    wishes: Wishes
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
    """The cell that renders frames of the wished size."""
    together: bool
    """True when both cells may be there at once."""


def make_plan(limit: Limit, cpus: float, wishes: Wishes, ledger: Ledger | None = None) -> Plan:
    """Share the limit out.  Raises `PlanDoesNotFit` with the sum when it is too small for the wishes."""
    shares = _shares(wishes)
    reserve_mb = min(RESERVE_MB, limit.mb // 8)
    cells_mb = limit.mb - reserve_mb - sum(share.mb for share in shares)
    speech = _measured(_speech(wishes), speaking_stage(wishes), cells_mb, ledger)
    render = _measured(_render(wishes.size), rendering_stage(wishes.size), cells_mb, ledger)
    if max(speech.private_mb, render.private_mb) > cells_mb:
        raise PlanDoesNotFit(_sum(limit, wishes, shares, reserve_mb, max(speech, render, key=lambda c: c.private_mb)))
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
        together=speech.private_mb + render.private_mb <= cells_mb,
    )


def plan_for(setting_bytes: int | None, wishes: Wishes, ledger: Ledger | None = None) -> Plan:
    """Make the plan for this machine: `setting_bytes` is the setting MEMORY_LIMIT, None where it is not set."""
    return make_plan(memory_limit(setting_bytes), cpu_quota(), wishes, ledger)


def render_cell(plan: Plan, size: int) -> CellPlan:
    """Give the cell for frames whose longer side is `size` pixels.

    Raises `MemoryExceeded` with the figures when such frames can never fit, whatever else ends for them.
    """
    cell = plan.render if size == plan.wishes.size else _render(size)
    if cell.private_mb > plan.cells_mb:
        asked = f"frames of {size} pixels take {cell.private_mb} MB"
        raise MemoryExceeded("rendering", plan.cells_mb, asked)
    return cell


def speaking_stage(wishes: Wishes) -> str:
    """Name the speech cell's stage in the ledger."""
    return "speaking kokoro" if wishes.kokoro else "speaking espeak"


def rendering_stage(size: int) -> str:
    """Name a render cell's stage in the ledger."""
    return f"rendering puppet {size}"


def _shares(wishes: Wishes) -> tuple[Share, ...]:
    workers = "1 worker" if wishes.workers == 1 else f"{wishes.workers} workers"
    web_mb = footprints.WEB_PRIVATE_MB + footprints.WEB_WORKER_PRIVATE_MB * wishes.workers
    return (
        Share("guard", footprints.GUARD_PRIVATE_MB),
        Share(f"web, {workers}", web_mb),
        Share("work", footprints.WORK_PRIVATE_MB),
    )


def _speech(wishes: Wishes) -> CellPlan:
    if wishes.kokoro:
        return CellPlan(footprints.KOKORO_PRIVATE_MB, footprints.KOKORO_MB)
    return CellPlan(footprints.SAY_PRIVATE_MB, footprints.SAY_MB)


def _render(size: int) -> CellPlan:
    return CellPlan(footprints.talk_private_mb(size), footprints.talk_mb(size))


def _measured(cell: CellPlan, stage: str, cells_mb: int, ledger: Ledger | None) -> CellPlan:
    """Raise a cell's share to what was measured, but never so far that what ran here before is refused."""
    peak = ledger.peak(stage) if ledger else None
    if peak is None or cell.private_mb > cells_mb:
        return cell
    private_mb = max(cell.private_mb, math.ceil(peak.private_mb))
    return CellPlan(min(private_mb, cells_mb), max(cell.budget_mb, math.ceil(peak.data_mb)))


def _sum(limit: Limit, wishes: Wishes, shares: tuple[Share, ...], reserve_mb: int, cell: CellPlan) -> str:
    parts = [f"{share.name} {share.mb}" for share in shares] + [f"a cell {cell.private_mb}", f"reserve {reserve_mb}"]
    total_mb = sum(share.mb for share in shares) + cell.private_mb + reserve_mb
    return f"{' + '.join(parts)} = {total_mb} MB of {limit.mb} MB ({limit.source}), {wishes.workers} workers"
