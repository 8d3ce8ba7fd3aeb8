"""Hold an installed SadTalker against golden numbers, in a cell of the size it has for a video."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from halfgig.animators.sadtalker.spec import costs
from halfgig.capacity.budget import cell_budget_mb
from halfgig.cells.cell import Cell
from halfgig.errors import UsageError
from halfgig.golden.figures import Figure
from halfgig.resources.limits import memory_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.events import Event
    from halfgig.models.installed import Installed


def figures(
    model: Installed, golden_dir: Path, limit_bytes: int | None, tell: Callable[[Event], None]
) -> Iterator[Figure]:
    """Yield each figure when it is measured; `tell` hears what could not be compared.

    Raises UsageError for a model that golden numbers say nothing about.
    """
    if model.name != "sadtalker":
        raise UsageError(f"there are golden numbers for sadtalker alone, not for {model.name}; leave out --golden")
    if model.facts["sources"][0]["published"]:
        raise UsageError(
            "this sadtalker was built from the published weights, and golden numbers are those of the seeded ones; "
            "write those with tests/reference/seeded_checkpoints.py and build them: halfgig pull sadtalker --from DIR"
        )
    budget_mb = cell_budget_mb(memory_limit(limit_bytes), costs(512)[0].budget_mb)
    with Cell("verifying sadtalker", budget_mb) as cell:
        for said in cell.run("halfgig.golden.check:check", model.folder, golden_dir):
            if isinstance(said, Figure):
                yield said
            else:
                tell(cast("Event", said))
