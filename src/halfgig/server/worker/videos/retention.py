"""What is kept of finished videos, and for how long: the rule, and the hand that removes."""

from __future__ import annotations

import contextlib
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.log import log
from halfgig.server.paths import is_job_id
from halfgig.server.worker.videos.steps import strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from halfgig.server.job_store import Job, JobStore
    from halfgig.server.paths import ServerPaths
    from halfgig.settings import Settings

ORPHANED_S = 3600.0
"""A folder that no job stands for is left alone for this many seconds: a request may just be coming in."""

MB = 2**20


@dataclass(frozen=True, slots=True)
class RetentionLimits:
    """How long finished videos are kept."""

    hours: float
    """Older ones go."""
    mb: float
    """The oldest go while all together take more, MB."""


def too_old(finished: Iterable[Job], sizes: Mapping[str, int], keeping: RetentionLimits, now: float) -> list[str]:
    """Choose which of the finished jobs, the oldest first, are to go; `sizes` are in bytes."""
    jobs = list(finished)
    left = sum(sizes.get(job.id, 0) for job in jobs)
    going = []
    for job in jobs:
        ended = job.completed_at or job.created_at
        if now - ended > keeping.hours * 3600 or left > keeping.mb * MB:
            going.append(job.id)
            left -= sizes.get(job.id, 0)
    return going


class RetentionSweeper:
    """Remove what need not be kept."""

    def __init__(self, settings: Settings, paths: ServerPaths, store: JobStore) -> None:
        self._keeping = RetentionLimits(settings.keep_hours, settings.keep_mb)
        self._paths = paths
        self._store = store

    def sweep(self, now: float | None = None) -> list[str]:
        """Remove old videos, what is left over of ended jobs, and folders nobody knows; give the jobs removed."""
        now = time.time() if now is None else now
        finished = self._store.finished_jobs()
        for job in finished:
            strip(self._paths.job(job.id), job.request)
        sizes = {job.id: _size(self._paths.job(job.id)) for job in finished}
        going = too_old(finished, sizes, self._keeping, now)
        for job_id in going:
            self.remove(job_id)
            log("worker", f"{job_id} was removed to keep within KEEP_HOURS and KEEP_MB")
        self._sweep_folders(now)
        return going

    def remove(self, job_id: str) -> None:
        """Remove a job and its files."""
        self._store.remove(job_id)
        shutil.rmtree(self._paths.job(job_id), ignore_errors=True)

    def _sweep_folders(self, now: float) -> None:
        videos = self._paths.root / "videos"
        for folder in (*_folders(videos), *_folders(self._paths.uploads)):
            known = folder.parent == videos and is_job_id(folder.name) and self._store.get(folder.name)
            with contextlib.suppress(FileNotFoundError):  # accepted, or deleted, a moment ago
                if not known and now - folder.stat().st_mtime > ORPHANED_S:
                    shutil.rmtree(folder, ignore_errors=True)


def _folders(place: Path) -> list[Path]:
    return [path for path in place.glob("*") if path.is_dir()]


def _size(folder: Path) -> int:
    total = 0
    for path in folder.glob("*"):
        with contextlib.suppress(FileNotFoundError):  # deleted a moment ago
            total += path.stat().st_size
    return total
