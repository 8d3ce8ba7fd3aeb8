"""Which animators a server has, whether each fits, and how long it takes here: measured where that has been."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from halfgig.animators.registry import animators
from halfgig.capacity.plan import render_cell
from halfgig.capacity.render_cells import MANY_GROUPS, render_cells
from halfgig.errors import MemoryExceeded
from halfgig.server.job import COMPLETED
from halfgig.server.plan import is_installed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from halfgig.animators.base import AnimatorSpec
    from halfgig.capacity.plan import Plan
    from halfgig.server.job import Job
    from halfgig.settings import Settings

SIZE, FPS = 512, 25
"""The frames whose time is told: the longer side in pixels, and how many a second."""

LAST = 5
"""Number of most recent videos used to estimate this server's speed."""


def described_animators(settings: Settings, plan: Plan, finished: Iterable[Job]) -> list[dict[str, Any]]:
    """Return each animator's name, is_here, fits, private_mb, seconds_per_second and a note for a person.

    `finished` are the jobs that have ended, the oldest first.
    """
    jobs = list(finished)
    return [_described(spec, settings, plan, measured_paces(spec.name, jobs)) for spec in animators()]


def measured_paces(name: str, finished: Iterable[Job]) -> list[float]:
    """Return the frames a second of an animator's newest videos in frames of `SIZE`; empty where there are none."""
    alike = [
        job for job in finished if job.status == COMPLETED and (job.request.animator, job.request.size) == (name, SIZE)
    ]
    return [pace for job in alike if (pace := float(job.progress.get("pace") or 0.0)) > 0][-LAST:]


def _described(spec: AnimatorSpec, settings: Settings, plan: Plan, measured: list[float]) -> dict[str, Any]:
    is_here = is_installed(spec.model, settings)
    private_mb, refusal = plan.cell(*spec.costs(SIZE)).private_mb, ""
    try:
        render_cell(plan, spec.costs, SIZE)
    except MemoryExceeded:
        refusal = f"it takes {private_mb} MB, and {plan.cells_mb} MB are left for cells"
    pace = spec.throughput(SIZE)
    cells = 1 + render_cells(plan, spec.costs(SIZE), MANY_GROUPS).helpers
    seconds = FPS / statistics.median(measured) if measured else pace.each_s / min(plan.cpus, pace.most_cpus * cells)
    return {
        "name": spec.name,
        "is_here": is_here,
        "fits": not refusal,
        "private_mb": private_mb,
        "seconds_per_second": round(seconds, 3),
        "note": refusal or _note(spec, is_here, len(measured)),
    }


def _note(spec: AnimatorSpec, is_here: bool, videos: int) -> str:
    if not is_here:
        return f"it is not installed; fetch it with: halfgig pull {spec.model}"
    if videos:
        return f"measured over the last {videos} videos" if videos > 1 else "measured over the last video"
    return "estimated from another machine; no video of this size was made here yet"
