"""Response bodies for videos: OpenAI's fields and some of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from halfgig.server.job import CANCELLED, COMPLETED, FAILED, IN_PROGRESS, WAITS_FOR
from halfgig.server.public_text import public_text

if TYPE_CHECKING:
    from halfgig.server.job import Job, Page


class VideoError(BaseModel):
    """The reason a video failed."""

    code: str = Field(description="A name for programs, such as no_face or cancelled.")
    message: str = Field(description="A sentence: the value, the limit with its unit, what to do.")


class Video(BaseModel):
    """A requested video."""

    id: str = Field(description="The id of the video.", pattern="^video_[0-9a-f]{24}$")
    object: Literal["video"] = "video"
    model: str = Field(description="The animator: puppet or another.")
    status: Literal["queued", "in_progress", "completed", "failed"]
    progress: int = Field(description="Progress in percent.", ge=0, le=100)
    created_at: int = Field(description="Time of acceptance, in seconds since 1970.")
    completed_at: int | None = Field(description="Time it completed or failed.")
    expires_at: int | None = Field(description="Time a finished video will be removed.")
    seconds: str = Field(description="Length in seconds; 0 until the speech is made.")
    size: str = Field(description="Width x height of the frames; the longer side alone until they are known.")
    prompt: str | None = Field(description="The spoken text; null with a recording.")
    remixed_from_video_id: str | None = Field(description="The video this one is a remix of.")
    error: VideoError | None = Field(description="Why the video failed, or that it was cancelled.")
    voice: str | None = Field(description="The requested voice; null: the best one installed.")
    speed: float = Field(description="Speed factor of the speech.")
    fps: float = Field(description="Frames per second.")
    seed: int = Field(description="Seed of blinks and head movement.")
    stage: str | None = Field(description="The current stage.")
    frame: int | None = Field(description="Number of finished frames.")
    frames: int | None = Field(description="Total number of frames, once known.")
    rate: float | None = Field(description="Speed of the stage, in its units per second.")
    left_s: float | None = Field(description="Estimated remaining time in seconds.")
    duration: float | None = Field(description="Length in seconds, once known.")
    maker: str | None = Field(description="The engine and voice that spoke.")
    notices: list[str] = Field(description="Notes on how the video was made.")
    bytes: int | None = Field(description="File size in bytes.")
    peak_private_mb: float | None = Field(description="Peak private memory of its cells in MB.")


class VideoList(BaseModel):
    """A page of the list of videos."""

    object: Literal["list"] = "list"
    data: list[Video]
    first_id: str | None
    last_id: str | None = Field(description="The value of `after` for the next page.")
    has_more: bool


class VideoDeleted(BaseModel):
    """Confirmation that a video was deleted."""

    id: str
    object: Literal["video.deleted"] = "video.deleted"
    deleted: Literal[True] = True


class VideoShare(BaseModel):
    """A link to a video that needs no key."""

    id: str
    object: Literal["video.share"] = "video.share"
    url: str = Field(description="Path of a page that plays the video; its files are at /content below it.")


class VideoUnshared(BaseModel):
    """Confirmation that a link was removed."""

    id: str
    object: Literal["video.share.deleted"] = "video.share.deleted"
    deleted: Literal[True] = True


class Remix(BaseModel):
    """A request for a copy of a video with another text."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(description="The text to speak.", min_length=1)


def video_of(job: Job, keep_hours: float) -> Video:
    """Return a job as a `Video`; a finished one is kept for `keep_hours`."""
    facts, wanted, speech = job.progress, job.request, job.request.speech
    seconds: float | None = facts.get("seconds")
    return Video(
        id=job.id,
        model=wanted.animator,
        status=_status(job),
        progress=progress_of(job),
        created_at=int(job.created_at),
        completed_at=None if job.completed_at is None else int(job.completed_at),
        expires_at=None if job.completed_at is None else int(job.completed_at + 3600 * keep_hours),
        seconds="0" if seconds is None else f"{seconds:.10g}",
        size=f"{facts['width']}x{facts['height']}" if facts.get("width") else str(wanted.size),
        prompt=speech.text if speech else None if wanted.audio else "",
        remixed_from_video_id=facts.get("remixed_from"),
        error=_error(job),
        voice=(speech.voice if speech else None) or None,
        speed=speech.speed if speech else 1.0,
        fps=wanted.fps,
        seed=wanted.seed,
        duration=seconds,
        maker=facts.get("maker"),
        notices=[*(facts.get("notices") or ()), *_waits_for(job)],
        bytes=facts.get("bytes"),
        peak_private_mb=facts.get("peak_private_mb"),
        **_stage_progress(job),
    )


def _waits_for(job: Job) -> list[str]:
    """Return why an open job waits, if no node can make it now."""
    why = job.progress.get(WAITS_FOR)
    return [f"it waits: {why}"] if why and job.is_open else []


def _status(job: Job) -> Any:
    return FAILED if job.status == CANCELLED else job.status


def _stage_progress(job: Job) -> dict[str, Any]:
    facts = job.progress
    is_rendered = facts.get("stage") == "rendering"  # other stages count other frames: those they read or join
    total = facts.get("frames") or (facts.get("total") if is_rendered else None)
    done = facts.get("done") if is_rendered else None
    if job.status == COMPLETED:
        done = total
    is_made = job.status == IN_PROGRESS
    return {
        "stage": facts.get("stage") if is_made else None,
        "frame": None if done is None else int(done),
        "frames": None if total is None else int(total),
        "rate": facts.get("rate") if is_made else None,
        "left_s": facts.get("left_s") if is_made else None,
    }


def _error(job: Job) -> VideoError | None:
    if job.status == CANCELLED:
        return VideoError(code="cancelled", message="the video was cancelled; ask for it again if it is wanted")
    if job.status != FAILED:
        return None
    error = job.error or {}
    return VideoError(
        code=str(error.get("code") or "internal_error"),
        message=public_text(str(error.get("message") or "the video failed")),
    )


def progress_of(job: Job) -> int:
    """Return the progress of a job in percent; below 100 until the video can be downloaded."""
    if job.status == COMPLETED:
        return 100
    return int(job.progress.get("percent", 0))


def poll_after_ms(job: Job) -> int:
    """Return the suggested polling interval in milliseconds, 1000 to 5000."""
    left_s = job.progress.get("left_s")
    return 2000 if left_s is None else int(1000 * min(5.0, max(1.0, left_s / 4)))


def list_of(page: Page, keep_hours: float) -> VideoList:
    """Return a page of jobs as a `VideoList`."""
    videos = [video_of(job, keep_hours) for job in page.jobs]
    first, last = (videos[0].id, videos[-1].id) if videos else (None, None)
    return VideoList(data=videos, first_id=first, last_id=last, has_more=page.has_more)
