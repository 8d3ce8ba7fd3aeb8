"""Videos as OpenAI's clients know them, with fields of our own beside theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from halfgig.server.job_store import CANCELLED, COMPLETED, FAILED, IN_PROGRESS

if TYPE_CHECKING:
    from halfgig.server.job_store import Job, Page


class VideoError(BaseModel):
    """Why there is no video."""

    code: str = Field(description="A name for programs, as no_face or cancelled.")
    message: str = Field(description="A sentence: the value, the limit with its unit, what to do.")


class Video(BaseModel):
    """A video that was asked for."""

    id: str = Field(description="Its name.", pattern="^video_[0-9a-f]{24}$")
    object: Literal["video"] = "video"
    model: str = Field(description="How the face is moved: puppet.")
    status: Literal["queued", "in_progress", "completed", "failed"]
    progress: int = Field(description="Percent of the work that is done.", ge=0, le=100)
    created_at: int = Field(description="When it was accepted, in seconds since 1970.")
    completed_at: int | None = Field(description="When it ended, well or not.")
    expires_at: int | None = Field(description="When a finished video is removed.")
    seconds: str = Field(description="Its length; 0 until that is known: the speech decides.")
    size: str = Field(description="Width x height of its frames; until they are known, the longer side.")
    prompt: str | None = Field(description="The text that is said; null with a recording.")
    remixed_from_video_id: str | None = Field(description="The video whose portrait it has.")
    error: VideoError | None = Field(description="Why it failed, or that it was cancelled.")
    voice: str | None = Field(description="The voice that was asked for; null: the best there is.")
    speed: float = Field(description="The factor of the speech's pace.")
    fps: float = Field(description="Frames a second.")
    seed: int = Field(description="What blinks and sway follow from.")
    stage: str | None = Field(description="What is being done.")
    frame: int | None = Field(description="How many frames are there.")
    frames: int | None = Field(description="How many frames there are in all, so far as is known.")
    rate: float | None = Field(description="How fast the stage goes, in its units a second.")
    left_s: float | None = Field(description="How much longer it takes, in seconds, so far as is known.")
    duration: float | None = Field(description="Its length in seconds, once that is known.")
    maker: str | None = Field(description="Who speaks.")
    notices: list[str] = Field(description="What is worth knowing of how it was made.")
    bytes: int | None = Field(description="The size of the file.")
    peak_private_mb: float | None = Field(description="The most memory its cells had to themselves, in MB.")


class VideoList(BaseModel):
    """A part of the list of one's videos."""

    object: Literal["list"] = "list"
    data: list[Video]
    first_id: str | None
    last_id: str | None = Field(description="Ask for what comes after this one to go on.")
    has_more: bool


class VideoDeleted(BaseModel):
    """Report that a video is gone."""

    id: str
    object: Literal["video.deleted"] = "video.deleted"
    deleted: Literal[True] = True


class VideoShare(BaseModel):
    """The link to a video that needs no key."""

    id: str
    object: Literal["video.share"] = "video.share"
    url: str = Field(description="The path of a page that plays it; its files are below, at /content.")


class VideoUnshared(BaseModel):
    """Report that a video has no link any more."""

    id: str
    object: Literal["video.share.deleted"] = "video.share.deleted"
    deleted: Literal[True] = True


class Remix(BaseModel):
    """Ask for another video with the portrait, the voice and all else of one there is."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(description="The text that is said.", min_length=1)


def video_of(job: Job, keep_hours: float) -> Video:
    """Describe a job; a finished one is kept for so many hours."""
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
        notices=list(facts.get("notices") or ()),
        bytes=facts.get("bytes"),
        peak_private_mb=facts.get("peak_private_mb"),
        **_pace(job),
    )


def _status(job: Job) -> Any:
    return FAILED if job.status == CANCELLED else job.status


def _pace(job: Job) -> dict[str, Any]:
    facts = job.progress
    is_rendered = facts.get("stage") == "rendering"  # other stages count frames, too: those they look at, or join
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
        code=str(error.get("code") or "internal_error"), message=str(error.get("message") or "the video failed")
    )


def progress_of(job: Job) -> int:
    """Return how much of a job is done, in percent; below 100 until the video can be had."""
    if job.status == COMPLETED:
        return 100
    return int(job.progress.get("percent", 0))


def poll_after_ms(job: Job) -> int:
    """Return when it is worth asking again, in milliseconds: from one second to five."""
    left_s = job.progress.get("left_s")
    return 2000 if left_s is None else int(1000 * min(5.0, max(1.0, left_s / 4)))


def list_of(page: Page, keep_hours: float) -> VideoList:
    """Describe a part of a list."""
    videos = [video_of(job, keep_hours) for job in page.jobs]
    first, last = (videos[0].id, videos[-1].id) if videos else (None, None)
    return VideoList(data=videos, first_id=first, last_id=last, has_more=page.has_more)
