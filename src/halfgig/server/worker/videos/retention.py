"""Retention of finished videos: which are removed, and the sweep that removes them."""

from __future__ import annotations

import contextlib
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.log import log
from halfgig.server.file_store import LocalFiles
from halfgig.server.paths import is_job_id
from halfgig.server.worker.videos.job_folder import strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from halfgig.server.file_store import FileStore
    from halfgig.server.job import Job
    from halfgig.server.job_store import JobStore
    from halfgig.server.paths import ServerPaths
    from halfgig.settings import Settings

ORPHANED_S = 3600.0
"""Seconds a folder without a job is kept: its request may still be arriving."""

LIST_EVERY_S = 600.0
"""Seconds between two lists of a shared store by any node, which take a request for each thousand objects."""

MB = 2**20


@dataclass(frozen=True, slots=True)
class RetentionLimits:
    """Limits for finished videos, by age and by total size."""

    hours: float
    """Older videos are removed."""
    mb: float
    """While all videos together are larger, in MB, the oldest are removed."""


def expired_jobs(finished: Iterable[Job], sizes: Mapping[str, int], limits: RetentionLimits, now: float) -> list[str]:
    """Return the ids of the jobs to remove; `finished` is sorted by age, the oldest first, `sizes` are in bytes."""
    jobs = list(finished)
    left = sum(sizes.get(job.id, 0) for job in jobs)
    expired = []
    for job in jobs:
        ended = job.completed_at or job.created_at
        if now - ended > limits.hours * 3600 or left > limits.mb * MB:
            expired.append(job.id)
            left -= sizes.get(job.id, 0)
    return expired


class RetentionSweeper:
    """Removes expired videos and orphaned folders."""

    def __init__(self, settings: Settings, paths: ServerPaths, store: JobStore, files: FileStore | None = None) -> None:
        self._limits = RetentionLimits(settings.keep_hours, settings.keep_mb)
        self._paths = paths
        self._store = store
        self._files = files or LocalFiles()
        self._listed_at = float("-inf")
        self._sizes: dict[str, int] = {}

    def sweep(self, now: float | None = None) -> list[str]:
        """Remove expired videos, intermediate files and orphaned folders; return the ids of the removed jobs."""
        now = time.time() if now is None else now
        finished = self._store.finished_jobs()
        expired = expired_jobs(finished, self._sizes_of(finished, now), self._limits, now)
        for job_id in expired:
            self.remove(job_id)
            log("worker", f"{job_id} was removed to keep within KEEP_HOURS and KEEP_MB")
        self._sweep_folders(now)
        return expired

    def remove(self, job_id: str) -> None:
        """Remove a job from the store, and its files."""
        self._files.job(job_id).remove()
        self._sizes.pop(job_id, None)
        self._store.remove(job_id)
        shutil.rmtree(self._paths.job(job_id), ignore_errors=True)

    def _sizes_of(self, finished: Iterable[Job], now: float) -> dict[str, int]:
        """Remove what finished jobs do not need; return their bytes."""
        if not self._files.is_shared:
            for job in finished:
                strip(self._paths.job(job.id), job.request)
            return {job.id: _size(self._paths.job(job.id)) for job in finished}
        for job in finished:
            shutil.rmtree(self._paths.job(job.id), ignore_errors=True)
        if now - self._listed_at > LIST_EVERY_S:
            self._listed_at = now
            found = self._files.sizes() if self._files.is_to_be_listed(now, LIST_EVERY_S) else {}
            self._sizes = {job_id: size for job_id, (size, _) in found.items()}
            orphaned_s = max(ORPHANED_S, self._limits.hours * 3600)
            for job_id, (_, at) in found.items():
                if now - at > orphaned_s and self._store.get(job_id) is None:
                    self._files.job(job_id).remove()
        return self._sizes

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
