"""What the server can make and what it takes, for whoever chooses."""

from typing import Any

from fastapi import APIRouter

from halfgig.server.capabilities import described_animators
from halfgig.server.job_store import JobStore
from halfgig.server.paths import ServerPaths
from halfgig.server.plan import server_plan
from halfgig.server.plan_report import as_object
from halfgig.server.web.errors import refusals
from halfgig.server.web.schemas import PlanTold
from halfgig.settings import Settings
from halfgig.tts.registry import engines


def plan_routes(settings: Settings, places: ServerPaths) -> APIRouter:
    """Make the route that tells the plan."""
    router = APIRouter(tags=["operations"])

    @router.get("/v1/plan", responses=refusals(401, 429, 500))
    def tell_plan() -> PlanTold:
        """Return what each process may have, which animators and voices there are, and how long they take here."""
        return PlanTold(**_told(settings, places))

    return router


def _told(settings: Settings, places: ServerPaths) -> dict[str, Any]:
    plan, remarks = server_plan(settings)
    finished = JobStore(places.job_store).finished_jobs() if places.job_store.exists() else []
    return {
        **as_object(plan),
        "remarks": list(remarks),
        "animators": described_animators(settings, plan, finished),
        "voices": {spec.name: spec.cost.private_mb <= plan.speech.private_mb for spec in engines() if spec.model},
    }
