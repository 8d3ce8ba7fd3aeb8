"""Faces in an uploaded picture: found in a cell of their own, one picture at a time, while a few others wait."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING, Any

from halfgig.capacity.memory_costs import FACES_MB, FACES_PRIVATE_MB
from halfgig.capacity.plan import CellPlan
from halfgig.cells.cell import Cell
from halfgig.errors import CellDied, HalfgigError, MemoryExceeded
from halfgig.server.errors import BadRequest, Busy, Relayed, Unavailable
from halfgig.server.paths import ServerPaths
from halfgig.server.video_order import PORTRAIT
from halfgig.server.worker.videos.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from halfgig.capacity.plan import Plan
    from halfgig.server.worker.admission import MemoryAdmission
    from halfgig.settings import Settings

STAGE = "finding faces"

MOST_WAITING = 4
"""Pictures that wait while one is looked at; more are told to come back."""

LONGEST_S = 120.0
"""A picture is looked at for no longer, in seconds; with a tenth of a processor it takes 30."""

_UPLOAD = re.compile(r"faces_[0-9a-f]{24}")


class FaceFinder:
    """Find faces; any thread may ask."""

    def __init__(self, settings: Settings, plan: Plan, seats: MemoryAdmission) -> None:
        self._settings = settings
        self._plan = plan
        self._seats = seats
        self._uploads = ServerPaths.of(settings).uploads
        self._queue = threading.Semaphore(1 + MOST_WAITING)
        self._turn = threading.Lock()

    def find(self, upload: object, is_wanted: Callable[[], bool]) -> dict[str, Any]:
        """Give detector, width, height and faces of the picture in a folder of uploads, as plain values.

        Raises `Busy` when too many wait, `BadRequest` for what is no folder's name, `PictureError`'s refusals.
        """
        if not isinstance(upload, str) or not _UPLOAD.fullmatch(upload):
            raise BadRequest(f"{upload!r:.40} is no upload", "upload")
        if not self._queue.acquire(blocking=False):
            raise Busy(f"{1 + MOST_WAITING} pictures are being looked at or wait; come back in a moment", 3)
        try:
            with self._turn:
                return self._found(self._uploads / upload / PORTRAIT, is_wanted)
        except OSError as error:  # no process or thread can be started
            raise Unavailable(f"no cell could be started: {error.strerror or error}; try again", 5) from error
        finally:
            self._queue.release()

    def _found(self, picture: Path, is_wanted: Callable[[], bool]) -> dict[str, Any]:
        from halfgig.server.worker.videos.render_cell import larger
        from halfgig.server.worker.videos.steps import refusal

        cell = CellPlan(FACES_PRIVATE_MB, FACES_MB)
        try:
            return self._looked(cell, picture, is_wanted)
        except MemoryExceeded:
            if (more := larger(self._plan, cell)) is None:
                raise
            return self._looked(more, picture, is_wanted)
        except HalfgigError as error:
            raise Relayed(refusal(error, picture.parent)) from error

    def _looked(self, plan: CellPlan, picture: Path, is_wanted: Callable[[], bool]) -> dict[str, Any]:
        with self._seats.hold(STAGE, plan.private_mb), Cell(STAGE, plan.budget_mb, self._plan.cpus) as cell:
            began_at = time.monotonic()

            def why_end() -> str | None:
                if time.monotonic() - began_at > LONGEST_S:
                    return f"took more than {LONGEST_S:.0f} s and was ended"
                return None if is_wanted() else "is not wanted any more"

            watch = Watchdog(cell, why_end, waits=lambda: False)
            try:
                with watch:
                    (found,) = cell.run("halfgig.pipeline.find_faces:find", picture, self._settings)
            except CellDied:
                if watch.reason:
                    raise CellDied(f"{STAGE}: its cell {watch.reason}; send a smaller picture") from None
                raise
        return {name: getattr(found, name) for name in ("detector", "width", "height", "faces")}
