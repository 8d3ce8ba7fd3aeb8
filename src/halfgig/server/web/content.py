"""Files of a finished video, whole or by byte ranges, and the newest frame of one in progress."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from halfgig.pipeline.video import NEWEST, THUMBNAIL, TRACK, TRANSPARENT_VIDEO, VIDEO, WORDS, video_name
from halfgig.server.errors import BadRequest, Conflict, NotFound, NotReady, NotYet
from halfgig.server.job import COMPLETED
from halfgig.server.web.ranged_file import RangedFile
from halfgig.server.web.static import bytes_response, is_seen
from halfgig.server.web.stored_file import StoredFileResponse
from halfgig.server.web.video_schema import progress_of, video_of

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.file_store import FileStore
    from halfgig.server.job import Job

VARIANTS = {
    "video": (VIDEO, "video/mp4"),
    "thumbnail": (THUMBNAIL, "image/jpeg"),
    "subtitles": (WORDS, "text/vtt; charset=utf-8"),
    "track": (TRACK, "application/json"),
}
"""The file in the job's folder and the media type of each variant."""

VIDEO_TYPES = {VIDEO: "video/mp4", TRANSPARENT_VIDEO: "video/webm"}
"""The media type of each kind of video."""

_KINDS = (*(kind for _, kind in VARIANTS.values()), VIDEO_TYPES[TRANSPARENT_VIDEO])
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": dict.fromkeys(_KINDS, _FILE)},
    206: {"description": "A range of the file.", "content": dict.fromkeys(_KINDS, _FILE)},
    304: {"description": "The client's copy is current."},
    416: {"description": "The range is outside the file."},
}
"""Possible responses, for the OpenAPI document."""

NEWEST_FRAME = "newest"
"""The variant that exists only while the video is being made."""

# Opened directly, a video or picture is wrapped by the browser in a page of its own, with inline styles.
HEADERS = {
    "cache-control": "private, no-cache",
    "content-security-policy": "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'",
}


def content_of(job: Job, folder: Path, files: FileStore, variant: str, seen: str) -> Response:
    """Return a file of a finished job, from its folder or the store, as a response; `seen` is the If-None-Match header.

    Raises `BadRequest` for an unknown variant, `NotReady` while the video is being made, `Conflict` if it failed, and
    what `newest_of` raises.
    """
    if variant == NEWEST_FRAME:
        return newest_of(job, folder, files, seen)
    return file_of(job, folder, files, variant, seen)


def newest_of(job: Job, folder: Path, files: FileStore, seen: str) -> Response:
    """Return the newest frame.  Raises `NotYet` before the first one, `NotFound` once the job has ended."""
    if not job.is_open:
        raise NotFound(f"{job.id} is not being made any more, so it has no newest frame; ask for variant=thumbnail")
    try:
        data = (folder / NEWEST).read_bytes()  # in one read: the next frame may replace the file meanwhile
    except FileNotFoundError:
        kept = files.job(job.id).find(NEWEST)
        if kept is None:
            raise NotYet(f"{job.id} is {_state(job)}; its first frame is not there yet") from None
        data = b"".join(files.read(kept, 0, kept.size))
    return bytes_response(data, "image/jpeg", HEADERS, seen)


def file_of(job: Job, folder: Path, files: FileStore, variant: str, seen: str) -> Response:
    """Return a permanent file, as `content_of` does for all variants but the newest frame."""
    if variant not in VARIANTS:
        raise BadRequest(f"there is no variant {variant!r:.40}; choose one of: {', '.join(VARIANTS)}", "variant")
    check_ready(job)
    name, media_type = VARIANTS[variant]
    if variant == "video":
        name = video_name(job.request)
        media_type = VIDEO_TYPES[name]
    path = folder / name
    try:
        facts = path.stat()
    except FileNotFoundError:
        kept = files.job(job.id).find(name)
        if kept is None:
            raise NotFound(_missing(job, variant)) from None
        disposition = f'inline; filename="{job.id}{path.suffix}"'
        headers = {**HEADERS, "content-disposition": disposition}
        return _unless_seen(StoredFileResponse(files, kept, media_type, headers), seen)
    if not stat.S_ISREG(facts.st_mode):
        raise NotFound(_missing(job, variant))
    response = RangedFile(
        path,
        headers=HEADERS,
        media_type=media_type,
        filename=f"{job.id}{path.suffix}",
        stat_result=facts,
        content_disposition_type="inline",
    )
    return _unless_seen(response, seen)


def _unless_seen(response: Response, seen: str) -> Response:
    if is_seen(response.headers["etag"], seen):
        return Response(status_code=304, headers={**HEADERS, "etag": response.headers["etag"]})
    return response


def check_ready(job: Job) -> None:
    """Refuse a job without a video.  Raises `NotReady` while it is being made, `Conflict` if it failed."""
    if job.is_open:
        raise NotReady(f"the video is {_state(job)}; ask for {job.id} until its status is completed")
    if job.status != COMPLETED:
        error = video_of(job, 0).error
        assert error
        raise Conflict(f"there is no video: {error.message}")


def _state(job: Job) -> str:
    return f"{job.status.replace('_', ' ')}, {progress_of(job)} % done"


def _missing(job: Job, variant: str) -> str:
    if variant == "subtitles" and job.request.audio:
        return "the video was made from a recording, whose words are not known; subtitles need a prompt"
    if variant == "track" and not job.request.track:
        return "the video was made without a track; ask for it again with track=true"
    return f"the {variant} of {job.id} is not there any more; ask for the video again"
