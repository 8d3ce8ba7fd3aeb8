"""Routes for operators: health, readiness, metrics, memory, the plan and the log."""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from halfgig.capacity.plan import Plan
from halfgig.errors import HalfgigError
from halfgig.log import read_log
from halfgig.server.capabilities import described_animators
from halfgig.server.errors import Unavailable
from halfgig.server.job_store import JobStore
from halfgig.server.memory_history import read_history
from halfgig.server.memory_state import MemoryState, read_state
from halfgig.server.paths import ServerPaths
from halfgig.server.plan import server_plan
from halfgig.server.plan_report import as_object
from halfgig.server.web.errors import refusals
from halfgig.server.web.metrics import CONTENT_TYPE, Metrics
from halfgig.server.web.schemas import Health, LogLine, LogLines, MemoryReport, PlanReport, Readiness
from halfgig.server.web.worker_client import WorkerClient
from halfgig.settings import Settings
from halfgig.tts.registry import engines

STALE_S = 30.0
"""How old the guard's last look may be before it counts as gone, in seconds: with a tenth of a core it looks rarely."""

NONE_THERE = {"guard": 0.0, "web": 0.0, "work": 0.0, "cells": 0.0}
"""What the processes keep where none of them is there, in MB: each entry of the history has them all."""

Lines = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]

_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Operations:
    """What the answers are read from."""

    paths: ServerPaths
    worker: WorkerClient
    metrics: Metrics
    plan: Callable[[], Plan]
    """Makes the plan that the settings lead to."""
    warm: tuple[str, ...] = ()
    """Models that must be loaded before the server counts as ready."""
    clock: Callable[[], float] = time.time


def operation_routes(ops: Operations) -> APIRouter:
    """Make the routes for operators."""
    router = APIRouter(tags=["operations"])

    @router.head("/healthz", include_in_schema=False)  # what some hosts send
    @router.get("/healthz")
    async def is_alive() -> Health:
        """Say that this process answers; nothing is asked of any other."""
        return Health()

    @router.get("/readyz", responses=refusals(503))
    async def is_ready() -> Readiness:
        """Return whether the server can do its work, or why it cannot."""
        await run_in_threadpool(check_state, read_state(ops.paths.run), ops.clock())
        await run_in_threadpool(check_folder, ops.paths.root)
        if ops.warm:
            await check_warm(ops.worker)
        return Readiness()

    @router.get("/metrics", response_class=Response, responses=_METRICS | refusals(401))
    async def get_metrics() -> Response:
        """Return figures for Prometheus."""
        return Response(await run_in_threadpool(ops.metrics.text), media_type=CONTENT_TYPE)

    @router.get("/v1/memory", responses=refusals(401, 429))
    async def get_memory() -> MemoryReport:
        """Return how the memory stands, how it stood during the last hour, and what was planned."""
        return MemoryReport(**await run_in_threadpool(report, ops))

    @router.get("/v1/log", responses=refusals(400, 401, 429))
    async def get_log(limit: Lines = 200) -> LogLines:
        """Return what happened: starts, ends, kills, evictions, refusals, failures; requests are not among them."""
        lines = await run_in_threadpool(read_log, ops.paths.run, limit)
        return LogLines(data=[LogLine(**line._asdict()) for line in lines])

    return router


_METRICS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Prometheus's text format.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


def check_state(state: MemoryState | None, now: float) -> None:
    """Refuse where no guard looks after the server.  Raises `Unavailable`."""
    if state is None:
        raise Unavailable("no guard has told yet how the memory stands; start the server with: halfgig serve", _AFTER_S)
    if now - state.at > STALE_S:
        raise Unavailable(f"the guard last looked {now - state.at:.0f} s ago; it may hang or have ended", _AFTER_S)


def check_folder(folder: Path) -> None:
    """Refuse where jobs cannot be kept.  Raises `Unavailable`."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Unavailable(f"{folder} cannot be written to; give DATA_DIR a folder that is yours", _AFTER_S)


async def check_warm(worker: WorkerClient) -> None:
    """Refuse until the models that WARM names are loaded.  Raises `Unavailable`."""
    status = await worker.call({"op": "status"})
    if not status.get("warm", True):
        raise Unavailable("the models that WARM names are being loaded", _AFTER_S)


def report(ops: Operations) -> dict[str, Any]:
    """Put together what is known of the memory."""
    state, history = read_state(ops.paths.run), read_history(ops.paths.run)
    return {
        "now": None if state is None else asdict(state),
        "history": [asdict(entry) | {"processes": NONE_THERE | dict(entry.processes)} for entry in history.entries],
        "marks": [asdict(mark) for mark in history.marks],
        "plan": _planned(ops.plan),
    }


def _planned(plan: Callable[[], Plan]) -> dict[str, Any] | None:
    try:
        made = plan()
    except HalfgigError:  # the guard has refused it, or the limit was lowered since
        return None
    return as_object(made)


def plan_routes(settings: Settings, paths: ServerPaths) -> APIRouter:
    """Return the route for the plan."""
    router = APIRouter(tags=["operations"])

    @router.get("/v1/plan", responses=refusals(401, 429, 500))
    def get_plan() -> PlanReport:
        """Return what memory each process may use, which animators and voices there are, and how long they take."""
        return PlanReport(**_plan_report(settings, paths))

    return router


def _plan_report(settings: Settings, paths: ServerPaths) -> dict[str, Any]:
    plan, remarks = server_plan(settings)
    finished = JobStore(paths.job_store).finished_jobs() if paths.job_store.exists() else []
    return {
        **as_object(plan),
        "remarks": list(remarks),
        "animators": described_animators(settings, plan, finished),
        "voices": {spec.name: spec.cost.private_mb <= plan.speech.private_mb for spec in engines() if spec.model},
    }
