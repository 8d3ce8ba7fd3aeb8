"""A job: an accepted video, as a row of the job store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.server.older_rows import request_of

if TYPE_CHECKING:
    from halfgig.requests import VideoRequest

QUEUED, IN_PROGRESS, COMPLETED, FAILED, CANCELLED = "queued", "in_progress", "completed", "failed", "cancelled"
"""The states of a job; the last three are final."""

WAITS_FOR = "waits_for"
"""The name in a job's progress under which it says why no node can make it now."""

OPEN = (QUEUED, IN_PROGRESS)
"""The states of a job that is not finished."""


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the job store."""

    id: str
    """ "video_" and 24 hexadecimal digits."""
    owner: str
    """A digest of the client's API key; empty if the server has no keys."""
    status: str
    """QUEUED, IN_PROGRESS, COMPLETED, FAILED or CANCELLED."""
    created_at: float
    """When the job was accepted, in seconds since 1970."""
    started_at: float | None
    """When work on it began."""
    completed_at: float | None
    """When the job reached a final state."""
    request: VideoRequest
    """The video to make."""
    progress: dict[str, Any]
    """Progress and results so far: stage, done, total, unit, rate, left_s, percent (of all the work), frames, seconds,
    width, height, maker, notices, bytes, peak_private_mb, pace (frames rendered per second)."""
    error: dict[str, Any] | None
    """Why the job failed: message, code, status."""
    crash_count: int
    """Number of cells that died while processing the job."""
    client: str = ""
    """Who shares the queue with others: the key's digest, or without keys the address's."""
    cost_s: float = 0.0
    """The work in seconds of a plain video."""
    fence: int = 0
    """The fencing token: how often a process began to work on the job; it may only write with the last one."""

    @property
    def is_open(self) -> bool:
        """Whether the job is not finished."""
        return self.status in OPEN


class Accepted(NamedTuple):
    """The result of accepting a request."""

    job: Job
    """The job: new, or the earlier one."""
    is_new: bool
    """False if the same request was accepted earlier under the same key."""


class NewJob(NamedTuple):
    """A request to be accepted as a job."""

    id: str
    owner: str
    request: VideoRequest
    repeat_key: str | None = None
    """The client's Idempotency-Key."""
    fingerprint: str = ""
    """A digest of the whole request: reusing the key with a different digest is a conflict."""
    client: str = ""
    """Who shares the queue with others: the key's digest, or without keys the address's."""
    cost_s: float = 0.0
    """The work in seconds of a plain video."""


class Figures(NamedTuple):
    """The numbers of a job store that metrics tell."""

    videos: dict[str, int]
    """The number of jobs in each state."""
    open_videos: dict[str, int]
    """The number of jobs that are not finished, by animator."""
    open_seconds: dict[str, float]
    """Their work in seconds of a plain video, by animator."""
    refused: dict[str, int]
    """How many writes of each kind were refused."""
    roles: list[str]
    """The roles of all nodes that live, once for each node."""


class Page(NamedTuple):
    """One page of a list of jobs."""

    jobs: list[Job]
    has_more: bool


COLUMNS = ", ".join(
    (
        *("id", "owner", "status", "created_at", "started_at", "completed_at", "request", "progress", "error"),
        *("crash_count", "client", "cost_s", "fence"),
    )
)
"""The columns of `job_of`."""

IS_OPEN = "status IN ('queued', 'in_progress')"
"""Whether a row's job is not finished, in SQL."""


def job_of(row: tuple[Any, ...]) -> Job:
    """Return the job of a row; raises `ValueError`, `KeyError` or `TypeError` if it makes no sense."""
    *plain, request, progress, error, crash_count, client, cost_s, fence = row
    job_id, owner, status, created_at, started_at, completed_at = plain
    return Job(
        job_id,
        owner,
        status,
        created_at,
        started_at,
        completed_at,
        request_of(json.loads(request)),
        json.loads(progress),
        error and json.loads(error),
        crash_count,
        client,
        cost_s,
        fence,
    )
