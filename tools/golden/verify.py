"""Compare an installed model with golden numbers in a cell, with the memory budget it has for rendering."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from halfgig.animators.sadtalker.spec import costs
from halfgig.capacity.budget import cell_budget_mb
from halfgig.cells.cell import Cell
from halfgig.errors import UsageError
from halfgig.resources.limits import memory_limit
from halfgig.tts.kokoro.spec import SPEC as KOKORO
from tools.golden.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.events import Event
    from halfgig.models.installed import Installed


CHECKS = {
    "kokoro": ("tools.golden.kokoro:check", KOKORO.cost.budget_mb),
    "sadtalker": ("tools.golden.sadtalker:check", costs(512)[0].budget_mb),
}
"""For each model with golden numbers, the function that compares it and its cell's budget in MB."""


def figures(
    model: Installed, golden_dir: Path, limit_bytes: int | None, on_event: Callable[[Event], None]
) -> Iterator[Figure]:
    """Yield each figure once measured; `on_event` receives a notice for everything that cannot be compared.

    Raises `UsageError` for a model without golden numbers, and for one built from weights that they do not belong to.
    """
    if model.name not in CHECKS:
        raise UsageError(f"there are golden numbers for {', '.join(CHECKS)}, not for {model.name}; leave out --golden")
    if model.facts["sources"][0]["published"]:
        raise UsageError(
            f"this {model.name} was built from the published weights, and golden numbers are those of the ones "
            "that tests/reference/seeded_checkpoints.py writes; build those: "
            f"halfgig pull {model.name} --from DIR"
        )
    target, budget_mb = CHECKS[model.name]
    with Cell(f"verifying {model.name}", cell_budget_mb(memory_limit(limit_bytes), budget_mb)) as cell:
        for result in cell.run(target, model.folder, golden_dir):
            if isinstance(result, Figure):
                yield result
            else:
                on_event(cast("Event", result))
