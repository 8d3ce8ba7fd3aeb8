"""Checks where a file comes from, which is uploaded, examined in a cell, and removed again."""

import time
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from halfgig.server.errors import UploadTooLarge
from halfgig.server.paths import ServerPaths
from halfgig.server.web.errors import ERROR_RESPONSES
from halfgig.server.web.form import FileRule
from halfgig.server.web.single_upload import SingleUpload
from halfgig.server.web.worker_client import WorkerClient
from halfgig.settings import Settings

FIELD = "file"

MOST_UPLOADS = 4
"""Files one web worker receives or has checked at the same time."""

_FILE = {"type": "string", "format": "binary", "description": "A sound file, a video or a picture, anybody's."}
_SCHEMA = {"type": "object", "properties": {FIELD: _FILE}, "required": [FIELD], "additionalProperties": False}
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _SCHEMA}}}}

_STATES = {"known": "trusted", "unknown": "valid", "broken": "invalid", "unchecked": "unchecked"}
"""What a manifest is worth, in OpenAI's words and one of ours."""


class ProvenanceResult(BaseModel):
    """What one layer says of a file's origin."""

    type: Literal["c2pa", "halfgig_sound_mark", "halfgig_picture_mark", "metadata"]
    outcome: Literal["detected", "not_detected"]
    model: str | None = Field(default=None, description="The voice, or the program that made it.")
    generated_at: str | None = Field(default=None, description="When it was signed, as RFC 3339.")
    validation_state: str | None = Field(
        default=None,
        description="Of c2pa: trusted, valid (by a signer not known here), invalid, unchecked or not_present.",
    )
    issuer: str | None = Field(default=None, description="Whom the certificate names.")
    chance: float | None = Field(
        default=None, description="Bound of the chance that a file without a mark looks like this."
    )
    installation: int | None = Field(default=None, description="Number of the installation that wrote the mark.")
    details: dict[str, Any] | None = Field(default=None, description="All that was found.")


class ContentProvenanceCheck(BaseModel):
    """What a file says of its origin."""

    object: Literal["content_provenance_check"] = "content_provenance_check"
    created_at: int = Field(description="Seconds since 1970.")
    results: list[ProvenanceResult]
    synthetic: bool = Field(description="Whether anything in the file says that it is synthetic.")
    words: list[str] = Field(description="The same for people, line by line.")
    notices: list[str] = Field(description="What limits the check.")


def provenance_routes(settings: Settings, paths: ServerPaths, worker: WorkerClient) -> APIRouter:
    """Return the route that checks files."""
    router = APIRouter(tags=["origin"], responses=ERROR_RESPONSES)
    rule = FileRule(FIELD, settings.max_sound_mb, "MAX_SOUND_MB", UploadTooLarge)
    uploads = SingleUpload(paths, worker, FIELD, rule, MOST_UPLOADS)

    @router.post("/v1/content_provenance_checks", openapi_extra=_BODY)
    async def check_content_provenance(request: Request) -> ContentProvenanceCheck:
        """Check a file for a signed manifest and for halfgig's marks; it is not kept."""
        return _check_of(await uploads.ask("origin", "file", request, settings.slow_client_seconds))

    return router


def _check_of(reply: dict[str, Any]) -> ContentProvenanceCheck:
    results = [
        _of_manifest(reply["manifest"]),
        _of_mark("halfgig_sound_mark", reply["mark"]),
        _of_mark("halfgig_picture_mark", reply["picture_mark"]),
        _of_metadata(reply["statement"], is_synthetic=reply["says_synthetic"]),
    ]
    shared = {name: reply[name] for name in ("synthetic", "words", "notices")}
    return ContentProvenanceCheck(created_at=int(time.time()), results=results, **shared)


def _of_manifest(found: dict[str, Any] | None) -> ProvenanceResult:
    if found is None:
        return ProvenanceResult(type="c2pa", outcome="not_detected", validation_state="not_present")
    state = _STATES[found["trust"]]
    return ProvenanceResult(
        type="c2pa",
        outcome="detected" if state in ("trusted", "valid") else "not_detected",
        validation_state=state,
        issuer=found["authority"] or found["signer"] or None,
        model=found["tools"].get("voice") or found["generator"] or None,
        generated_at=found["signed_at"] or None,
        details=found,
    )


def _of_mark(kind: Literal["halfgig_sound_mark", "halfgig_picture_mark"], found: Any) -> ProvenanceResult:
    if found is None:
        return ProvenanceResult(type=kind, outcome="not_detected")
    shared = {name: found[name] for name in ("chance", "installation")}
    return ProvenanceResult(type=kind, outcome="detected", model="halfgig", details=found, **shared)


def _of_metadata(statement: str, *, is_synthetic: bool) -> ProvenanceResult:
    details = {"statement": statement} if statement else None
    return ProvenanceResult(type="metadata", outcome="detected" if is_synthetic else "not_detected", details=details)
