"""Face detection for a picture that is uploaded, examined in a cell, and removed again."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request

from halfgig.errors import PictureTooLarge
from halfgig.requests import PORTRAIT
from halfgig.server.paths import ServerPaths
from halfgig.server.web.errors import ERROR_RESPONSES
from halfgig.server.web.form import FileRule
from halfgig.server.web.picture_check import check_picture
from halfgig.server.web.schemas import FaceList, FoundFace
from halfgig.server.web.single_upload import SingleUpload
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
    uploads = SingleUpload(paths, worker, FIELD, rule, MOST_UPLOADS)

    def check(picture: Path) -> None:
        check_picture(picture, settings.max_picture_megapixels)

    @router.post("/v1/faces", openapi_extra=_BODY)
    async def find_faces(request: Request) -> FaceList:
        """Find the faces in a picture, which is not kept."""
        return _list_of(await uploads.ask("faces", "picture", request, settings.slow_client_seconds, check))

    return router


def _list_of(reply: dict[str, Any]) -> FaceList:
    faces = [FoundFace(**face) for face in reply["faces"]]
    return FaceList(width=reply["width"], height=reply["height"], detector=reply["detector"], data=faces)
