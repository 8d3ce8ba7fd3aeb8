"""Routes for operators: health, readiness, metrics, memory, the plan and the log."""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from halfgig.capacity.plan import Plan
from halfgig.errors import HalfgigError
from halfgig.log import read_log
from halfgig.server.capabilities import described_animators
from halfgig.server.disk import AFTER_S, Disk
from halfgig.server.errors import Unavailable
from halfgig.server.file_store import FileStore, LocalFiles
from halfgig.server.job_store import JobStore
from halfgig.server.memory_history import read_history
from halfgig.server.memory_state import MemoryState, read_state
from halfgig.server.paths import ServerPaths
from halfgig.server.plan import server_plan
from halfgig.server.plan_report import as_object
from halfgig.server.public_text import public_text
from halfgig.server.web.errors import refusals
from halfgig.server.web.metrics import CONTENT_TYPE, Metrics, video_counts
from halfgig.server.web.schemas import Health, LogLine, LogLines, MemoryReport, PlanReport, Readiness
from halfgig.server.web.worker_client import WorkerClient
from halfgig.settings import Settings
from halfgig.tts.registry import engines

STALE_S = 30.0
"""Age in seconds at which the supervisor's last memory sample counts as stale: on 0.1 CPU samples are rare."""

NO_PROCESSES = {"supervisor": 0.0, "web": 0.0, "worker": 0.0, "cells": 0.0}
"""Default for processes missing from a sample, in MB: every entry of the history lists them all."""

Lines = Annotated[int, Query(ge=1, le=1000, description="Largest number of lines.")]

_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Operations:
    """What the routes for operators read from."""

    paths: ServerPaths
    jobs: JobStore
    worker: WorkerClient
    metrics: Metrics
    plan: Callable[[], Plan]
    """Returns the plan for the settings."""
    files: FileStore = field(default_factory=LocalFiles)
    """Where files are kept."""
    warm: tuple[str, ...] = ()
    """Models that must be loaded before the server is ready."""
    clock: Callable[[], float] = time.time


def operation_routes(ops: Operations) -> APIRouter:
    """Return the routes for operators."""
    router = APIRouter(tags=["operations"])

    @router.head("/healthz", include_in_schema=False)  # some hosts probe with HEAD
    @router.get("/healthz")
    async def is_alive() -> Health:
        """Report that this web process answers; no other process is checked."""
        return Health()

    @router.get("/readyz", responses=refusals(503))
    async def is_ready() -> Readiness:
        """Report that the server can accept requests, or why it cannot."""
        await run_in_threadpool(check_state, read_state(ops.paths.run), ops.clock())
        await run_in_threadpool(check_folder, ops.paths.root)
        await run_in_threadpool(check_disk, ops.paths.root)
        await run_in_threadpool(video_counts, ops.jobs)  # raises what is wrong with the job store
        await run_in_threadpool(ops.files.reach)
        if ops.warm:
            await check_warm(ops.worker)
        return Readiness()

    @router.get("/metrics", response_class=Response, responses=_METRICS | refusals(401))
    async def get_metrics() -> Response:
        """Return metrics for Prometheus."""
        return Response(await run_in_threadpool(ops.metrics.text), media_type=CONTENT_TYPE)

    @router.get("/v1/memory", responses=refusals(401, 429))
    async def get_memory() -> MemoryReport:
        """Return memory use now and during the last hour, and the plan."""
        return MemoryReport(**await run_in_threadpool(report, ops))

    @router.get("/v1/log", responses=refusals(400, 401, 429))
    async def get_log(limit: Lines = 200) -> LogLines:
        """Return the log of starts, exits, kills, evictions, refusals and failures; requests are not included."""
        lines = await run_in_threadpool(read_log, ops.paths.run, limit)
        return LogLines(data=[LogLine(**line._replace(text=public_text(line.text))._asdict()) for line in lines])

    return router


_METRICS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Prometheus's text format.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


def check_state(state: MemoryState | None, now: float) -> None:
    """Raise `Unavailable` if no supervisor is watching the server."""
    if state is None:
        raise Unavailable("no supervisor has reported memory yet; start the server with: halfgig serve", _AFTER_S)
    if now - state.at > STALE_S:
        raise Unavailable(f"the supervisor last looked {now - state.at:.0f} s ago; it may hang or have ended", _AFTER_S)
    if state.hung:
        raise Unavailable(f"{' and '.join(state.hung)} does not move; it is ended and started again soon", _AFTER_S)


def check_folder(folder: Path) -> None:
    """Raise `Unavailable` if the data folder is not writable."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Unavailable(f"{folder} cannot be written to; give DATA_DIR a folder that is yours", _AFTER_S)


def check_disk(folder: Path) -> None:
    """Raise `Unavailable` if nothing new can be written to the disk."""
    if problem := Disk(folder).problem():
        raise Unavailable(problem, AFTER_S)


async def check_warm(worker: WorkerClient) -> None:
    """Raise `Unavailable` until the models in WARM are loaded."""
    status = await worker.call({"op": "status"})
    if not status.get("warm", True):
        raise Unavailable("the models that WARM names are being loaded", _AFTER_S)


def report(ops: Operations) -> dict[str, Any]:
    """Return the memory report: the last sample, the history, events, and the plan."""
    state, history = read_state(ops.paths.run), read_history(ops.paths.run)
    return {
        "now": None if state is None else asdict(state),
        "history": [asdict(entry) | {"processes": NO_PROCESSES | dict(entry.processes)} for entry in history.entries],
        "marks": [asdict(event) | {"text": public_text(event.text)} for event in history.events],
        "plan": _plan(ops.plan),
    }


def _plan(plan: Callable[[], Plan]) -> dict[str, Any] | None:
    try:
        made = plan()
    except HalfgigError:  # it does not fit: the supervisor refused it, or the limit was lowered since
        return None
    return as_object(made)


def plan_routes(settings: Settings, jobs: JobStore) -> APIRouter:
    """Return the route for the plan."""
    router = APIRouter(tags=["operations"])

    @router.get("/v1/plan", responses=refusals(401, 429, 500))
    def get_plan() -> PlanReport:
        """Return what memory each process may use, which animators and voices there are, and how long they take."""
        return PlanReport(**_plan_report(settings, jobs))

    return router


def _plan_report(settings: Settings, jobs: JobStore) -> dict[str, Any]:
    plan, remarks = server_plan(settings)
    finished = jobs.finished_jobs() if jobs.exists() else []
    return {
        **as_object(plan),
        "remarks": list(remarks),
        "animators": described_animators(settings, plan, finished),
        "voices": {spec.name: spec.cost.private_mb <= plan.speech.private_mb for spec in engines() if spec.model},
    }
