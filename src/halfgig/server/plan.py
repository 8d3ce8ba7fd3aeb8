"""The plan that all processes of a server follow: the same settings and files give each of them the same one."""

from dataclasses import replace
from typing import NamedTuple

from halfgig.animators.registry import animators
from halfgig.capacity.measured_peaks import read_peaks
from halfgig.capacity.plan import Plan, Workload, make_plan
from halfgig.errors import PlanDoesNotFit
from halfgig.resources.limits import cpu_quota, memory_limit
from halfgig.server.paths import ServerPaths
from halfgig.settings import Settings
from halfgig.tts.registry import default_engine, engines

DEFAULT_SIZE = 512
"""The longer side of the frames that a plan is made for, in pixels."""


class ServerPlan(NamedTuple):
    """A server's plan, and why it does without a model that is installed."""

    plan: Plan
    """What each process may have."""
    refusals: tuple[str, ...] = ()
    """A sentence for each model that is installed and does not fit, with the sum by which it does not."""


def is_installed(model: str, settings: Settings) -> bool:
    """Return whether a model is installed; True for none.  A file is looked for and nothing is read."""
    return not model or (settings.data_dir / "models" / model / "manifest.json").is_file()


def workload(models: frozenset[str], web_workers: int, size: int = DEFAULT_SIZE) -> Workload:
    """Return what a server does with these models: the first engine that can speak, and all animators that can move."""
    usable = [spec for spec in engines() if spec.cost.model and spec.model in models]
    renders = tuple(spec.costs(size) for spec in animators() if not spec.model or spec.model in models)
    return Workload((usable[0] if usable else default_engine()).cost, renders, web_workers)


def server_plan(settings: Settings) -> ServerPlan:
    """Make the plan for this machine: with the models that are installed, without those that do not fit.

    Raises `PlanDoesNotFit` where even the engines and animators without a model are too much, or where a model that
    WARM names does not fit.
    """
    names = {*(spec.model for spec in engines()), *(spec.model for spec in animators())} - {""}
    models = frozenset(name for name in names if name in settings.warm or is_installed(name, settings))
    peaks, limit = read_peaks(ServerPaths.of(settings).root), memory_limit(settings.memory_limit)
    refusals: list[str] = []
    while True:
        load = replace(workload(models, settings.workers), has_store=bool(settings.store_url))
        try:
            return ServerPlan(make_plan(limit, cpu_quota(), load, peaks), tuple(refusals))
        except PlanDoesNotFit as error:
            optional = [name for name in load.models if name not in settings.warm]
            if not optional:
                raise
            refusals.append(f"the model {optional[0]} is installed but does not fit, so it is not used: {error}")
            models -= {optional[0]}
