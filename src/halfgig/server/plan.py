"""The plan that all processes of a server follow: the same settings and files give each of them the same one."""

from dataclasses import replace
from typing import NamedTuple

from halfgig.capacity.measured_peaks import read_ledger
from halfgig.capacity.plan import Plan, Workload, plan_for
from halfgig.errors import PlanDoesNotFit
from halfgig.server.paths import ServerPaths
from halfgig.settings import Settings


class ServerPlan(NamedTuple):
    """Hold a server's plan, and why it does without a model that is here."""

    plan: Plan
    """What each process may have."""
    refusals: tuple[str, ...] = ()
    """A sentence for each model that is here and does not fit, with the sum by which it does not."""


def has_kokoro(settings: Settings) -> bool:
    """Tell whether Kokoro is installed; a file is looked for and nothing is read."""
    return _is_installed("kokoro", settings)


def has_sadtalker(settings: Settings) -> bool:
    """Tell whether SadTalker is installed; a file is looked for and nothing is read."""
    return _is_installed("sadtalker", settings)


def _is_installed(name: str, settings: Settings) -> bool:
    return (settings.data_dir / "models" / name / "manifest.json").is_file()


def server_plan(settings: Settings) -> ServerPlan:
    """Make the plan for this machine: with Kokoro and SadTalker where they are here, without what does not fit.

    Raises `PlanDoesNotFit` where even espeak-ng and the puppet are too much, or where WARM names Kokoro and it does not
    fit.
    """
    is_asked_for = "kokoro" in settings.warm
    wishes = Workload(settings.workers, is_asked_for or has_kokoro(settings), has_sadtalker(settings))
    ledger = read_ledger(ServerPaths.of(settings).root)
    refusals: list[str] = []
    while True:
        try:
            return ServerPlan(plan_for(settings.memory_limit, wishes, ledger), tuple(refusals))
        except PlanDoesNotFit as error:
            if wishes.sadtalker:
                refusals.append(f"SadTalker is here but does not fit, so the puppet alone moves: {error}")
                wishes = replace(wishes, sadtalker=False)
            elif wishes.kokoro and not is_asked_for:
                refusals.append(f"Kokoro is here but does not fit, so espeak-ng speaks: {error}")
                wishes = replace(wishes, kokoro=False)
            else:
                raise
