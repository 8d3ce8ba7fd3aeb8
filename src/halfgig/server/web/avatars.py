"""Saved avatars: a portrait is measured once, and videos and pages are made of it as often as one likes."""

import secrets
import time
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool

from halfgig.avatars.saved import is_pack
from halfgig.requests import PORTRAIT
from halfgig.server.avatar_store import Avatar, AvatarStore, pack_name
from halfgig.server.errors import NotFound
from halfgig.server.paths import ServerPaths
from halfgig.server.web.access import client, is_linked, owner
from halfgig.server.web.avatar_form import avatar_body, avatar_rules, given_settings
from halfgig.server.web.avatar_schema import AvatarDeleted, AvatarFacts, AvatarList, facts_of, list_of
from halfgig.server.web.errors import ERROR_RESPONSES
from halfgig.server.web.form import Form
from halfgig.server.web.limits import StreamLimit
from halfgig.server.web.picture_check import check_picture
from halfgig.server.web.session_tokens import Signer
from halfgig.server.web.upload import read_form, remove_abandoned, upload_folder
from halfgig.server.web.worker_client import WorkerClient
from halfgig.settings import Settings

MOST_UPLOADS = 4
"""Avatars one web worker receives or has measured at the same time."""

AvatarId = Annotated[str, Path(json_schema_extra={"pattern": "^avatar_[0-9a-f]{24}$"})]
After = Annotated[str | None, Query(description="The last avatar of the previous page.")]
Limit = Annotated[int, Query(ge=1, le=100, description="Largest number of avatars.")]


class AvatarService:
    """What the routes for avatars share: the store, uploads, and the worker process."""

    def __init__(self, settings: Settings, paths: ServerPaths, worker: WorkerClient, signer: Signer) -> None:
        self._settings, self._paths, self._worker = settings, paths, worker
        self.signer, self.most_characters = signer, settings.max_input_characters
        self.session_characters = settings.session_characters
        self._rules, self._uploads = avatar_rules(settings), StreamLimit(MOST_UPLOADS)
        self.store = AvatarStore(settings)

    def avatar(self, avatar_id: str, request: Request) -> Avatar:
        """Return one of the client's own avatars.  Raises `NotFound`, also for another client's."""
        found = self.store.get(avatar_id, None if is_linked(request) else owner(request))
        if found is None:
            raise NotFound(f"there is no avatar {avatar_id!r:.80}; GET /v1/avatars lists those there are")
        return found

    async def save(self, request: Request) -> Avatar:
        """Receive a portrait, have it measured, and save it.  Raises `HalfgigError`, and then leaves nothing behind."""
        by, avatar_id = client(request), f"avatar_{secrets.token_hex(12)}"
        length = request.headers.get("content-length", "")
        announced = int(length[:20]) if length.isdecimal() else 0  # a body over the limit is refused for that instead
        with self._uploads.slot(by):
            await run_in_threadpool(self._prepare, owner(request), min(announced, self._rules.most_bytes))
            with upload_folder(self._paths.uploads / avatar_id) as folder:
                form = await read_form(request, folder, self._rules, self._settings.slow_client_seconds)
                given = await run_in_threadpool(self._checked, form, folder)
                asked = {"op": "avatar", "upload": avatar_id, "given": given, "client": by}
                reply = await self._worker.call_patiently(asked)
                notices = tuple(reply["notices"])
                avatar = Avatar(avatar_id, owner(request), time.time(), **reply["settings"], notices=notices)
                await run_in_threadpool(self.store.save, avatar, folder)
        return avatar

    def _prepare(self, by: str, more_bytes: int) -> None:
        remove_abandoned(self._paths.uploads)
        self.store.check_room(by, more_bytes)

    def _checked(self, form: Form, folder: FilePath) -> dict[str, Any]:
        given = given_settings(form)
        if not is_pack(folder / PORTRAIT):  # whose picture the cell looks at
            check_picture(folder / PORTRAIT, self._settings.max_picture_megapixels)
        return given

    async def pack(self, avatar: Avatar, size: int, by: str, *, transparent: bool = False) -> FilePath:
        """Return the file of an avatar's pack, which is written if there is none yet.  Raises `HalfgigError`."""
        path = self._paths.avatar(avatar.id) / pack_name(size, transparent=transparent)
        if not await run_in_threadpool(path.exists):
            asked = {"op": "pack", "avatar": avatar.id, "size": size, "transparent": transparent, "client": by}
            await self._worker.call_patiently(asked)
        return path


def avatar_routes(service: AvatarService) -> APIRouter:
    """Return the routes for avatars."""
    router = APIRouter(prefix="/v1/avatars", tags=["avatars"], responses=ERROR_RESPONSES)

    @router.post("", status_code=201, openapi_extra=avatar_body())
    async def save_avatar(request: Request) -> AvatarFacts:
        """Save a portrait as an avatar, with the voice it speaks with; it is kept until you delete it."""
        return facts_of(await service.save(request))

    @router.get("")
    def list_avatars(
        request: Request, after: After = None, limit: Limit = 20, order: Literal["asc", "desc"] = "desc"
    ) -> AvatarList:
        """List your avatars, the newest first by default."""
        page = service.store.page(owner(request), after, limit, newest_first=order == "desc")
        if page is None:
            raise NotFound(f"there is no avatar {after!r:.80} to go on from; begin without after")
        return list_of(page)

    @router.get("/{avatar_id}")
    def retrieve_avatar(avatar_id: AvatarId, request: Request) -> AvatarFacts:
        """Return an avatar."""
        return facts_of(service.avatar(avatar_id, request))

    @router.delete("/{avatar_id}")
    def delete_avatar(avatar_id: AvatarId, request: Request) -> AvatarDeleted:
        """Delete an avatar and its files; videos that were made of it stay."""
        avatar = service.avatar(avatar_id, request)
        service.store.remove(avatar.id)
        return AvatarDeleted(id=avatar.id)

    return router
