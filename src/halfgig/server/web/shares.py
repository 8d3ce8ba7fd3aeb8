"""Videos that anyone may see who has the link: the link is made and taken back with a key, and followed without."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from halfgig.server.errors import NotFound
from halfgig.server.web.access import SHARED
from halfgig.server.web.content import FILES, VARIANTS, check_ready, file_of
from halfgig.server.web.errors import ERROR_RESPONSES, refusals
from halfgig.server.web.video_schema import VideoShare, VideoUnshared
from halfgig.server.web.videos import JobId, VideoDesk

Token = Annotated[str, Path(max_length=64, description="What the link ends with.")]
Variant = Annotated[str, Query(json_schema_extra={"enum": list(VARIANTS)})]


def share_routes(desk: VideoDesk) -> APIRouter:
    """Make the routes of links."""
    router = APIRouter(tags=["videos"])
    _add_making(router, desk)
    _add_following(router, desk)
    return router


def _add_making(router: APIRouter, desk: VideoDesk) -> None:
    @router.post("/v1/videos/{video_id}/share", responses=ERROR_RESPONSES)
    def share_video(video_id: JobId, request: Request) -> VideoShare:
        """Make a link to a finished video that needs no key, for as long as the video is kept."""
        job = desk.job(video_id, request)
        check_ready(job)
        return VideoShare(id=job.id, url=f"{SHARED}{desk.book.share(job.id)}")

    @router.delete("/v1/videos/{video_id}/share", responses=ERROR_RESPONSES)
    def unshare_video(video_id: JobId, request: Request) -> VideoUnshared:
        """Take a video's link back."""
        job = desk.job(video_id, request)
        desk.book.unshare(job.id)
        return VideoUnshared(id=job.id)


def _add_following(router: APIRouter, desk: VideoDesk) -> None:
    @router.head("/shared/{token}/content", include_in_schema=False)
    @router.get("/shared/{token}/content", response_class=Response, responses=FILES | refusals(400, 404, 409, 429))
    def download_shared(token: Token, request: Request, variant: Variant = "video") -> Response:
        """Return a shared video, a picture from it, or its subtitles, whole or by ranges, to anyone with the link."""
        job = desk.book.shared(token)
        if job is None:
            raise NotFound("this link leads to no video: it was taken back, or the video is not kept any more")
        return file_of(job, desk.places.job(job.id), variant, request.headers.get("if-none-match", ""))
