"""The plan as people read it, on one screen, and as programs do."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from halfgig.animators.registry import animators
from halfgig.capacity import memory_costs
from halfgig.capacity.plan import largest_size, smallest_limit_mb
from halfgig.capacity.render_cells import MANY_GROUPS, render_cells
from halfgig.capacity.throughput import format_duration
from halfgig.tts.registry import default_engine, engines, kinds_of_engines

if TYPE_CHECKING:
    from halfgig.animators.base import AnimatorSpec
    from halfgig.capacity.memory_costs import StageCost
    from halfgig.capacity.plan import CellPlan, Plan, Workload
    from halfgig.tts.base import EngineSpec

COLUMNS = 100
"""The longest line."""

MEDIA_S = 10
"""Length of the speech and the video whose times are told, in seconds."""

FPS = 25
"""Frames a second of that video."""


def page(plan: Plan, remarks: tuple[str, ...] = (), size: int = 512) -> str:
    """Return a plan for frames of `size` pixels on one screen; `remarks` stand below its first line."""
    wrapped = [line for remark in remarks for line in textwrap.wrap(remark, COLUMNS)]
    parts = ([_title(plan), *wrapped], _processes(plan), _rules(plan), _times(plan, size))
    return "\n\n".join("\n".join(lines) for lines in parts)


def as_object(plan: Plan, size: int = 512) -> dict[str, Any]:
    """Return a plan as values that JSON can write."""
    load = _workload(plan)
    return {
        "limit_mb": plan.limit.mb,
        "limit_source": plan.limit.source,
        "cpus": plan.cpus,
        "workers": load.web_workers,
        "speaker": load.speech.name,
        "animator": load.renders[0][0].name,
        "size": size,
        "processes": {share.name.partition(",")[0]: share.mb for share in plan.shares},
        "cells": {
            "speech": _cell(plan.speech),
            **{render[0].name: _cell(plan.cell(*render)) for render in load.renders},
        },
        "cells_mb": plan.cells_mb,
        "reserve_mb": plan.reserve_mb,
        "together": plan.together,
        "used_mb": _used_mb(plan),
        "high_watermark_mb": plan.high_watermark_mb,
        "critical_watermark_mb": plan.critical_watermark_mb,
        "threads": plan.threads,
        "largest_size": largest_size(plan, animators()[0].costs),
        "smallest_limit_mb": smallest_limit_mb(load),
        "render_cells": {spec.name: _cells(plan, spec, size, MANY_GROUPS) for spec in animators()},
        "seconds": {spec.name: _seconds(spec, plan, size) for spec in kinds_of_engines()},
        "video_seconds": {spec.name: round(_video_s(spec, _speaker(load), plan, size), 2) for spec in animators()},
    }


def _workload(plan: Plan) -> Workload:
    assert plan.workload, "a server's plan has a workload"
    return plan.workload


def _cell(cell: CellPlan) -> dict[str, int]:
    return {"private_mb": cell.private_mb, "budget_mb": cell.budget_mb}


def _speaker(load: Workload) -> EngineSpec:
    return next(spec for spec in engines() if spec.name == load.speech.name)


def _seconds(engine: EngineSpec, plan: Plan, size: int) -> dict[str, float]:
    return {
        "speech": round(engine.throughput.seconds(MEDIA_S, plan.cpus), 2),
        "video": round(_video_s(animators()[0], engine, plan, size), 2),
    }


def _video_s(animator: AnimatorSpec, engine: EngineSpec, plan: Plan, size: int) -> float:
    """Return how long a video takes from its text on: speech first, then frames, in seconds."""
    cells = _cells(plan, animator, size, math.ceil(MEDIA_S * FPS / animator.frame_group))
    frames_s = animator.throughput(size).seconds(MEDIA_S, plan.cpus, cells)
    return engine.throughput.seconds(MEDIA_S, plan.cpus) + frames_s


def _cells(plan: Plan, animator: AnimatorSpec, size: int, groups: int) -> int:
    """Return how many cells render a video with this number of groups of frames."""
    return 1 + render_cells(plan, animator.costs(size), groups).helpers


def _title(plan: Plan) -> str:
    load = _workload(plan)
    workers = "1 worker" if load.web_workers == 1 else f"{load.web_workers} workers"
    return (
        f"halfgig in {plan.limit.mb:,} MB ({plan.limit.source}) on {_cpus(plan.cpus)}: {workers}, "
        f"{load.speech.title} speaks"
    )


def _processes(plan: Plan) -> list[str]:
    load = _workload(plan)
    web = f"{memory_costs.WEB_PRIVATE_MB} MB, and {memory_costs.WEB_WORKER_PRIVATE_MB} MB for each worker"
    notes = {"supervisor": "starts, watches and restarts the others", "web": web, "worker": "jobs and their database"}
    needed_mb = _used_mb(plan) + plan.reserve_mb
    left = f"of {plan.limit.mb:,} MB; {plan.limit.mb - needed_mb:,} MB are left over"
    rows = [
        *((share.name, share.mb, "", notes[share.name.partition(",")[0]]) for share in plan.shares),
        (f"{load.speech.title} cell", plan.speech.private_mb, f"{plan.speech.budget_mb} MB", "speaks"),
        *(_render_row(plan, render) for render in load.renders),
        ("reserve", plan.reserve_mb, "", "for the kernel and the unforeseen"),
        ("together", needed_mb, "", left if plan.together else f"{left}; one cell at a time"),
    ]
    head = f"  {'process':<20}{'keeps':>8}{'may reserve':>14}"
    return [head, *(f"  {name:<20}{f'{mb:,} MB':>8}{budget:>14}   {note}" for name, mb, budget, note in rows)]


def _used_mb(plan: Plan) -> int:
    """Return the peak private memory of all processes in MB, without the reserve, while a long video is rendered."""
    renders = (render_cells(plan, render, MANY_GROUPS) for render in _workload(plan).renders)
    others_mb = sum(share.mb for share in plan.shares) + plan.speech.private_mb
    several = (others_mb + (1 + each.helpers) * each.cell.private_mb for each in renders if each.helpers)
    return max([plan.used_mb, *several])


def _render_row(plan: Plan, render: tuple[StageCost, ...]) -> tuple[str, int, str, str]:
    cell = plan.cell(*render)
    together = "renders" if plan.fits_with_speech(cell) else "renders; not together with speech"
    more = ", on one thread" if cell.threads == 1 else ""
    if (cells := render_cells(plan, render, MANY_GROUPS)).helpers:
        more = f"; a long video in {1 + cells.helpers} cells of {cells.cell.private_mb} MB"
    return f"{render[0].name} cell", cell.private_mb, f"{cell.budget_mb} MB", together + more


def _rules(plan: Plan) -> list[str]:
    both = "Speech and video are made side by side." if plan.together else "Speech and video take turns in memory."
    largest = largest_size(plan, animators()[0].costs)
    return [
        f"  {both} Frames of up to {largest:,} pixels fit.",
        "  A cell that asks for more than it may reserve is tried once more, larger, or its job is refused.",
        (
            f"  Over {plan.high_watermark_mb:,} MB nothing is admitted, idle cells end; "
            f"over {plan.critical_watermark_mb:,} MB the busy one, to go on later."
        ),
    ]


def _times(plan: Plan, size: int) -> list[str]:
    load, cpus = _workload(plan), plan.cpus
    rows = [f"  {f'on {_cpus(cpus)}, about':<26}{f'{MEDIA_S} s of speech':>16}{f'{MEDIA_S} s of video':>16}"]
    for engine in sorted(kinds_of_engines(), key=lambda spec: spec is not default_engine()):
        seconds, fits = _seconds(engine, plan, size), engine.cost.private_mb <= plan.cells_mb
        told = [format_duration(seconds[kind]) if fits else "does not fit" for kind in ("speech", "video")]
        rows.append(f"  {f'{engine.title}, {animators()[0].name}':<26}{told[0]:>16}{told[1]:>16}")
    for animator in animators()[1:]:
        fits = largest_size(plan, animator.costs) >= size
        video = format_duration(_video_s(animator, _speaker(load), plan, size)) if fits else "does not fit"
        cells = _cells(plan, animator, size, MANY_GROUPS)
        slow = fits and animator.throughput(size).is_impractical(MEDIA_S, cpus, cells)
        advice = f"   too slow here: use {animators()[0].title}" if slow else ""
        rows.append(f"  {f'{load.speech.title}, {animator.name}':<26}{'':>16}{video:>16}{advice}")
    return rows


def _cpus(cpus: float) -> str:
    return f"{cpus:.3g} CPU" if cpus <= 1 else f"{cpus:.3g} CPUs"
