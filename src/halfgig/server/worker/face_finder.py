"""Finds faces in uploaded pictures, in the cell for single uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halfgig.capacity.memory_costs import FACES
from halfgig.events import Notice
from halfgig.requests import PORTRAIT
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.upload_cells import MOST_CPU_S, UploadWork, uploaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.server.worker.upload_cells import UploadCells
    from halfgig.settings import Settings

STAGE = "finding faces"


class FaceFinder:
    """Finds faces in uploaded pictures; may be called from any thread."""

    def __init__(self, settings: Settings, cells: UploadCells) -> None:
        self._settings, self._cells = settings, cells
        self._uploads = ServerPaths.of(settings).uploads

    def find(self, upload: object, is_wanted: Callable[[], bool], client: str = "") -> dict[str, Any]:
        """Return detector, width, height and faces of an uploaded picture, as JSON values.

        `upload` is the name of the upload's folder; clients have their turns.

        Raises `BadRequest` if `upload` is no name of an upload, and what `UploadCells.do` raises.
        """
        name = uploaded(upload, "faces")
        picture = self._uploads / name / PORTRAIT
        args, target = (picture, self._settings.limits), "halfgig.face.find:find"
        work = UploadWork(STAGE, (FACES,), target, args, picture.parent, MOST_CPU_S)
        (found,) = (each for each in self._cells.do(work, name, is_wanted, client) if not isinstance(each, Notice))
        return {name: getattr(found, name) for name in ("detector", "width", "height", "faces")}
