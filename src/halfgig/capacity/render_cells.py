"""How many cells render one video side by side, each with how many threads: whatever takes the least time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from halfgig.capacity.memory_costs import StageCost
    from halfgig.capacity.plan import CellPlan, Plan

SMALL_HOST_MB = 512
"""Up to this limit one cell renders: what is left over is for speech and for larger pictures."""

MANY_GROUPS = 1000
"""Groups of frames of a video that keeps all cells busy."""


class RenderCells(NamedTuple):
    """Cells that render one video side by side."""

    cell: CellPlan
    """The plan of each."""
    helpers: int = 0
    """Their number without the leading one."""


def render_cells(plan: Plan, alternatives: tuple[StageCost, ...], groups: int) -> RenderCells:
    """Return the cells for a video with this number of groups of frames; one cell renders a group.

    More than one cell leaves room for the speech cell.
    """
    best, best_time = RenderCells(plan.cell(*alternatives)), math.inf
    if plan.limit.mb <= SMALL_HOST_MB or plan.cpus < 2:
        return best
    room_mb = plan.cells_mb - (plan.speech.private_mb if plan.workload else 0)
    for cost in alternatives:
        cell = plan.cell(cost)
        count = min(groups, int(plan.cpus / cost.cores), room_mb // cell.private_mb)
        if count < 1:
            continue
        time = math.ceil(groups / count) / cost.speed
        if time < best_time:  # if equal, the preferred alternative
            best_time = time
            best = RenderCells(cell._replace(threads=cost.cores) if count > 1 else cell, count - 1)
    return best
