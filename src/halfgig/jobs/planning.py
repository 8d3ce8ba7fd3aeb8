"""The plan that all processes of a server follow: the same settings and files give each of them the same one."""

from dataclasses import replace
from typing import NamedTuple

from halfgig.errors import PlanDoesNotFit
from halfgig.jobs.places import Places
from halfgig.memory.ledger import read_ledger
from halfgig.memory.plan import Plan, Wishes, plan_for
from halfgig.settings import Settings


class ServerPlan(NamedTuple):
    """Hold a server's plan, and why it does without Kokoro where it could have it."""

    plan: Plan
    """What each process may have."""
    refusal: str
    """The sum by which Kokoro, which is here, does not fit; empty where it does, or is not here."""


def has_kokoro(settings: Settings) -> bool:
    """Tell whether Kokoro is installed; a file is looked for and nothing is read."""
    return _is_installed("kokoro", settings)


def has_sadtalker(settings: Settings) -> bool:
    """Tell whether SadTalker is installed; a file is looked for and nothing is read."""
    return _is_installed("sadtalker", settings)


def _is_installed(name: str, settings: Settings) -> bool:
    return (settings.data_dir / "models" / name / "manifest.json").is_file()


def server_plan(settings: Settings) -> ServerPlan:
    """Make the plan for this machine: with Kokoro where it is here, without it where it does not fit.

    Raises `PlanDoesNotFit` where even that is too much, or where WARM names Kokoro and it does not fit.
    """
    is_asked_for = "kokoro" in settings.warm
    wishes = Wishes(settings.workers, is_asked_for or has_kokoro(settings))
    ledger = read_ledger(Places.of(settings).root)
    try:
        return ServerPlan(plan_for(settings.memory_limit, wishes, ledger), "")
    except PlanDoesNotFit as error:
        if is_asked_for or not wishes.kokoro:
            raise
        return ServerPlan(plan_for(settings.memory_limit, replace(wishes, kokoro=False), ledger), str(error))
