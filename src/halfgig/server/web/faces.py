"""Face detection for a picture that is uploaded, examined in a cell, and removed again."""

import secrets
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from halfgig.errors import PictureTooLarge
from halfgig.requests import PORTRAIT
from halfgig.server.errors import BadRequest
from halfgig.server.paths import ServerPaths
from halfgig.server.web.access import client
from halfgig.server.web.errors import ERROR_RESPONSES
from halfgig.server.web.form import FileRule, FormRules
from halfgig.server.web.limits import StreamLimit
from halfgig.server.web.picture_check import check_picture
from halfgig.server.web.schemas import FaceList, FoundFace
from halfgig.server.web.upload import read_form, remove_abandoned, upload_folder
from halfgig.server.web.worker_client import WorkerClient
from halfgig.settings import Settings

FIELD = "image"

MOST_UPLOADS = 8
"""Pictures one web worker receives or has examined at the same time."""

_IMAGE = {"type": "string", "format": "binary", "description": "The picture: JPEG, PNG, WEBP or GIF."}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {FIELD: _IMAGE},
                    "required": [FIELD],
                    "additionalProperties": False,
                },
                "encoding": {FIELD: {"contentType": "image/png, image/jpeg, image/webp, image/gif"}},
            }
        },
    }
}


def face_routes(settings: Settings, paths: ServerPaths, worker: WorkerClient) -> APIRouter:
    """Return the route that finds faces."""
    router = APIRouter(tags=["videos"], responses=ERROR_RESPONSES)
    rule = FileRule(PORTRAIT, settings.max_picture_mb, "MAX_PICTURE_MB", PictureTooLarge)
    rules, uploads = FormRules({}, {FIELD: rule}), StreamLimit(MOST_UPLOADS)

    @router.post("/v1/faces", openapi_extra=_BODY)
    async def find_faces(request: Request) -> FaceList:
        """Find the faces in a picture, which is not kept."""
        name = f"faces_{secrets.token_hex(12)}"
        by = client(request)
        with uploads.slot(by):
            await run_in_threadpool(remove_abandoned, paths.uploads)
            with upload_folder(paths.uploads / name) as folder:
                form = await read_form(request, folder, rules, settings.slow_client_seconds)
                if FIELD not in form.digests:
                    raise BadRequest(f"no picture was sent; send it in the field {FIELD}", FIELD)
                await run_in_threadpool(check_picture, folder / PORTRAIT, settings.max_picture_megapixels)
                return _list_of(await worker.call_patiently({"op": "faces", "upload": name, "client": by}))

    return router


def _list_of(reply: dict[str, Any]) -> FaceList:
    faces = [FoundFace(**face) for face in reply["faces"]]
    return FaceList(width=reply["width"], height=reply["height"], detector=reply["detector"], data=faces)
