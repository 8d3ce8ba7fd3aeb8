"""Videos: create, list, follow, download, share, cancel and delete, as OpenAI's clients do."""

import contextlib
import functools
import shutil
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Header, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from halfgig.log import WARNING, log
from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.changes import VIDEOS, changes_of
from halfgig.server.errors import NotFound, Relayed, StorageFull, Unavailable
from halfgig.server.file_store import file_store
from halfgig.server.ipc import WireBroken
from halfgig.server.job import Job
from halfgig.server.job_recovery import REQUEST_FILE
from halfgig.server.job_store import JobStore
from halfgig.server.memory_state import read_state
from halfgig.server.paths import ServerPaths, is_job_id
from halfgig.server.plan import server_plan
from halfgig.server.routing import has_voices
from halfgig.server.web.access import SHARED, client, owner
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
from halfgig.text.script import read_script

NOTIFY_S = 2.0
"""Seconds allowed for notifying the worker process, which also finds new jobs in the job store by itself."""

# The pattern is only in the OpenAPI document: an id of another form is simply not found.
JobId = Annotated[str, Path(json_schema_extra={"pattern": "^video_[0-9a-f]{24}$"})]
RepeatKey = Annotated[str | None, Header(max_length=255, description="The same key and request return the same video.")]
After = Annotated[str | None, Query(description="The last video of the previous page.")]
Limit = Annotated[int, Query(ge=1, le=100, description="Largest number of videos.")]
Variant = Annotated[str, Query(json_schema_extra={"enum": [*VARIANTS, NEWEST_FRAME]})]

Token = Annotated[str, Path(max_length=64, description="The last part of the link.")]
SharedVariant = Annotated[str, Query(json_schema_extra={"enum": list(VARIANTS)})]

_EVENT = {"event": {"type": "string"}, "data": {"type": "string", "description": "A Video as JSON."}}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events named progress, each with a Video; the last is completed, failed, cancelled or deleted.",
        "content": {"text/event-stream": {"schema": {"type": "object", "properties": _EVENT}}},
    }
}


class VideoService:
    """What the routes for videos share: the job store, uploads, and the worker process."""

    def __init__(self, settings: Settings, paths: ServerPaths) -> None:
        self.keep_hours = settings.keep_hours
        self.paths = paths
        self.jobs = JobStore.of(settings)
        self.files = file_store(settings)
        self.changes = changes_of(settings, VIDEOS)
        self._is_shared = bool(settings.database_url)
        self._worker = WorkerClient(paths.socket, connect_s=0, patience_s=NOTIFY_S)
        self._patient_worker = WorkerClient(paths.socket, connect_s=0)
        plan = functools.cache(lambda: server_plan(settings).plan)
        self.intake = Intake(settings, paths, plan, self._check_voices, self.files)

    def job(self, video_id: str, request: Request) -> Job:
        """Return one of the client's own jobs.  Raises `NotFound`, also for another client's job."""
        job = self.jobs.get(video_id, owner(request)) if is_job_id(video_id) else None
        if job is None:
            raise NotFound(f"there is no video {video_id!r:.80}; GET /v1/videos lists those there are")
        return job

    def video(self, job: Job) -> Video:
        """Return a job as a `Video`."""
        self.jobs.keep_open()
        return video_of(job, self.keep_hours)

    async def notify(self, message: Mapping[str, Any]) -> None:
        """Notify the worker process of a change in the job store; failing to is not an error."""
        try:
            await self._worker.call(message)
        except (Unavailable, Relayed, WireBroken, OSError) as error:
            log("web", f"the worker could not be notified of {message['op']}: {error}", WARNING)

    async def _check_voices(self, text: str) -> None:
        """Refuse a text that names an unknown voice, as the worker process says.

        Raises `Relayed`.  Without a worker process the video is accepted: it may be another machine's to make.
        """
        if not read_script(text).voices:
            return
        try:
            await self._patient_worker.call({"op": "check", "input": text})
        except Relayed:
            if not await run_in_threadpool(self._others_speak, text):
                raise
        except (Unavailable, WireBroken, OSError) as error:
            log("web", f"the worker could not be asked for the voices of a text: {error}", WARNING)

    def _others_speak(self, text: str) -> bool:
        """Return whether another node has the voices that a text names."""
        wanted = VideoRequest(SpeechRequest(text))
        nodes = self.jobs.nodes() if self._is_shared else []
        return any(has_voices(wanted, node) for node in nodes)

    def cancel(self, job: Job, tasks: BackgroundTasks) -> None:
        """Cancel an open job and notify the worker process if it is running."""
        state = read_state(self.paths.run)
        try:
            is_cancelled = self.jobs.cancel(job.id)
        except StorageFull:
            if not job.is_open:
                raise
            make_room(self.paths, job)
            is_cancelled = self.jobs.cancel(job.id)
        if is_cancelled and state and "worker" in state.pids:
            tasks.add_task(self.notify, {"op": "cancel", "id": job.id})

    def delete(self, job: Job) -> None:
        """Remove a job's files and row; a cell that still writes there finds the folder gone."""
        self.files.job(job.id).remove()
        trash = self.paths.uploads / f"deleted-{job.id}"
        try:
            self.paths.uploads.mkdir(parents=True, exist_ok=True)
            self.paths.job(job.id).rename(trash)
        except FileNotFoundError:
            pass  # there is none, or another request is removing it
        except OSError:  # no room for a name
            shutil.rmtree(self.paths.job(job.id), ignore_errors=True)
        shutil.rmtree(trash, ignore_errors=True)  # first, since the row may need the room
        self.jobs.remove(job.id)


def make_room(paths: ServerPaths, job: Job) -> None:
    """Remove what can be made again, and what was made of a job that is cancelled, from a disk without room."""
    shutil.rmtree(paths.cache, ignore_errors=True)
    for path in paths.job(job.id).glob("*"):
        if path.name not in (REQUEST_FILE, *job.request.files):
            with contextlib.suppress(OSError):
                path.unlink()


def video_routes(settings: Settings, service: VideoService) -> APIRouter:
    """Return the routes for videos."""
    router = APIRouter(prefix="/v1/videos", tags=["videos"], responses=ERROR_RESPONSES)
    _add_creation(router, service, video_body(settings))
    _add_retrieval(router, service)
    _add_removal(router, service)
    _add_content(router, service)
    return router


def _add_creation(router: APIRouter, service: VideoService, body: dict[str, Any]) -> None:
    @router.post("", status_code=202, openapi_extra=body)
    async def create_video(
        request: Request, response: Response, tasks: BackgroundTasks, idempotency_key: RepeatKey = None
    ) -> Video:
        """Create a video from a portrait and either a text or a recording.

        An accepted video is made even if processes are killed meanwhile.
        """
        accepted = await service.intake.accept(request, idempotency_key)
        tasks.add_task(service.notify, {"op": "jobs"})
        response.headers["openai-poll-after-ms"] = str(poll_after_ms(accepted.job))
        return service.video(accepted.job)

    @router.post("/{video_id}/remix", status_code=202)
    async def remix_video(video_id: JobId, remix: Remix, request: Request, tasks: BackgroundTasks) -> Video:
        """Create a copy of a video with another text."""
        job = await run_in_threadpool(service.job, video_id, request)
        accepted = await service.intake.remix(job, remix.prompt, client(request))
        tasks.add_task(service.notify, {"op": "jobs"})
        return service.video(accepted.job)

    @router.post("/{video_id}/retry", status_code=202)
    def retry_video(video_id: JobId, request: Request, tasks: BackgroundTasks) -> Video:
        """Make a finished or failed video again: the same text or recording, portrait and options."""
        accepted = service.intake.retry(service.job(video_id, request), client(request))
        tasks.add_task(service.notify, {"op": "jobs"})
        return service.video(accepted.job)


def _add_retrieval(router: APIRouter, service: VideoService) -> None:
    streams = StreamLimit(MOST_STREAMS)

    @router.get("")
    def list_videos(
        request: Request, after: After = None, limit: Limit = 20, order: Literal["asc", "desc"] = "desc"
    ) -> VideoList:
        """List your videos, the newest first by default."""
        service.jobs.keep_open()
        page = service.jobs.page(owner(request), after, limit, newest_first=order == "desc")
        if page is None:
            raise NotFound(f"there is no video {after!r:.80} to go on from; begin without after")
        return list_of(page, service.keep_hours)

    @router.get("/{video_id}")
    def retrieve_video(video_id: JobId, request: Request, response: Response) -> Video:
        """Return the status and progress of a video."""
        job = service.job(video_id, request)
        if job.is_open:
            response.headers["openai-poll-after-ms"] = str(poll_after_ms(job))
        return service.video(job)

    @router.get("/{video_id}/events", response_class=Response, responses=_EVENTS)
    def follow_video(video_id: JobId, request: Request) -> EventStream:
        """Stream the progress of a video as events until it ends."""
        job = service.job(video_id, request)
        events = events_of(job.id, lambda: service.jobs.get(job.id), service.keep_hours, changes=service.changes)
        return EventStream(events, streams)


def _add_removal(router: APIRouter, service: VideoService) -> None:
    @router.post("/{video_id}/cancel")
    def cancel_video(video_id: JobId, request: Request, tasks: BackgroundTasks) -> Video:
        """Cancel a video; one that has ended stays as it is."""
        job = service.job(video_id, request)
        service.cancel(job, tasks)
        return service.video(service.job(video_id, request))

    @router.delete("/{video_id}")
    def delete_video(video_id: JobId, request: Request, tasks: BackgroundTasks) -> VideoDeleted:
        """Delete a video and its files; one in progress is cancelled."""
        job = service.job(video_id, request)
        service.cancel(job, tasks)
        service.delete(job)
        return VideoDeleted(id=job.id)


def _add_content(router: APIRouter, service: VideoService) -> None:
    @router.head("/{video_id}/content", include_in_schema=False)
    @router.get("/{video_id}/content", response_class=Response, responses=FILES)
    def download_content(video_id: JobId, request: Request, variant: Variant = "video") -> Response:
        """Download the video, a thumbnail or the subtitles; while it is being made, the newest frame."""
        job = service.job(video_id, request)
        return content_of(
            job, service.paths.job(job.id), service.files, variant, request.headers.get("if-none-match", "")
        )


def share_routes(service: VideoService) -> APIRouter:
    """Return the routes for shared links."""
    router = APIRouter(tags=["videos"])
    _add_links(router, service)
    _add_shared_content(router, service)
    return router


def _add_links(router: APIRouter, service: VideoService) -> None:
    @router.post("/v1/videos/{video_id}/share", responses=ERROR_RESPONSES)
    def share_video(video_id: JobId, request: Request) -> VideoShare:
        """Create a link to a finished video that needs no key, valid as long as the video is kept."""
        job = service.job(video_id, request)
        check_ready(job)
        return VideoShare(id=job.id, url=f"{SHARED}{service.jobs.share(job.id)}")

    @router.delete("/v1/videos/{video_id}/share", responses=ERROR_RESPONSES)
    def unshare_video(video_id: JobId, request: Request) -> VideoUnshared:
        """Remove the link to a video."""
        job = service.job(video_id, request)
        service.jobs.unshare(job.id)
        return VideoUnshared(id=job.id)


def _add_shared_content(router: APIRouter, service: VideoService) -> None:
    @router.head("/shared/{token}/content", include_in_schema=False)
    @router.get("/shared/{token}/content", response_class=Response, responses=FILES | refusals(400, 404, 409, 429))
    def download_shared(token: Token, request: Request, variant: SharedVariant = "video") -> Response:
        """Download a shared video, its thumbnail or subtitles, whole or by ranges; anyone with the link may."""
        job = service.jobs.shared(token)
        if job is None:
            raise NotFound("this link leads to no video: it was taken back, or the video is not kept any more")
        seen = request.headers.get("if-none-match", "")
        return file_of(job, service.paths.job(job.id), service.files, variant, seen)
