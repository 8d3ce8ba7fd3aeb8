"""The groups of a video that the leading node offers to others while it renders, and those that come back.

Cells of this machine claim groups by locked files and know no database. So a thread keeps both in step: a group that
another node claims is locked here, one that a cell here has begun is taken in the database, and one that another node
has rendered is fetched next to the frame store, where the leading cell finds it
(docs/decisions/018-groups-as-rows-with-leases.md).
"""

from __future__ import annotations

import statistics
import threading
import time
from typing import TYPE_CHECKING, Self

from halfgig.errors import OutputUnwritable
from halfgig.log import WARNING, log
from halfgig.media.frame_groups import CLAIM, Claims, group_path
from halfgig.media.frame_store import KeptGroups, read_format
from halfgig.pipeline.video import FRAMES
from halfgig.server.changes import SILENT, Changes
from halfgig.server.errors import FileStoreUnavailable, LateWriter, StorageFull, StoreFailed
from halfgig.server.file_store import StoredFile
from halfgig.server.worker.videos.context import Cancelled

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from halfgig.server.file_store import KeptFolder
    from halfgig.server.group_claims import GroupClaims, OfferedGroup
    from halfgig.server.job import Job

LOOK_EVERY_S = 0.5
"""Seconds between two looks at what other nodes have claimed and rendered, and at what cells here have begun."""

RARE_LOOK_S = 5.0
"""The same for other nodes while the database tells what they do: that they still work is told by nobody."""

SLOW_FACTOR, SLOW_S = 2.0, 5.0
"""Another node is slow when it has a group for longer than this many times what groups take, and some seconds more."""


class OfferedGroups:
    """Offers a video's groups during a block, if there are `claims` for several nodes and more groups than one.

    Raises nothing: what cannot be offered or fetched, this node renders.
    """

    def __init__(
        self,
        claims: GroupClaims | None,
        job: Job,
        folder: Path,
        kept: KeptFolder,
        groups: int,
        changes: Changes = SILENT,
    ) -> None:
        """Offer nothing yet; `changes` tell the ids of videos whose groups were claimed or rendered."""
        self._claims = claims if groups > 1 else None
        self._job = job
        self._frames = folder / FRAMES
        self._kept = kept
        self._groups = groups
        self._seen: KeptGroups | None = None
        self._locked: dict[int, Claims] = {}
        self._begun: dict[int, float] = {}
        self._took_s: list[float] = []
        self._told: tuple[tuple[int, float, int], ...] = ()
        self._has_news = False
        self._changes = changes
        self._told_of = threading.Event()
        self._seen_here: tuple[set[int], set[str]] | None = None
        self._asked_at = float("-inf")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="groups", daemon=True)

    def __enter__(self) -> Self:
        if self._claims:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._claims:
            self._over.set()
            self._thread.join()
            if kind in (None, Cancelled):
                self._withdraw(self._claims)

    def others_work(self) -> bool:
        """Return whether other nodes have claimed, renewed or rendered a group since the last call."""
        had_news, self._has_news = self._has_news, False
        return had_news

    def _run(self) -> None:
        assert self._claims
        with self._changes.watched(self._job.id, self._told_of.set):
            self._keep_looking(self._claims)

    def _keep_looking(self, claims: GroupClaims) -> None:
        is_offered, complained = False, False
        try:
            while not self._over.is_set():
                try:
                    if not is_offered:
                        missing = sorted(set(range(self._groups)) - self._here())
                        claims.offer(self._job.id, self._job.request.animator, missing)
                    is_offered = True
                    if self._must_ask():
                        self._look(claims)
                except (StoreFailed, FileStoreUnavailable, StorageFull, OutputUnwritable) as error:
                    if not complained:
                        log("worker", f"{self._job.id} cannot be shared with other nodes at present: {error}", WARNING)
                    complained, self._asked_at = True, float("-inf")
                    self._has_news |= isinstance(error, FileStoreUnavailable)  # who waits for the store does not hang
                else:
                    complained = False
                self._over.wait(LOOK_EVERY_S)
        except LateWriter as error:
            log("worker", f"{self._job.id} is shared with other nodes no more: {error}", WARNING)
        finally:
            for group in list(self._locked):
                self._unlock(group, is_done=False)

    def _must_ask(self) -> bool:
        """Return whether anything may have changed: here, or at other nodes."""
        claimed = {path.name for path in self._frames.parent.glob(f"{FRAMES}.*{CLAIM}")}
        seen, now = (self._here(), claimed), time.monotonic()
        is_told = self._told_of.is_set() or not self._changes.is_live
        if not is_told and seen == self._seen_here and now - self._asked_at < RARE_LOOK_S:
            return False
        self._told_of.clear()
        self._seen_here, self._asked_at = seen, now
        return True

    def _look(self, claims: GroupClaims) -> None:
        """Bring the database and the locked files in step."""
        here, rows = self._here(), claims.offered(self._job.id)
        self._note_news(rows)
        slow = self._slow(rows)
        for row in rows:
            if row.key is not None and row.group not in here and self._fetch(claims, row):
                here.add(row.group)
            if row.group in here:
                self._unlock(row.group, is_done=True)
                self._note_end(row.group)
            elif row.group in slow:  # the sooner one counts
                self._unlock(row.group, is_done=False)
            elif row.is_held and not row.is_own:
                if self._lock(row.group):
                    self._locked[row.group].count(row.frames)
                else:  # a cell of this machine was quicker
                    claims.seize(self._job.id, row.group)
            elif row.key is None:
                self._unlock(row.group, is_done=False)
                self._share_own(claims, row)
        claims.close(self._job.id, [row.group for row in rows if row.group in here])

    def _slow(self, rows: list[OfferedGroup]) -> set[int]:
        """Return the groups of other nodes that this one may render as well, since there is nothing else to do."""
        now = time.monotonic()
        self._begun = {row.group: self._begun.get(row.group, now) for row in rows if row.is_held}
        if not self._took_s or any(not row.is_held and row.key is None for row in rows):
            return set()
        most_s = SLOW_FACTOR * statistics.median(self._took_s) + SLOW_S
        return {row.group for row in rows if row.is_held and not row.is_own and now - self._begun[row.group] > most_s}

    def _note_end(self, group: int) -> None:
        if (begun := self._begun.pop(group, None)) is not None:
            self._took_s.append(time.monotonic() - begun)

    def _share_own(self, claims: GroupClaims, row: OfferedGroup) -> None:
        """Take a group that a cell of this machine renders, and offer one again whose cell has ended."""
        if self._is_rendered_here(row.group):
            if not row.is_own or row.left_s < claims.ttl_s / 2:
                claims.seize(self._job.id, row.group)
        elif row.is_own:
            claims.reopen(self._job.id, row.group)

    def _fetch(self, claims: GroupClaims, row: OfferedGroup) -> bool:
        """Fetch a group that another node has rendered; return False, and offer it again, if it is lost."""
        assert row.key
        assert row.checksum
        file = StoredFile(row.key, int(row.checksum.rpartition("-")[2]), row.checksum, time.time())
        path = group_path(self._frames, row.group)
        if self._kept.adopt(path.parent, path.name, file):
            return True
        claims.reopen(self._job.id, row.group)
        return False

    def _here(self) -> set[int]:
        """Return the groups that are on this machine's disk."""
        if self._seen is None and (frame_format := read_format(self._frames)):
            self._seen = KeptGroups(self._frames, frame_format)
        alone = {int(path.suffix[1:]) for path in self._frames.parent.glob(f"{FRAMES}.*") if path.suffix != CLAIM}
        if self._seen:
            self._seen.refresh()  # after the files, which are removed when they have been added
            alone |= set(range(self._seen.groups))
        return alone

    def _is_rendered_here(self, group: int) -> bool:
        path = group_path(self._frames, group)
        if not path.with_name(path.name + CLAIM).exists():
            return False
        claim = Claims(self._frames)
        is_free = claim.take(group)
        if is_free:
            claim.release(is_done=False)
        return not is_free

    def _lock(self, group: int) -> bool:
        """Keep the cells of this machine from a group; return False if one of them has it."""
        if group not in self._locked:
            claim = Claims(self._frames)
            if not claim.take(group):
                return False
            self._locked[group] = claim
        return True

    def _unlock(self, group: int, *, is_done: bool) -> None:
        if claim := self._locked.pop(group, None):
            claim.release(is_done=is_done)

    def _note_news(self, rows: list[OfferedGroup]) -> None:
        told = tuple((row.group, row.lease, row.frames) for row in rows if row.is_held and not row.is_own)
        if told and told != self._told:
            self._has_news = True
        self._told = told

    def _withdraw(self, claims: GroupClaims) -> None:
        """End the offer of a video whose frames are all there, or that nobody wants any more."""
        try:
            claims.close(self._job.id)
        except StoreFailed as error:
            log("worker", f"the groups of {self._job.id} are still offered, until it is finished: {error}", WARNING)
