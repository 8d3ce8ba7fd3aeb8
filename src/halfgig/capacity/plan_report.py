"""The plan as people read it, on one screen, and as programs do."""

from __future__ import annotations

import textwrap
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from halfgig.capacity import memory_costs, throughput
from halfgig.capacity.hosts import HOST_PLANS
from halfgig.capacity.plan import Plan, Workload, largest_size, make_plan, smallest_limit_mb, speaker
from halfgig.errors import PlanDoesNotFit

if TYPE_CHECKING:
    from halfgig.capacity.hosts import HostPlan
    from halfgig.capacity.plan import CellPlan

COLUMNS = 100
"""The longest line."""

MEDIA_S = 10
"""How long the speech and the video are whose times are told, in seconds."""

BEFORE_WORKERS = 4
"""Workers of the set-up that is compared with."""

BEFORE_MB = (338, 684)
"""What each of them took: Kokoro int8 in one graph under ONNX Runtime's defaults, for 5 and for 20 s of speech, MB."""


def page(plan: Plan, remarks: tuple[str, ...] = ()) -> str:
    """Write a plan on one screen; `remarks` are said below its first line."""
    said = [line for remark in remarks for line in textwrap.wrap(remark, COLUMNS)]
    parts = ([_title(plan), *said], _processes(plan), _rules(plan), _times(plan), _before(plan), _hosts(plan.wishes))
    return "\n\n".join("\n".join(lines) for lines in parts)


def as_object(plan: Plan) -> dict[str, Any]:
    """Give a plan for a program."""
    wishes = plan.wishes
    return {
        "limit_mb": plan.limit.mb,
        "limit_source": plan.limit.source,
        "cpus": plan.cpus,
        "workers": wishes.workers,
        "speaker": _engine(wishes),
        "animator": "puppet",
        "size": wishes.size,
        "processes": {share.name.partition(",")[0]: share.mb for share in plan.shares},
        "cells": {"speech": asdict(plan.speech), "render": asdict(plan.render), **_sadtalkers_cell(plan)},
        "cells_mb": plan.cells_mb,
        "reserve_mb": plan.reserve_mb,
        "together": plan.together,
        "used_mb": used_mb(plan),
        "high_mb": plan.high_mb,
        "last_mb": plan.last_mb,
        "threads": plan.threads,
        "largest_size": largest_size(plan),
        "smallest_limit_mb": smallest_limit_mb(wishes),
        "seconds": _seconds(plan.cpus, wishes.size),
        "sadtalker": _sadtalker_object(plan, plan.cpus),
        "before": {"workers": BEFORE_WORKERS, "least_mb": _before_mb()[0], "most_mb": _before_mb()[1]},
        "hosts": [_host_object(host, wishes) for host in HOST_PLANS],
    }


def used_mb(plan: Plan) -> int:
    """Give what all processes together keep at most, in MB: the reserve is not in it."""
    cells = [plan.render, *([plan.sadtalker] if plan.sadtalker else [])]
    return sum(share.mb for share in plan.shares) + max(_with_speech_mb(plan, cell) for cell in cells)


def _with_speech_mb(plan: Plan, cell: CellPlan) -> int:
    pair = (plan.speech.private_mb, cell.private_mb)
    return sum(pair) if plan.beside_speech(cell) else max(pair)


def best_plan(host: HostPlan, wishes: Workload) -> Plan | None:
    """Give the plan for a host: with all that is wished, else without SadTalker, else with espeak-ng, else None."""
    fewer = [wishes, replace(wishes, sadtalker=False), replace(wishes, sadtalker=False, kokoro=False)]
    for wished in fewer:
        try:
            return make_plan(host.limit, host.cpus, wished)
        except PlanDoesNotFit:
            continue
    return None


def _title(plan: Plan) -> str:
    wishes = plan.wishes
    return (
        f"halfgig in {plan.limit.mb:,} MB ({plan.limit.source}) on {_cpus(plan.cpus)}: {_workers(wishes.workers)}, "
        f"{speaker(wishes)} speaks, the puppet moves"
    )


def _processes(plan: Plan) -> list[str]:
    wishes = plan.wishes
    web = f"{memory_costs.WEB_PRIVATE_MB} MB, and {memory_costs.WEB_WORKER_PRIVATE_MB} MB for each worker"
    notes = {"guard": "starts, watches and restarts the others", "web": web, "work": "jobs and their database"}
    taken_mb = used_mb(plan) + plan.reserve_mb
    left = f"of {plan.limit.mb:,} MB; {plan.limit.mb - taken_mb:,} MB are left over"
    rows = [
        *((share.name, share.mb, "", notes[share.name.partition(",")[0]]) for share in plan.shares),
        (
            f"{speaker(wishes)}'s cell",
            plan.speech.private_mb,
            f"{plan.speech.budget_mb} MB",
            "a child process that speaks",
        ),
        (
            f"puppet's, {wishes.size} px",
            plan.render.private_mb,
            f"{plan.render.budget_mb} MB",
            "a child process that renders",
        ),
        *_sadtalker_row(plan),
        ("reserve", plan.reserve_mb, "", "for the kernel and the unforeseen"),
        ("together", taken_mb, "", left if plan.together else f"{left}; one cell at a time"),
    ]
    head = f"  {'process':<20}{'keeps':>8}{'may reserve':>14}"
    return [head, *(f"  {name:<20}{f'{mb:,} MB':>8}{budget:>14}   {note}" for name, mb, budget, note in rows)]


def _sadtalker_row(plan: Plan) -> list[tuple[str, int, str, str]]:
    cell = plan.sadtalker
    if cell is None:
        return []
    how = "where it is asked for" if plan.beside_speech(cell) else "where it is asked for, while nobody speaks"
    return [("SadTalker's", cell.private_mb, f"{cell.budget_mb} MB", how)]


def _rules(plan: Plan) -> list[str]:
    both = "Speech and video are made side by side." if plan.together else "Speech and video take turns in memory."
    high = f"Over {plan.high_mb:,} MB nothing is admitted and idle cells end; "
    last = f"over {plan.last_mb:,} the busy one, to go on later."
    return [
        f"  {both} Frames of up to {largest_size(plan):,} pixels fit.",
        "  A cell that asks for more than it may reserve gets an error; its job is done smaller, or refused.",
        f"  {high}{last}",
    ]


def _times(plan: Plan) -> list[str]:
    times = _seconds(plan.cpus, plan.wishes.size)
    rows = [f"  {f'on {_cpus(plan.cpus)}, about':<26}{f'{MEDIA_S} s of speech':>16}{f'{MEDIA_S} s of video':>16}"]
    for name, engine in (("espeak-ng, puppet", "espeak"), ("Kokoro, puppet", "kokoro")):
        fits = engine == "espeak" or plan.wishes.kokoro or _fits_kokoro(plan)
        told = [throughput.told(times[engine][kind]) if fits else "does not fit" for kind in ("speech", "video")]
        rows.append(f"  {name:<26}{told[0]:>16}{told[1]:>16}")
    fits = _fits_sadtalker(plan)
    video = throughput.told(_sadtalker_s(plan.wishes, plan.cpus)) if fits else "does not fit"
    advice = "   use the puppet here" if fits and throughput.is_absurd(MEDIA_S, plan.cpus) else ""
    return [*rows, f"  {f'{speaker(plan.wishes)}, SadTalker':<26}{'':>16}{video:>16}{advice}"]


def _fits_sadtalker(plan: Plan) -> bool:
    return largest_size(plan, "sadtalker") >= plan.wishes.size


def _sadtalker_s(wishes: Workload, cpus: float) -> float:
    return throughput.sadtalker_seconds(throughput.KOKORO if wishes.kokoro else throughput.ESPEAK, MEDIA_S, cpus)


def _fits_kokoro(plan: Plan) -> bool:
    return smallest_limit_mb(replace(plan.wishes, kokoro=True)) <= plan.limit.mb


def _before(plan: Plan) -> list[str]:
    least, most = (f"{BEFORE_WORKERS} x {mb} MB" for mb in BEFORE_MB)
    least_mb, most_mb = _before_mb()
    wishes = Workload(workers=BEFORE_WORKERS, kokoro=True)
    if smallest_limit_mb(wishes) <= plan.limit.mb:
        now = f"{used_mb(make_plan(plan.limit, plan.cpus, wishes))} MB, however long the text"
    else:
        now = f"a limit of {smallest_limit_mb(wishes)} MB would do"
    return [
        f"  Before: {BEFORE_WORKERS} workers, each with Kokoro (int8) in ONNX Runtime as it comes.",
        f"    {least} = {least_mb:,} MB for 5 s of speech, {most} = {most_mb:,} MB for 20 s, of {plan.limit.mb:,} MB;",
        "    with 512 MB, one worker alone was killed at 20 s of speech.",
        f"  Now: {BEFORE_WORKERS} workers, Kokoro and the puppet: {now}.",
    ]


def _before_mb() -> tuple[int, int]:
    return BEFORE_WORKERS * BEFORE_MB[0], BEFORE_WORKERS * BEFORE_MB[1]


def _hosts(wishes: Workload) -> list[str]:
    title = f"host, {_workers(wishes.workers)}"
    times = f"{'espeak':>7}{'Kokoro':>8}{'video':>8}{'SadTalker':>10}  times for {MEDIA_S} s"
    head = f"  {title:<17}{'memory':>7}{'CPU':>5}  {'at once':<9}{times}"
    foot = "  *: so long that the puppet is what to use there; a video goes on after a restart all the same."
    return [head, *(_host_row(host, wishes) for host in HOST_PLANS), foot]


def _host_row(host: HostPlan, wishes: Workload) -> str:
    plan = best_plan(host, wishes)
    memory = f"{host.memory_mb} MB" if host.memory_mb < 1024 else f"{host.memory_mb / 1024:g} GB"
    start = f"  {host.name:<17}{memory:>7}{_short(host.cpus):>5}  "
    if plan is None:
        return f"{start}{'too small':<42}  {host.note}"
    times = _seconds(host.cpus, wishes.size)
    kokoro = throughput.told(times["kokoro"]["speech"]) if plan.wishes.kokoro else "-"
    cells = (throughput.told(times["espeak"]["speech"]), kokoro, throughput.told(times[_engine(plan.wishes)]["video"]))
    both = "yes" if plan.together else "in turns"
    return f"{start}{both:<9}{cells[0]:>7}{cells[1]:>8}{cells[2]:>8}{_sadtalker_cell(plan):>10}  {host.note}"


def _short(cpus: float) -> str:
    return f"{cpus:.2f}".rstrip("0").rstrip(".")


def _sadtalker_cell(plan: Plan) -> str:
    if not _fits_sadtalker(plan):
        return "-"
    star = "*" if throughput.is_absurd(MEDIA_S, plan.cpus) else ""
    return f"{throughput.told(_sadtalker_s(plan.wishes, plan.cpus))}{star}"


def _host_object(host: HostPlan, wishes: Workload) -> dict[str, Any]:
    plan = best_plan(host, wishes)
    found: dict[str, Any] = {**asdict(host), "fits": plan is not None}
    if plan:
        found |= {
            "speaker": _engine(plan.wishes),
            "together": plan.together,
            "seconds": _seconds(host.cpus, wishes.size),
            "sadtalker": _sadtalker_object(plan, host.cpus),
        }
    return found


def _sadtalkers_cell(plan: Plan) -> dict[str, Any]:
    return {"sadtalker": asdict(plan.sadtalker)} if plan.sadtalker else {}


def _sadtalker_object(plan: Plan, cpus: float) -> dict[str, Any]:
    return {
        "fits": _fits_sadtalker(plan),
        "largest_size": largest_size(plan, "sadtalker"),
        "video": round(_sadtalker_s(plan.wishes, cpus), 2),
        "recommended": not throughput.is_absurd(MEDIA_S, cpus),
    }


def _seconds(cpus: float, size: int) -> dict[str, dict[str, float]]:
    return {
        name: {
            "speech": round(pace.seconds(MEDIA_S, cpus), 2),
            "video": round(throughput.video_seconds(pace, MEDIA_S, cpus, size), 2),
        }
        for name, pace in (("espeak", throughput.ESPEAK), ("kokoro", throughput.KOKORO))
    }


def _engine(wishes: Workload) -> str:
    return "kokoro" if wishes.kokoro else "espeak"


def _workers(number: int) -> str:
    return "1 worker" if number == 1 else f"{number} workers"


def _cpus(cpus: float) -> str:
    return f"{cpus:.3g} CPU" if cpus <= 1 else f"{cpus:.3g} CPUs"
