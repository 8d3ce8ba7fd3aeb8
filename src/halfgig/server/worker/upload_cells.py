"""Cells for single uploads: they find faces, measure avatars or check origins, one at a time; a few may wait."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, NamedTuple

from halfgig.cells.cell import Cell
from halfgig.errors import CellDied, HalfgigError, MemoryExceeded
from halfgig.log import WARNING, log
from halfgig.pipeline.runner import with_one_retry
from halfgig.server.errors import BadRequest, Busy, Relayed, Unavailable
from halfgig.server.worker.turns import Turns
from halfgig.server.worker.videos.watchdog import HangLimits, Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.capacity.memory_costs import StageCost
    from halfgig.capacity.plan import CellPlan, Plan
    from halfgig.server.worker.admission import MemoryAdmission

MOST_WAITING = 4
"""Requests that may wait for the one being served; further ones are refused as busy."""

MOST_CPU_S = 60.0
"""Processor seconds for a picture; the largest take 5. On a tenth of a processor they last ten times as long."""


def uploaded(upload: object, kind: str) -> str:
    """Return the name of an upload's folder.  Raises `BadRequest` if it is none of this kind, such as "faces"."""
    if not isinstance(upload, str) or not re.fullmatch(rf"{kind}_[0-9a-f]{{24}}", upload):
        raise BadRequest(f"{upload!r:.40} is no upload", "upload")
    return upload


class _Stopped(CellDied):
    """Report that a cell was ended from here."""


class UploadWork(NamedTuple):
    """Work on one upload for a cell."""

    stage: str
    """Its name in errors: "finding faces"."""
    costs: tuple[StageCost, ...]
    """Costs of the cell's alternatives, the preferred one first."""
    target: str
    """ "module:function"."""
    args: tuple[object, ...]
    """Arguments of the function."""
    folder: Path
    """The folder of the upload, whose path no answer may have."""
    most_cpu_s: float = MOST_CPU_S
    """Processor seconds after which the cell is ended."""


class UploadCells:
    """Starts the cells, one at a time; may be called from any thread."""

    def __init__(self, plan: Plan, admission: MemoryAdmission) -> None:
        self._plan = plan
        self._admission = admission
        self._line = Turns()

    def do(self, work: UploadWork, name: str, is_wanted: Callable[[], bool], client: str = "") -> list[object]:
        """Return what a cell yields for an upload, when the client's turn comes; `name` is the request's own.

        Raises `Busy` if too many requests wait, and `Relayed` with the refusal if the upload cannot be used.
        """
        counts = self._line.counts()
        if sum(counts.values()) >= (1 + MOST_WAITING) * (1 if client in counts else 2):
            raise Busy(f"{1 + MOST_WAITING} uploads are being looked at or wait; come back in a moment", 3)
        try:
            with self._line.hold(name, client, 0.0, lambda: None):
                return self._done(work, is_wanted)
        except OSError as error:  # no process or thread can be started
            raise Unavailable(f"no cell could be started: {error.strerror or error}; try again", 5) from error

    def _done(self, work: UploadWork, is_wanted: Callable[[], bool]) -> list[object]:
        from halfgig.server.worker.videos.steps import refusal

        try:
            return self._once_more_if_dead(work, is_wanted)
        except MemoryExceeded:
            raise
        except HalfgigError as error:
            raise Relayed(refusal(error, work.folder)) from error

    def _once_more_if_dead(self, work: UploadWork, is_wanted: Callable[[], bool]) -> list[object]:
        """Return what a cell yielded; a cell that died, as for the memory of others, is followed by another."""
        cell = self._plan.cell(*work.costs)
        for is_last in (False, True):
            attempt = functools.partial(self._attempt, work, is_wanted)
            try:
                return list(with_one_retry(work.stage, self._plan, cell, attempt))
            except CellDied as death:
                if is_last or isinstance(death, _Stopped):
                    raise
                log("cell", f"{death}; another cell tries again", WARNING)
        return []

    def _attempt(self, work: UploadWork, is_wanted: Callable[[], bool], plan: CellPlan) -> Iterator[object]:
        stage = work.stage
        with self._admission.hold(stage, plan.private_mb), Cell(stage, plan.budget_mb, self._plan.cpus) as cell:
            limits = HangLimits(work.most_cpu_s)
            watch = Watchdog(cell, lambda: None if is_wanted() else "is not wanted any more", lambda: False, limits)
            try:
                with watch:
                    yield from cell.run(work.target, *work.args)
            except CellDied:
                if watch.reason:
                    raise _Stopped(f"{stage}: its cell {watch.reason}; send a smaller file") from None
                raise
