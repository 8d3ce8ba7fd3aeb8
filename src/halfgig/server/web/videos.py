"""Videos: asked for, listed, followed, had, cancelled and deleted, as OpenAI's clients do it."""

import functools
import shutil
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Header, Path, Query, Request, Response

from halfgig.log import WARNING, log
from halfgig.server.errors import NotFound, Relayed, Unavailable
from halfgig.server.ipc import WireBroken
from halfgig.server.job_store import Job, JobStore
from halfgig.server.memory_state import read_state
from halfgig.server.paths import ServerPaths, is_job_id
from halfgig.server.plan import server_plan
from halfgig.server.web.access import SHARED, owner
from halfgig.server.web.content import FILES, NEWEST_FRAME, VARIANTS, check_ready, content_of, file_of
from halfgig.server.web.errors import ERROR_RESPONSES, refusals
from halfgig.server.web.intake import Intake
from halfgig.server.web.limits import StreamLimit
from halfgig.server.web.video_events import MOST_STREAMS, EventStream, events_of
from halfgig.server.web.video_openapi import video_body
from halfgig.server.web.video_schema import (
    Remix,
    Video,
    VideoDeleted,
    VideoList,
    VideoShare,
    VideoUnshared,
    list_of,
    poll_after_ms,
    video_of,
)
from halfgig.server.web.worker_client import WorkerClient
from halfgig.settings import Settings

NOTIFY_S = 2.0
"""How long the work process may take to hear of news, in seconds; what stands in the book it finds by itself, too."""

# Their form stands in the description alone: what has another form is not found.
JobId = Annotated[str, Path(json_schema_extra={"pattern": "^video_[0-9a-f]{24}$"})]
RepeatKey = Annotated[str | None, Header(max_length=255, description="The same key and request give the same video.")]
After = Annotated[str | None, Query(description="The last video of the part before.")]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Variant = Annotated[str, Query(json_schema_extra={"enum": [*VARIANTS, NEWEST_FRAME]})]

Token = Annotated[str, Path(max_length=64, description="The last part of the link.")]
SharedVariant = Annotated[str, Query(json_schema_extra={"enum": list(VARIANTS)})]

_EVENT = {"event": {"type": "string"}, "data": {"type": "string", "description": "A Video as JSON."}}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events named progress, each with a Video; at last completed, failed, cancelled or deleted.",
        "content": {"text/event-stream": {"schema": {"type": "object", "properties": _EVENT}}},
    }
}


class VideoService:
    """Do what the routes ask for."""

    def __init__(self, settings: Settings, paths: ServerPaths) -> None:
        self.keep_hours = settings.keep_hours
        self.paths = paths
        self.jobs = JobStore(paths.job_store)
        self.intake = Intake(settings, paths, functools.cache(lambda: server_plan(settings).plan))
        self._worker = WorkerClient(paths.socket, connect_s=0, patience_s=NOTIFY_S)

    def job(self, video_id: str, request: Request) -> Job:
        """Find one of the client's own jobs.  Raises `NotFound`, also for another's."""
        job = self.jobs.get(video_id, owner(request)) if is_job_id(video_id) else None
        if job is None:
            raise NotFound(f"there is no video {video_id!r:.80}; GET /v1/videos lists those there are")
        return job

    def video(self, job: Job) -> Video:
        """Describe a job."""
        return video_of(job, self.keep_hours)

    async def notify(self, message: Mapping[str, Any]) -> None:
        """Tell the work process of something that stands in the book; that it cannot be told now is no error."""
        try:
            await self._worker.call(message)
        except (Unavailable, Relayed, WireBroken, OSError) as error:
            log("web", f"work was not told of {message['op']}: {error}", WARNING)

    def cancel(self, job: Job, tasks: BackgroundTasks) -> None:
        """Cancel an open job; work is told where it runs, else it will find nothing to do."""
        state = read_state(self.paths.run)
        if self.jobs.cancel(job.id) and state and "work" in state.pids:
            tasks.add_task(self.notify, {"op": "cancel", "id": job.id})

    def delete(self, job: Job) -> None:
        """Remove a job's row and files; work that still writes there finds the folder gone."""
        self.jobs.remove(job.id)
        self.paths.uploads.mkdir(parents=True, exist_ok=True)
        out_of_sight = self.paths.uploads / f"deleted-{job.id}"
        try:
            self.paths.job(job.id).rename(out_of_sight)
        except OSError:
            return  # there was none, or another request is at it
        shutil.rmtree(out_of_sight, ignore_errors=True)


def video_routes(settings: Settings, service: VideoService) -> APIRouter:
    """Make the routes for videos."""
    router = APIRouter(prefix="/v1/videos", tags=["videos"], responses=ERROR_RESPONSES)
    _add_making(router, service, video_body(settings))
    _add_looking(router, service)
    _add_ending(router, service)
    _add_content(router, service)
    return router


def _add_making(router: APIRouter, service: VideoService, body: dict[str, Any]) -> None:
    @router.post("", status_code=202, openapi_extra=body)
    async def create_video(
        request: Request, response: Response, tasks: BackgroundTasks, idempotency_key: RepeatKey = None
    ) -> Video:
        """Ask for a video: a portrait and either a text or a recording.

        It is made once it is accepted, whatever ends meanwhile.
        """
        accepted = await service.intake.accept(request, owner(request), idempotency_key)
        tasks.add_task(service.notify, {"op": "jobs"})
        response.headers["openai-poll-after-ms"] = str(poll_after_ms(accepted.job))
        return service.video(accepted.job)

    @router.post("/{video_id}/remix", status_code=202)
    def remix_video(video_id: JobId, remix: Remix, request: Request, tasks: BackgroundTasks) -> Video:
        """Ask for a video that is like another, but for the text."""
        accepted = service.intake.remix(service.job(video_id, request), remix.prompt)
        tasks.add_task(service.notify, {"op": "jobs"})
        return service.video(service.jobs.get(accepted.job.id) or accepted.job)

    @router.post("/{video_id}/retry", status_code=202)
    def retry_video(video_id: JobId, request: Request, tasks: BackgroundTasks) -> Video:
        """Ask once more for a video that has ended: the same text or recording, portrait and options."""
        accepted = service.intake.retry(service.job(video_id, request))
        tasks.add_task(service.notify, {"op": "jobs"})
        return service.video(accepted.job)


def _add_looking(router: APIRouter, service: VideoService) -> None:
    streams = StreamLimit(MOST_STREAMS)

    @router.get("")
    def list_videos(
        request: Request, after: After = None, limit: Limit = 20, order: Literal["asc", "desc"] = "desc"
    ) -> VideoList:
        """List one's videos, the newest first unless asked otherwise."""
        page = service.jobs.page(owner(request), after, limit, newest_first=order == "desc")
        if page is None:
            raise NotFound(f"there is no video {after!r:.80} to go on from; begin without after")
        return list_of(page, service.keep_hours)

    @router.get("/{video_id}")
    def retrieve_video(video_id: JobId, request: Request, response: Response) -> Video:
        """Return how far a video is."""
        job = service.job(video_id, request)
        if job.is_open:
            response.headers["openai-poll-after-ms"] = str(poll_after_ms(job))
        return service.video(job)

    @router.get("/{video_id}/events", response_class=Response, responses=_EVENTS)
    def follow_video(video_id: JobId, request: Request) -> EventStream:
        """Follow a video: events as it changes, until it ends."""
        job = service.job(video_id, request)
        return EventStream(events_of(job.id, lambda: service.jobs.get(job.id), service.keep_hours), streams)


def _add_ending(router: APIRouter, service: VideoService) -> None:
    @router.post("/{video_id}/cancel")
    def cancel_video(video_id: JobId, request: Request, tasks: BackgroundTasks) -> Video:
        """Stop making a video; one that has ended stays as it is."""
        job = service.job(video_id, request)
        service.cancel(job, tasks)
        return service.video(service.job(video_id, request))

    @router.delete("/{video_id}")
    def delete_video(video_id: JobId, request: Request, tasks: BackgroundTasks) -> VideoDeleted:
        """Remove a video and its files; one that is being made is cancelled."""
        job = service.job(video_id, request)
        service.cancel(job, tasks)
        service.delete(job)
        return VideoDeleted(id=job.id)


def _add_content(router: APIRouter, service: VideoService) -> None:
    @router.head("/{video_id}/content", include_in_schema=False)
    @router.get("/{video_id}/content", response_class=Response, responses=FILES)
    def download_content(video_id: JobId, request: Request, variant: Variant = "video") -> Response:
        """Return the video, a picture from it, or its subtitles; while it is made, the newest frame."""
        job = service.job(video_id, request)
        return content_of(job, service.paths.job(job.id), variant, request.headers.get("if-none-match", ""))


def share_routes(service: VideoService) -> APIRouter:
    """Make the routes of links."""
    router = APIRouter(tags=["videos"])
    _add_links(router, service)
    _add_shared_content(router, service)
    return router


def _add_links(router: APIRouter, service: VideoService) -> None:
    @router.post("/v1/videos/{video_id}/share", responses=ERROR_RESPONSES)
    def share_video(video_id: JobId, request: Request) -> VideoShare:
        """Make a link to a finished video that needs no key, for as long as the video is kept."""
        job = service.job(video_id, request)
        check_ready(job)
        return VideoShare(id=job.id, url=f"{SHARED}{service.jobs.share(job.id)}")

    @router.delete("/v1/videos/{video_id}/share", responses=ERROR_RESPONSES)
    def unshare_video(video_id: JobId, request: Request) -> VideoUnshared:
        """Take a video's link back."""
        job = service.job(video_id, request)
        service.jobs.unshare(job.id)
        return VideoUnshared(id=job.id)


def _add_shared_content(router: APIRouter, service: VideoService) -> None:
    @router.head("/shared/{token}/content", include_in_schema=False)
    @router.get("/shared/{token}/content", response_class=Response, responses=FILES | refusals(400, 404, 409, 429))
    def download_shared(token: Token, request: Request, variant: SharedVariant = "video") -> Response:
        """Return a shared video, a picture from it, or its subtitles, whole or by ranges, to anyone with the link."""
        job = service.jobs.shared(token)
        if job is None:
            raise NotFound("this link leads to no video: it was taken back, or the video is not kept any more")
        return file_of(job, service.paths.job(job.id), variant, request.headers.get("if-none-match", ""))
