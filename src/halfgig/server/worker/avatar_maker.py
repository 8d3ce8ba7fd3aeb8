"""Avatars as the worker makes them: measured, and written as packs for browsers, in the cell for single uploads."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from halfgig.animators.base import RenderJob
from halfgig.animators.registry import animator
from halfgig.avatars.saved import AvatarSettings
from halfgig.events import Notice
from halfgig.requests import TRANSPARENT
from halfgig.server.avatar_store import MEASURED, PACK_SIZES, PLAIN_SIZE, AvatarStore, pack_name
from halfgig.server.errors import BadRequest, NotFound
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.upload_cells import UploadWork, uploaded
from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from halfgig.server.worker.upload_cells import UploadCells
    from halfgig.settings import Settings

MEASURING, DRAWING = "measuring an avatar", "writing an avatar's pack"
"""The names of the work in errors."""

LARGEST_PACK = 2 * 2**20
"""Bytes that a further pack may have; those of 1024 pixels have a third of it."""


class AvatarMaker:
    """Measures portraits for avatars and writes their packs; may be called from any thread."""

    def __init__(self, settings: Settings, cells: UploadCells) -> None:
        self._settings, self._cells = settings, cells
        self._paths, self._store = ServerPaths.of(settings), AvatarStore(settings)

    def measure(
        self, upload: object, given: Mapping[str, Any], is_wanted: Callable[[], bool], client: str = ""
    ) -> dict[str, Any]:
        """Measure the portrait in an upload's folder, where its rig and pack are then; return settings and notices.

        The portrait may be an avatar's file, whose settings are used where none are given.  Raises `BadRequest` if
        `upload` is no name of an upload, and what `UploadCells.do` raises.
        """
        name = uploaded(upload, "avatar")
        folder = self._paths.uploads / name
        work = self._work(MEASURING, "prepare", folder, given, PLAIN_SIZE)
        made = self._cells.do(work, name, is_wanted, client)
        (settings,) = (each for each in made if isinstance(each, AvatarSettings))
        return {"settings": asdict(settings), "notices": [each.text for each in made if isinstance(each, Notice)]}

    def draw(
        self, avatar_id: str, size: int, is_wanted: Callable[[], bool], client: str = "", *, transparent: bool = False
    ) -> None:
        """Write an avatar's pack of a size, with its own background or none, to its folder, unless it is there.

        Raises `NotFound`, `BadRequest` for another size, `AvatarsFull`, and what `UploadCells.do` raises.
        """
        avatar = self._store.get(avatar_id)
        if avatar is None:
            raise NotFound(f"there is no avatar {avatar_id!r:.80}")
        if size not in PACK_SIZES:
            raise BadRequest(f"there is no pack of {size} pixels", "size")
        folder = self._paths.avatar(avatar_id)
        if (folder / pack_name(size, transparent=transparent)).exists():
            return
        self._store.check_bytes(LARGEST_PACK)
        work = self._work(DRAWING, "draw", folder, avatar.settings, size, transparent=transparent)
        self._cells.do(work, f"{avatar_id} {secrets.token_hex(4)}", is_wanted, client)

    def _work(
        self,
        stage: str,
        function: str,
        folder: Path,
        settings: Mapping[str, Any],
        size: int,
        *,
        transparent: bool = False,
    ) -> UploadWork:
        spec = animator(MEASURED.animator)
        cache = DiskCache(self._paths.cache / "faces", self._settings.cache_mb / 2 * 2**20)
        job = RenderJob(folder, MEASURED, spec, self._settings.limits, cache, stands_back=self._settings.stand_back)
        job = replace(job, request=replace(MEASURED, background=TRANSPARENT)) if transparent else job
        args = (job, dict(settings), size, folder / pack_name(size, transparent=transparent))
        return UploadWork(
            stage, spec.costs(max(size, MEASURED.size)), f"halfgig.avatars.saved:{function}", args, folder
        )
