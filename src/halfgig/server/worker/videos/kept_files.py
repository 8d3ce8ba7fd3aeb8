"""A job's files between its folder on this machine and the store that all nodes share.

A step begins with the files that another node has left, and ends when its own are kept. While frames are rendered, each
closed group is uploaded next to the rendering, in the form in which cells pass groups to each other, so that a node
with an empty disk renders none of them again. Where files stay in their folder, nothing of this happens.
"""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Self

from halfgig.errors import HalfgigError
from halfgig.log import WARNING, log
from halfgig.media.frame_groups import group_path
from halfgig.media.frame_store import group_file
from halfgig.origin.installation import UNKNOWN, read_installation
from halfgig.pipeline.video import FRAMES, NEWEST
from halfgig.server.changes import GROUPS, changes_of
from halfgig.server.errors import FileStoreUnavailable, LateWriter
from halfgig.server.job_writer import FILES
from halfgig.server.worker.videos.context import BrokenOff, Cancelled
from halfgig.server.worker.videos.offered_groups import OfferedGroups
from halfgig.storage.atomic_write import atomic_write
from halfgig.storage.record_log import read_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType

    from halfgig.server.file_store import KeptFolder
    from halfgig.server.job import Job
    from halfgig.server.worker.videos.context import StepContext

LOOK_EVERY_S = 1.0
"""Seconds between two looks for closed groups."""

LONGEST_WAIT_S = 15.0
"""Longest pause, in seconds, between two tries to reach a store."""


class KeptFiles:
    """The files of one job during one step, written with a fencing token; `open` begins it."""

    def __init__(self, context: StepContext, job: Job, token: int) -> None:
        self._context = context
        self._job = job
        self._token = token
        self._folder = context.folder(job)
        self._kept = context.files.job(job.id)

    def open(self) -> None:
        """Claim the job's files and fetch those that are not here."""
        if not self._context.files.is_shared:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        self._patiently(lambda: agree_on_the_number(self._context))
        self._patiently(lambda: self._kept.claim(self._token))
        self._patiently(lambda: self._kept.fetch(self._folder, self._missing()))

    def save(self, names: Iterable[str]) -> None:
        """Keep files that the step has made; frames are kept by their groups."""
        wanted = [name for name in names if name != FRAMES]
        self._patiently(lambda: self._kept.save(self._folder, wanted))

    def finish(self, names: Iterable[str]) -> None:
        """Leave only these files in the store, and none on this machine."""
        if self._context.files.is_shared:
            self._patiently(lambda: self._kept.keep_only(names))
            shutil.rmtree(self._folder, ignore_errors=True)

    def groups(self) -> GroupUploads:
        """Return what uploads groups of frames during a block."""
        return GroupUploads(self._folder, self._kept, self._patiently, is_needed=self._context.files.is_shared)

    def offered_groups(self, groups: int) -> OfferedGroups:
        """Return what offers this number of groups of frames to other nodes during a block."""
        changes = changes_of(self._context.settings, GROUPS)
        return OfferedGroups(self._context.claims, self._job, self._folder, self._kept, groups, changes)

    def _missing(self) -> list[str]:
        """Return the names of kept files, without groups that the frames have here."""
        here = sum(1 for _ in read_records(self._folder / FRAMES)) - 1
        return [name for name in self._kept.names() if not -1 < group_number(name) < here]

    def _patiently(self, work: Callable[[], None]) -> None:
        """Do something with the store, again and again while it cannot be reached.

        Raises `BrokenOff` if another process has the job now, and what `leave_if_asked` raises.
        """
        wait_s = 0.5
        while True:
            try:
                work()
            except FileStoreUnavailable as error:
                log("worker", f"{self._job.id} waits for the file store: {error}", WARNING)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
                if not self._context.closing.wait(wait_s):
                    self._context.leave_if_asked(self._job.id)
                    continue
                raise BrokenOff from error
            except LateWriter as error:
                log("worker", f"{self._job.id} is left: {error}", WARNING)
                self._context.store.count_refused(FILES)
                raise BrokenOff from error
            else:
                return


class GroupUploads:
    """Uploads the groups of a frame store while a cell appends to it; leaving the block waits for the last one."""

    def __init__(
        self, folder: Path, kept: KeptFolder, patiently: Callable[[Callable[[], None]], None], *, is_needed: bool
    ) -> None:
        self._folder = folder
        self._kept = kept
        self._patiently = patiently
        self._is_needed = is_needed
        self._over = threading.Event()
        self._lost: BaseException | None = None
        self._format = b""
        self._groups = self._end = 0
        self._thread = threading.Thread(target=self._run, name="uploads", daemon=True)

    def __enter__(self) -> Self:
        if self._is_needed:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._is_needed:
            self._over.set()
            self._thread.join()
            if kind is None and self._lost:
                raise self._lost

    def _run(self) -> None:
        try:
            while not self._over.wait(LOOK_EVERY_S):
                self._patiently(self._upload)
            self._patiently(self._upload)
        except (HalfgigError, Cancelled, BrokenOff, OSError) as error:
            self._lost = error

    def _upload(self) -> None:
        """Upload the groups that were closed since the last call, and the newest frame."""
        names = self._kept.names() if self._has_news() else set()
        for record in read_records(self._folder / FRAMES, self._end):
            if self._end:
                name = group_path(self._folder / FRAMES, self._groups).name
                if name not in names:
                    self._kept.put({name: group_file(self._format, record.body, record.flags)} | self._preview())
                self._groups += 1
            else:
                self._format = record.body
            self._end = record.end

    def _has_news(self) -> bool:
        return next(read_records(self._folder / FRAMES, self._end), None) is not None

    def _preview(self) -> dict[str, bytes]:
        newest = self._folder / NEWEST
        return {NEWEST: newest.read_bytes()} if newest.exists() else {}


def agree_on_the_number(context: StepContext) -> None:
    """Take the number of the installation, which frames and sound are marked with, from the store.

    Otherwise a video that another node has begun would have the marks of two installations.
    """
    path = context.settings.limits.installation
    if path and (own := read_installation(path)) != UNKNOWN:
        proposed = f"{own}\n".encode()
        agreed = context.files.agreed(path.name, proposed)
        if agreed != proposed:
            with atomic_write(path) as part:
                part.write_bytes(agreed)


def group_number(name: str) -> int:
    """Return the number of the group in a file of this name; -1 if it is no group's."""
    stem, _, number = name.rpartition(".")
    return int(number) if stem == FRAMES and number.isdecimal() else -1
