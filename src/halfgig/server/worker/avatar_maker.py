"""Avatars as the worker makes them: the portrait of an upload is measured in the cell for single pictures."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from halfgig.animators.base import RenderJob
from halfgig.animators.registry import animator
from halfgig.events import Notice
from halfgig.server.avatar_store import MEASURED
from halfgig.server.errors import BadRequest
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.face_finder import PictureWork
from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.server.worker.face_finder import FaceFinder
    from halfgig.settings import Settings

STAGE = "measuring an avatar"

_UPLOAD = re.compile(r"avatar_[0-9a-f]{24}")


class AvatarMaker:
    """Measures portraits for avatars; may be called from any thread."""

    def __init__(self, settings: Settings, faces: FaceFinder) -> None:
        self._settings, self._faces = settings, faces
        self._paths = ServerPaths.of(settings)

    def measure(
        self, upload: object, landmarks: str, is_wanted: Callable[[], bool], client: str = ""
    ) -> dict[str, Any]:
        """Measure the portrait in an upload's folder, where its rig is then; return remarks for people.

        Raises `BadRequest` if `upload` is no name of an upload, and what `FaceFinder.do` raises.
        """
        if not isinstance(upload, str) or not _UPLOAD.fullmatch(upload):
            raise BadRequest(f"{upload!r:.40} is no upload", "upload")
        request = replace(MEASURED, landmarks=landmarks)
        spec, folder = animator(request.animator), self._paths.uploads / upload
        cache = DiskCache(self._paths.cache / "faces", self._settings.cache_mb / 2 * 2**20)
        job = RenderJob(folder, request, spec, self._settings.limits, cache)
        work = PictureWork(
            STAGE, spec.costs_of(request)(request.size), "halfgig.pipeline.video_stages:measure", (job,), folder
        )
        made = self._faces.do(work, upload, is_wanted, client)
        return {"notices": [each.text for each in made if isinstance(each, Notice)]}
