"""What the server can make and what it takes, for whoever chooses."""

from typing import Any

from fastapi import APIRouter

from halfgig.jobs.abilities import animators
from halfgig.jobs.book import Book
from halfgig.jobs.places import Places
from halfgig.jobs.planning import server_plan
from halfgig.memory.plan_page import as_object
from halfgig.settings import Settings
from halfgig.web.errors import refusals
from halfgig.web.schemas import PlanTold


def plan_routes(settings: Settings, places: Places) -> APIRouter:
    """Make the route that tells the plan."""
    router = APIRouter(tags=["operations"])

    @router.get("/v1/plan", responses=refusals(401, 429, 500))
    def tell_plan() -> PlanTold:
        """Tell what each process may have, which animators and voices there are, and how long they take here."""
        return PlanTold(**_told(settings, places))

    return router


def _told(settings: Settings, places: Places) -> dict[str, Any]:
    plan, remarks = server_plan(settings)
    finished = Book(places.book).finished_jobs() if places.book.exists() else []
    return {
        **as_object(plan),
        "remarks": list(remarks),
        "animators": animators(settings, plan, finished),
        "voices": {"kokoro": plan.wishes.kokoro},
    }
