"""Checks where an uploaded file comes from, in the cell for single uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halfgig.pipeline.provenance_check import Origin, check_cost
from halfgig.pipeline.provenance_words import described
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.upload_cells import UploadWork, uploaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.server.worker.upload_cells import UploadCells
    from halfgig.settings import Settings

UPLOADED = "file"
"""Name of the file in the upload's folder, and in the sentences about it."""

STAGE = "checking origin"

MOST_CPU_S = 600.0
"""Processor seconds for a file: the mark in four hours of sound takes about 170."""


class OriginChecker:
    """Checks uploaded files; may be called from any thread."""

    def __init__(self, settings: Settings, cells: UploadCells) -> None:
        self._settings, self._cells = settings, cells
        self._uploads = ServerPaths.of(settings).uploads

    def check(self, upload: object, is_wanted: Callable[[], bool], client: str = "") -> dict[str, Any]:
        """Return what an uploaded file says of its origin, as JSON values, and `words` for people.

        Raises `BadRequest` if `upload` is no name of an upload, and what `UploadCells.do` raises.
        """
        name = uploaded(upload, "origin")
        path = self._uploads / name / UPLOADED
        args, target = (path, self._settings.limits), "halfgig.pipeline.provenance_check:check_origin"
        work = UploadWork(STAGE, (check_cost(path),), target, args, path.parent, MOST_CPU_S)
        (found,) = (each for each in self._cells.do(work, name, is_wanted, client) if isinstance(each, Origin))
        return {**found.facts(), "words": described(UPLOADED, found)}
