"""An avatar for pages: its pack, links to it, and sessions' tokens."""

import secrets
import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from halfgig.avatars.pack import VERSION
from halfgig.requests import TRANSPARENT
from halfgig.server.avatar_store import PACK_SIZES, PLAIN_SIZE
from halfgig.server.errors import BadRequest, NotFound
from halfgig.server.web.access import client, is_linked, owner
from halfgig.server.web.avatar_schema import AvatarLink, AvatarSession, LinkBody, SessionBody
from halfgig.server.web.avatars import AvatarId, AvatarService
from halfgig.server.web.errors import ERROR_RESPONSES
from halfgig.server.web.ranged_file import RangedFile
from halfgig.server.web.session_tokens import Session
from halfgig.server.web.static import is_seen

MEDIA_TYPE = "application/octet-stream"
"""Media type of a pack."""

KEPT_S = 300
"""Seconds for which anyone's cache may keep the pack of a link; one with a key is asked for each time."""

_PACK: dict[int | str, dict[str, Any]] = {
    200: {"description": "The pack.", "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "A range of it."},
    304: {"description": "The client's copy is current."},
    416: {"description": "The range is outside the file."},
}

_SIZES = ", ".join(map(str, PACK_SIZES))
Size = Annotated[
    int, Query(description=f"The longer side of the frames: {_SIZES}.", json_schema_extra={"enum": list(PACK_SIZES)})
]
Background = Annotated[
    Literal["", "transparent"],
    Query(description="transparent: the person before nothing, so that the page shows behind; default: their own."),
]
Expires = Annotated[str, Query(max_length=20, description="Of a link: when it expires, in seconds since 1970.")]
Signature = Annotated[str, Query(max_length=100, description="Of a link.")]


def pack_routes(service: AvatarService) -> APIRouter:
    """Return the routes for what pages need."""
    router = APIRouter(prefix="/v1/avatars/{avatar_id}", tags=["avatars"], responses=ERROR_RESPONSES)
    _add_pack(router, service)
    _add_passes(router, service)
    return router


def _add_pack(router: APIRouter, service: AvatarService) -> None:
    @router.head("/pack", include_in_schema=False)
    @router.get("/pack", response_class=Response, responses=_PACK)
    async def download_pack(
        avatar_id: AvatarId,
        request: Request,
        size: Size = PLAIN_SIZE,
        background: Background = "",
        expires: Expires = "",
        signature: Signature = "",
    ) -> Response:
        """Download what a browser draws the avatar from (docs/pack.md); a link's signature stands for a key."""
        del signature  # which the gate has checked
        avatar = await run_in_threadpool(service.avatar, avatar_id, request)
        if size not in PACK_SIZES:
            raise BadRequest(f"there is no pack of {size} pixels; choose one of: {_SIZES}", "size")
        path = await service.pack(avatar, size, client(request), transparent=background == TRANSPARENT)
        headers = {"cache-control": "private, no-cache", "x-pack-version": str(VERSION)}
        if is_linked(request):
            left_s = max(0, min(KEPT_S, int(expires) - int(time.time())))
            headers["cache-control"] = f"public, max-age={left_s}"
        try:
            response = RangedFile(path, headers=headers, media_type=MEDIA_TYPE, stat_result=path.stat())
        except FileNotFoundError:
            raise NotFound(f"{avatar_id} was deleted") from None
        if is_seen(response.headers["etag"], request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers={**headers, "etag": response.headers["etag"]})
        return response


def _add_passes(router: APIRouter, service: AvatarService) -> None:
    @router.post("/sessions", status_code=201)
    def create_session(avatar_id: AvatarId, request: Request, body: SessionBody | None = None) -> AvatarSession:
        """Create a token for a page: it gives this avatar, its pack and speech until it expires, and nothing else."""
        avatar = service.avatar(avatar_id, request)
        body = body or SessionBody.model_validate({})
        expires_at, characters = int(time.time()) + body.expires_in, min(body.characters, service.most_characters)
        in_all = service.session_characters if body.max_characters is None else body.max_characters
        made = Session(avatar.id, owner(request), expires_at, characters, in_all, secrets.token_hex(8))
        return AvatarSession(
            avatar=avatar.id,
            token=service.signer.token(made),
            expires_at=expires_at,
            characters=characters,
            max_characters=in_all,
        )

    @router.post("/links", status_code=201)
    def create_link(avatar_id: AvatarId, request: Request, body: LinkBody | None = None) -> AvatarLink:
        """Create a link to the avatar's pack for public pages, which needs no key until it expires."""
        avatar = service.avatar(avatar_id, request)
        body = body or LinkBody.model_validate({})
        expires_at = int(time.time()) + body.expires_in
        signature = service.signer.link(avatar.id, expires_at)
        url = f"/v1/avatars/{avatar.id}/pack?size={body.size}&expires={expires_at}&signature={signature}"
        return AvatarLink(avatar=avatar.id, url=url, expires_at=expires_at)
