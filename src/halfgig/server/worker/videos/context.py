"""What the steps of a video work with: settings, memory, speech, the job store; and how they are broken off."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from halfgig.animators.base import RenderJob
from halfgig.animators.registry import animator
from halfgig.errors import CellDied
from halfgig.models.installed import InstalledModels
from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from halfgig.capacity.plan import Plan
    from halfgig.media.chunks import SpeechSegment
    from halfgig.server.job_store import Job, JobStore
    from halfgig.server.paths import ServerPaths
    from halfgig.server.worker.speech.stream import StreamRequest
    from halfgig.settings import Settings


class BrokenOff(BaseException):
    """This process gives the job up; it goes on later, here or elsewhere.

    No `Exception`, so that DBOS does not take it for the step's result.
    """


class Cancelled(Exception):
    """Nobody wants the video any more."""


class CellKilled(CellDied):
    """A cell that somebody else ended: the supervisor for memory, or an operator; the job need not be to blame."""


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

    def someone_waits_for_first_sound(self) -> bool:
        """Return whether a listener waits for a speech to begin."""
        ...


class Admission(Protocol):
    """The part of the memory admission that videos use."""

    def hold(self, name: str, mb: int, evict: Callable[[], None] | None) -> AbstractContextManager[object]:
        """Wait until `mb` are free, and reserve them until the block ends."""
        ...


@dataclass(frozen=True, slots=True)
class StepContext:
    """What all videos are made with."""

    settings: Settings
    plan: Plan
    admission: Admission
    speech: SpeechSource
    store: JobStore
    paths: ServerPaths
    record_peak: Callable[[str, float, float], None] = lambda _stage, _private_mb, _data_mb: None
    """Called with a stage and the most its cell took, private and reserved, in MB."""
    closing: threading.Event = field(default_factory=threading.Event)
    """Set when this process gives its jobs up."""
    holds_lease: Callable[[], bool] = lambda: True
    """Returns whether the jobs are still this process's; where another may have taken them over, they are left."""

    def folder(self, job: Job) -> Path:
        """Return a job's folder."""
        return self.paths.job(job.id)

    def leave_if_asked(self, job_id: str) -> None:
        """Raise `Cancelled` or `BrokenOff` when a job should be left."""
        leave(self.reason_to_leave(job_id))

    def reason_to_leave(self, job_id: str) -> str | None:
        """Return why a job should be left, "cancelled" or "closing"; None to go on."""
        if self.closing.is_set() or not self.holds_lease():
            return "closing"
        job = self.store.get(job_id)
        return None if job and job.is_open else "cancelled"

    def render_job(self, job: Job) -> RenderJob:
        """Return what the cells of a job are given.  Raises `ModelMissing` where the animator lacks its model."""
        spec = animator(job.request.animator)
        model = InstalledModels(self.settings.data_dir).find(spec.model).folder if spec.model else None
        cache = DiskCache(self.paths.cache / "faces", self.settings.cache_mb / 2 * 2**20)
        return RenderJob(self.folder(job), job.request, spec, self.settings.limits, cache, model)
