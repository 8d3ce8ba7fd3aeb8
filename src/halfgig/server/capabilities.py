"""Which animators a server has, whether each fits, and how long it takes here: measured where that has been."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from halfgig.capacity import memory_costs, throughput
from halfgig.capacity.plan import render_cell
from halfgig.errors import MemoryExceeded
from halfgig.requests import ANIMATORS, PUPPET, SADTALKER
from halfgig.server.job_store import COMPLETED
from halfgig.server.plan import has_sadtalker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from halfgig.capacity.plan import Plan
    from halfgig.server.job_store import Job
    from halfgig.settings import Settings

SIZE, FPS = 512, 25
"""Of which frames the time is told: the longer side in pixels, and how many a second."""

LAST = 5
"""So many of the newest videos say how fast this server is."""

_PACES = {PUPPET: throughput.PUPPET, SADTALKER: throughput.SADTALKER}
_PRIVATE_MB = {PUPPET: memory_costs.talk_private_mb, SADTALKER: memory_costs.sadtalker_private_mb}


def animators(settings: Settings, plan: Plan, finished: Iterable[Job]) -> list[dict[str, Any]]:
    """Describe each animator: name, is_here, fits, private_mb, seconds_per_second and a note for a person.

    `finished` are the book's jobs that have ended, the oldest first.
    """
    jobs = list(finished)
    return [_animator(name, settings, plan, measured_paces(name, jobs)) for name in ANIMATORS]


def measured_paces(animator: str, finished: Iterable[Job]) -> list[float]:
    """Give the frames a second of the newest videos by an animator, in frames of `SIZE`; empty where there are none."""
    alike = [
        job for job in finished if job.status == COMPLETED and (job.order.animator, job.order.size) == (animator, SIZE)
    ]
    return [pace for job in alike if (pace := float(job.facts.get("pace") or 0.0)) > 0][-LAST:]


def _animator(name: str, settings: Settings, plan: Plan, measured: list[float]) -> dict[str, Any]:
    is_here = name == PUPPET or has_sadtalker(settings)
    private_mb, refusal = _PRIVATE_MB[name](SIZE), ""
    try:
        private_mb = render_cell(plan, SIZE, name).private_mb
    except MemoryExceeded:
        refusal = f"it takes {private_mb} MB, and {plan.cells_mb} MB are left for cells"
    pace = _PACES[name]
    seconds = FPS / statistics.median(measured) if measured else pace.each_s / min(plan.cpus, pace.most_cpus)
    return {
        "name": name,
        "is_here": is_here,
        "fits": not refusal,
        "private_mb": private_mb,
        "seconds_per_second": round(seconds, 3),
        "note": refusal or _note(name, is_here, len(measured)),
    }


def _note(name: str, is_here: bool, videos: int) -> str:
    if not is_here:
        return f"it is not here; fetch it with: halfgig pull {name}"
    if videos:
        return f"measured over the last {videos} videos" if videos > 1 else "measured over the last video"
    return "reckoned from the time another machine took; no video of this size has been made here yet"
