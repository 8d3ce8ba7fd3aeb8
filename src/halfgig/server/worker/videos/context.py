"""The resources that the steps of a video use, and the exceptions by which a step stops early."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from halfgig.animators.base import RenderJob
from halfgig.animators.registry import animator
from halfgig.errors import CellDied
from halfgig.log import WARNING, log
from halfgig.models.installed import InstalledModels
from halfgig.server.disk import Disk
from halfgig.server.errors import StoreFailed
from halfgig.server.file_store import LocalFiles
from halfgig.server.worker.videos.watchdog import USUAL, HangLimits
from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from halfgig.capacity.plan import Plan
    from halfgig.media.chunks import SpeechSegment
    from halfgig.server.file_store import FileStore
    from halfgig.server.group_claims import GroupClaims
    from halfgig.server.job import Job
    from halfgig.server.job_store import JobStore
    from halfgig.server.paths import ServerPaths
    from halfgig.server.worker.speech.stream import StreamRequest
    from halfgig.settings import Settings


class BrokenOff(BaseException):
    """This process stops working on the job, which resumes later, here or in another process.

    Not an `Exception`, so that DBOS does not record it as the step's result.
    """


class Cancelled(Exception):
    """The job was cancelled."""


class CellKilled(CellDied):
    """A cell killed from outside, by the supervisor for memory or by an operator; the job may not be the cause."""


def leave(reason: str | None) -> None:
    """Raise `Cancelled` or `BrokenOff` for a reason that `StepContext.reason_to_leave` returns; do nothing for None."""
    if reason == "cancelled":
        raise Cancelled
    if reason == "closing":
        raise BrokenOff


class SpeechSource(Protocol):
    """The part of the speech server that videos use."""

    def segments(self, request: StreamRequest, is_wanted: Callable[[], bool]) -> Generator[SpeechSegment]:
        """Yield a speech segment by segment, until `is_wanted` returns False."""
        ...

    def has_waiting_listener(self, client: str) -> bool:
        """Return whether somebody listens to a speech that has no sound yet, and `client`'s video should pause."""
        ...


class Admission(Protocol):
    """The part of the memory admission that videos use."""

    def hold(
        self,
        name: str,
        mb: int,
        evict: Callable[[], None] | None,
        stands_still: Callable[[], bool],
        check: Callable[[], None],
    ) -> AbstractContextManager[object]:
        """Wait until `mb` are free or `check` raises, and reserve them until the block ends."""
        ...

    def hold_spare(self, name: str, mb: int, evict: Callable[[], None]) -> AbstractContextManager[bool]:
        """Reserve `mb` until the block ends if they are free; yield whether they were."""
        ...


@dataclass(frozen=True, slots=True)
class StepContext:
    """The resources shared by all steps of all videos."""

    settings: Settings
    plan: Plan
    admission: Admission
    speech: SpeechSource
    store: JobStore
    paths: ServerPaths
    record_peak: Callable[[str, float, float], None] = lambda _stage, _private_mb, _data_mb: None
    """Called with a stage and its cell's peak memory in MB, private and reserved."""
    files: FileStore = field(default_factory=LocalFiles)
    """Where files are kept."""
    closing: threading.Event = field(default_factory=threading.Event)
    """Set when this process is ending and must leave its jobs."""
    hang_limits: HangLimits = USUAL
    """When a cell counts as hung; processor time in addition to what its plan allows."""
    holds_lease: Callable[[], bool] = lambda: True
    """Returns whether the jobs still belong to this process; if not, it must leave them."""
    claims: GroupClaims | None = None
    """Groups of frames that nodes share; None where each makes its videos alone."""

    def leave_if_disk_is_short(self, job_id: str, doing: str) -> None:
        """Raise `BrokenOff` if nothing can be written: the job is no cause of that, and goes on when there is room."""
        if problem := Disk(self.paths.root).problem():
            log("worker", f"{job_id} waits while {doing}: {problem}", WARNING)
            raise BrokenOff

    def folder(self, job: Job) -> Path:
        """Return a job's folder."""
        return self.paths.job(job.id)

    def leave_if_asked(self, job_id: str) -> None:
        """Raise `Cancelled` or `BrokenOff` if work on a job should stop."""
        leave(self.reason_to_leave(job_id))

    def reason_to_leave(self, job_id: str) -> str | None:
        """Return why work on a job should stop, "cancelled" or "closing"; None to continue."""
        if self.closing.is_set() or not self.holds_lease():
            return "closing"
        try:
            job = self.store.at_once().get(job_id)  # the lease may not run out meanwhile
        except StoreFailed:
            return None
        return None if job and job.is_open else "cancelled"

    def render_job(self, job: Job) -> RenderJob:
        """Return the inputs of a job's cells. Raises `ModelMissing` if the animator's model is not installed."""
        spec, settings = animator(job.request.animator), self.settings
        model = InstalledModels(settings.data_dir).find(spec.model).folder if spec.model else None
        cache = DiskCache(self.paths.cache / "faces", settings.cache_mb / 2 * 2**20)
        return RenderJob(self.folder(job), job.request, spec, settings.limits, cache, model, settings.stand_back)
