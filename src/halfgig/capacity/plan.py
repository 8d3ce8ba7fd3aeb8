"""The memory plan: which processes run and how much memory each may use, given the limit and the workload.

A pure function of the costs that engines and animators declare. A workload that cannot fit is refused with the
calculation. Figures are MB of private memory unless a name says budget.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from halfgig.capacity import memory_costs
from halfgig.capacity.budget import COMMAND_MB, RESERVE_MB, cells_budget_mb, reserve_mb
from halfgig.errors import MemoryExceeded, PlanDoesNotFit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from halfgig.capacity.measured_peaks import MeasuredPeaks
    from halfgig.capacity.memory_costs import CostsBySize, StageCost
    from halfgig.resources.limits import Limit

RETRY_FACTOR = 4
"""A cell that ran out of memory is retried once with up to this many times its budget."""


class CellPlan(NamedTuple):
    """The memory planned for one stage's cell."""

    private_mb: int
    """Peak private memory in MB."""
    budget_mb: int
    """RLIMIT_DATA in MB: the address space it may reserve, touched or not."""
    threads: int | None = None
    """Most threads it may use; None: one per processor."""
    stage: str = ""
    """Key under which its peaks are recorded."""


@dataclass(frozen=True, slots=True)
class Workload:
    """The work a server is planned for."""

    speech: StageCost
    """Cost of the speech engine."""
    renders: tuple[tuple[StageCost, ...], ...]
    """Costs of each animator's alternatives, the default animator first."""
    web_workers: int = 1
    """Number of web processes."""
    has_store: bool = False
    """Whether files are kept in a store that nodes share."""

    @property
    def models(self) -> tuple[str, ...]:
        """The models it loads, those to be left out first if memory is short coming first."""
        costs = [*(render[0] for render in reversed(self.renders)), self.speech]
        return tuple(cost.model for cost in costs if cost.model)

    @property
    def largest_cell(self) -> StageCost:
        """The cell with the most private memory, each animator in its smallest alternative."""
        return max((self.speech, *(render[-1] for render in self.renders)), key=lambda cost: cost.private_mb)


@dataclass(frozen=True, slots=True)
class Share:
    """The private memory of one process, or of several alike."""

    name: str
    """Name shown to users: "supervisor", "web, 4 workers", "worker"."""
    mb: int
    """Private memory in MB."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The planned processes and their memory."""

    limit: Limit
    """The memory limit."""
    cpus: float
    """Available processor time, as a number of processors."""
    shares: tuple[Share, ...]
    """Memory of the permanent processes."""
    workload: Workload | None = None
    """The server's workload; None in a command's plan."""
    cells: Mapping[str, CellPlan] = field(default_factory=dict)
    """The planned cells by stage, raised to their measured peaks."""

    @property
    def reserve_mb(self) -> int:
        """MB left free for the kernel and the unforeseen."""
        return reserve_mb(self.limit)

    @property
    def cells_mb(self) -> int:
        """Private memory in MB that all cells together may use."""
        return self.limit.mb - self.reserve_mb - sum(share.mb for share in self.shares)

    @property
    def high_watermark_mb(self) -> int:
        """Memory use in MB from which on nothing is admitted and idle cells are ended."""
        return self.limit.mb - self.reserve_mb

    @property
    def critical_watermark_mb(self) -> int:
        """Memory use in MB from which on the largest cell is ended, even if busy."""
        return self.limit.mb - self.reserve_mb // 3

    @property
    def threads(self) -> int:
        """Number of threads for networks."""
        return max(1, int(self.cpus))

    @property
    def speech(self) -> CellPlan:
        """The speech cell."""
        assert self.workload
        return self.cells[self.workload.speech.stage]

    @property
    def render(self) -> CellPlan:
        """The rendering cell of the default animator."""
        assert self.workload
        return self.cell(*self.workload.renders[0])

    @property
    def together(self) -> bool:
        """Whether the speech cell and the default animator's cell fit at the same time."""
        return self.fits_with_speech(self.render)

    @property
    def used_mb(self) -> int:
        """Peak private memory of all processes together in MB, without the reserve."""
        assert self.workload
        pairs = [(self.speech.private_mb, self.cell(*render).private_mb) for render in self.workload.renders]
        most_mb = max(sum(pair) if sum(pair) <= self.cells_mb else max(pair) for pair in pairs)
        return sum(share.mb for share in self.shares) + most_mb

    def fits_with_speech(self, cell: CellPlan) -> bool:
        """Return whether a cell and the speech cell fit at the same time."""
        return self.speech.private_mb + cell.private_mb <= self.cells_mb

    def cell(self, *alternatives: StageCost) -> CellPlan:
        """Return the first of a stage's alternatives that fits, or the last if none does."""
        cells = [self.cells.get(cost.stage) or _cell(cost) for cost in alternatives]
        return next((cell for cell in cells if cell.private_mb <= self.cells_mb), cells[-1])

    def larger(self, cell: CellPlan) -> CellPlan | None:
        """Return the cell to retry with after `cell` ran out of memory, or None if no larger one fits."""
        budget_mb = min(RETRY_FACTOR * cell.budget_mb, self.cells_mb + cell.budget_mb - cell.private_mb)
        if budget_mb <= cell.budget_mb:
            return None
        return cell._replace(private_mb=cell.private_mb + budget_mb - cell.budget_mb, budget_mb=budget_mb)


def make_plan(limit: Limit, cpus: float, workload: Workload, peaks: MeasuredPeaks | None = None) -> Plan:
    """Return a server's plan. Raises `PlanDoesNotFit` with the calculation if the limit is too small."""
    plan = Plan(limit, cpus, _shares(workload), workload)
    if plan.cells_mb < workload.largest_cell.private_mb:
        raise PlanDoesNotFit(_refusal(plan, workload))
    costs = [workload.speech, *(cost for render in workload.renders for cost in render)]
    return replace(plan, cells={cost.stage: _measured(_cell(cost), cost.stage, plan.cells_mb, peaks) for cost in costs})


def command_plan(limit: Limit, cpus: float) -> Plan:
    """Return the plan of a command, which runs one cell at a time and no server.

    Raises `BudgetTooSmall` if the limit leaves too little for any cell.
    """
    cells_budget_mb(limit)
    return Plan(limit, cpus, (Share("halfgig", COMMAND_MB),))


def render_cell(plan: Plan, costs: CostsBySize, size: int) -> CellPlan:
    """Return the rendering cell for frames whose longer side is `size` pixels.

    Raises `MemoryExceeded` with the figures if such frames cannot fit even with no other cell running.
    """
    cell = plan.cell(*costs(size))
    if cell.private_mb > plan.cells_mb:
        largest, title = largest_size(plan, costs), costs(size)[-1].title
        way_out = f"up to {largest} pixels fit" if largest else "choose another animator"
        raise MemoryExceeded(
            "rendering" if largest else costs(size)[-1].name,
            plan.cells_mb,
            f"{title} take {cell.private_mb} MB, {way_out}",
        )
    return cell


def largest_size(plan: Plan, costs: CostsBySize) -> int:
    """Return the longer side in pixels of the largest frames that fit, a multiple of 16; 0 if none fit."""
    sizes = range(memory_costs.LARGEST_SIZE // 16 + 1)
    fitting = [16 * step for step in sizes if costs(16 * step)[-1].private_mb <= plan.cells_mb]
    return min(max(fitting, default=0), memory_costs.LARGEST_SIZE)


def smallest_limit_mb(workload: Workload) -> int:
    """Return the smallest limit in MB that suffices for a workload, including the reserve."""
    must_mb = sum(share.mb for share in _shares(workload)) + workload.largest_cell.private_mb
    return max(must_mb + RESERVE_MB, 8 * RESERVE_MB) if must_mb > 7 * RESERVE_MB else math.ceil(must_mb * 8 / 7)


def _shares(workload: Workload) -> tuple[Share, ...]:
    web_workers = workload.web_workers
    workers = "1 worker" if web_workers == 1 else f"{web_workers} workers"
    web_mb = memory_costs.WEB_PRIVATE_MB + memory_costs.WEB_WORKER_PRIVATE_MB * web_workers
    return (
        Share("supervisor", memory_costs.SUPERVISOR_PRIVATE_MB),
        Share(f"web, {workers}", web_mb),
        Share("worker", memory_costs.WORKER_PRIVATE_MB),
        *([Share("file store", memory_costs.STORE_PRIVATE_MB * (web_workers + 1))] if workload.has_store else []),
    )


def _cell(cost: StageCost) -> CellPlan:
    return CellPlan(cost.private_mb, cost.budget_mb, cost.threads, cost.stage)


def _measured(cell: CellPlan, stage: str, cells_mb: int, peaks: MeasuredPeaks | None) -> CellPlan:
    """Raise a cell's figures to its measured peak, but not beyond what fits: the stage has run here before."""
    peak = peaks.peak(stage) if peaks else None
    if peak is None or cell.private_mb > cells_mb:
        return cell
    private_mb = max(cell.private_mb, math.ceil(peak.private_mb))
    return cell._replace(private_mb=min(private_mb, cells_mb), budget_mb=max(cell.budget_mb, math.ceil(peak.data_mb)))


def _refusal(plan: Plan, workload: Workload) -> str:
    largest, each_mb = workload.largest_cell, memory_costs.WEB_WORKER_PRIVATE_MB
    supervisor, web, *others = ((share.name, share.mb) for share in plan.shares)
    terms: Sequence[tuple[str, int]] = (
        supervisor,
        (f"web {memory_costs.WEB_PRIVATE_MB} and {workload.web_workers} x {each_mb}", web[1]),
        *others,
        (f"a cell for {largest.title}", largest.private_mb),
        ("reserve", plan.reserve_mb),
    )
    spelled = " + ".join(f"{mb} ({what})" for what, mb in terms)
    return (
        f"{spelled} = {sum(mb for _, mb in terms)} MB of {plan.limit.mb} MB ({plan.limit.source}); "
        f"it takes a limit of {smallest_limit_mb(workload)} MB; {_way_out(plan.limit, workload)}"
    )


def _way_out(limit: Limit, workload: Workload) -> str:
    one = replace(workload, web_workers=1)
    if smallest_limit_mb(one) <= limit.mb:
        return "with WORKERS=1 it fits"
    renders = [render for render in one.renders if not render[0].model]
    plain = replace(one, renders=tuple(renders or one.renders[:1]))
    if plain != one and smallest_limit_mb(plain) <= limit.mb:
        removed = " and ".join(render[0].model for render in one.renders if render[0].model)
        return f"with WORKERS=1 and without {removed} it fits (halfgig models remove {removed.replace(' and', '')})"
    if one.speech.model:
        return f"without the model {one.speech.model} less is needed (halfgig models remove {one.speech.model})"
    return "allow more with MEMORY_LIMIT or on a larger host"
