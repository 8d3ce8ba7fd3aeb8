"""Find the faces in an uploaded picture, in a cell, one picture at a time; a few other requests may wait."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from halfgig.capacity.memory_costs import FACES
from halfgig.cells.cell import Cell
from halfgig.errors import CellDied, HalfgigError, MemoryExceeded
from halfgig.events import Notice
from halfgig.log import WARNING, log
from halfgig.pipeline.runner import with_one_retry
from halfgig.requests import PORTRAIT
from halfgig.server.errors import BadRequest, Busy, Relayed, Unavailable
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.turns import Turns
from halfgig.server.worker.videos.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.capacity.plan import CellPlan, Plan
    from halfgig.server.worker.admission import MemoryAdmission
    from halfgig.settings import Settings

STAGE = "finding faces"

MOST_WAITING = 4
"""Requests that may wait for the one being served; further ones are refused as busy."""

MOST_CPU_S = 60.0
"""Processor seconds for a picture; the largest take 5. On a tenth of a processor they last ten times as long."""

_UPLOAD = re.compile(r"faces_[0-9a-f]{24}")


class _Stopped(CellDied):
    """Report that a cell was ended by the finder itself."""


class FaceFinder:
    """Finds faces in uploaded pictures; may be called from any thread."""

    def __init__(self, settings: Settings, plan: Plan, admission: MemoryAdmission) -> None:
        self._settings = settings
        self._plan = plan
        self._admission = admission
        self._uploads = ServerPaths.of(settings).uploads
        self._line = Turns()

    def find(self, upload: object, is_wanted: Callable[[], bool], client: str = "") -> dict[str, Any]:
        """Return detector, width, height and faces of an uploaded picture, as JSON values.

        `upload` is the name of the upload's folder; clients have their turns.

        Raises `Busy` if too many requests wait, `BadRequest` if `upload`
        is not such a name, and `Relayed` with the refusal if the picture cannot be used.
        """
        if not isinstance(upload, str) or not _UPLOAD.fullmatch(upload):
            raise BadRequest(f"{upload!r:.40} is no upload", "upload")
        counts = self._line.counts()
        if sum(counts.values()) >= (1 + MOST_WAITING) * (1 if client in counts else 2):
            raise Busy(f"{1 + MOST_WAITING} pictures are being looked at or wait; come back in a moment", 3)
        try:
            with self._line.hold(upload, client, 0.0, lambda: None):
                return self._found(self._uploads / upload / PORTRAIT, is_wanted)
        except OSError as error:  # no process or thread can be started
            raise Unavailable(f"no cell could be started: {error.strerror or error}; try again", 5) from error

    def _found(self, picture: Path, is_wanted: Callable[[], bool]) -> dict[str, Any]:
        from halfgig.server.worker.videos.steps import refusal

        cell = self._plan.cell(FACES)
        try:
            found = self._once_more_if_dead(cell, picture, is_wanted)
        except MemoryExceeded:
            raise
        except HalfgigError as error:
            raise Relayed(refusal(error, picture.parent)) from error
        return {name: getattr(found, name) for name in ("detector", "width", "height", "faces")}

    def _once_more_if_dead(self, cell: CellPlan, picture: Path, is_wanted: Callable[[], bool]) -> Any:
        """Return what a cell found; a cell that died, as for the memory of others, is followed by another."""
        for is_last in (False, True):
            attempts = with_one_retry(STAGE, self._plan, cell, lambda plan: self._attempt(plan, picture, is_wanted))
            try:
                (found,) = (each for each in attempts if not isinstance(each, Notice))
            except CellDied as death:
                if is_last or isinstance(death, _Stopped):
                    raise
                log("cell", f"{death}; another cell tries again", WARNING)
            else:
                return found
        return None

    def _attempt(self, plan: CellPlan, picture: Path, is_wanted: Callable[[], bool]) -> Iterator[object]:
        with self._admission.hold(STAGE, plan.private_mb), Cell(STAGE, plan.budget_mb, self._plan.cpus) as cell:
            watch = Watchdog(cell, lambda: None if is_wanted() else "is not wanted any more", lambda: False, MOST_CPU_S)
            try:
                with watch:
                    yield from cell.run("halfgig.face.find:find", picture, self._settings.limits)
            except CellDied:
                if watch.reason:
                    raise _Stopped(f"{STAGE}: its cell {watch.reason}; send a smaller picture") from None
                raise
