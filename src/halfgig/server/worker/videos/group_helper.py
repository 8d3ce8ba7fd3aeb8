"""Renders groups of frames of videos that other nodes lead, while this node has nothing of its own to render.

No job is claimed for that: a group's row has a lease and a fencing token of its own, and what the render needs comes
from the store. A group is given up at once for a video of this node, and when its memory is wanted.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
import threading
import time
import traceback
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from halfgig.animators.registry import animators
from halfgig.capacity.render_cells import MANY_GROUPS, RenderCells, render_cells
from halfgig.cells.cell import Cell
from halfgig.errors import HalfgigError, MemoryExceeded
from halfgig.events import Progress
from halfgig.log import ERROR, WARNING, log
from halfgig.media.frame_groups import group_path
from halfgig.pipeline.helper_cells import AGAIN_S, MOST_DEATHS
from halfgig.pipeline.video import FRAMES, NEWEST
from halfgig.server.changes import WORK, changes_of
from halfgig.server.database_url import redacted
from halfgig.server.disk import Disk
from halfgig.server.errors import FileStoreUnavailable, StoreFailed
from halfgig.server.job_writer import GROUPS
from halfgig.server.nodes import roles_of
from halfgig.server.plan import DEFAULT_SIZE
from halfgig.server.rendered_for_others import count_group
from halfgig.server.worker.videos.kept_files import agree_on_the_number, group_number
from halfgig.server.worker.videos.watchdog import Watchdog, planned_cpu_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.animators.base import AnimatorSpec, RenderJob
    from halfgig.requests import VideoRequest
    from halfgig.server.file_store import StoredFile
    from halfgig.server.group_claims import GroupClaim, GroupClaims
    from halfgig.server.job import Job
    from halfgig.server.worker.videos.context import StepContext

STAGE = "rendering for another node"
"""The stage's name in the log and status."""

LOOK_EVERY_S = 1.0
"""Seconds between two looks for a free group, where the database does not tell them."""

RARE_LOOK_S = 5.0
"""The same while it does: a lease that has run out is told by nobody."""

RENEW_EVERY_S = 5.0
"""Seconds between two renewals, which also tell how many frames are rendered; less for a short lease."""

CLOSE_S = 5.0
"""Seconds a group has to stop."""


class GroupHelper:
    """Renders groups for other nodes, in as many cells side by side as the plan has for one video.

    `is_free` returns whether this node renders no video of its own.
    """

    def __init__(self, context: StepContext, claims: GroupClaims, is_free: Callable[[], bool]) -> None:
        self._context = context
        self._claims = claims
        self._is_free = is_free
        self._failures: Counter[str] = Counter()
        self._helping: set[int] = set()
        self._folders = HelpedFolders(context)
        self._changes = changes_of(context.settings, WORK)
        self._news = threading.Event()
        cells = [self._cells(spec).helpers for spec in self._usable(0)]
        self._threads = [
            threading.Thread(target=self._run, args=(number,), name=f"help {number}", daemon=True)
            for number in range(1 + max(cells, default=0))
        ]

    def start(self) -> None:
        """Start to look for groups."""
        shutil.rmtree(self._context.paths.helped, ignore_errors=True)  # of a process that was killed
        for thread in self._threads:
            thread.start()

    def look(self) -> None:
        """Look for a free group now: there may be one, or this node may have become free."""
        self._news.set()

    def join(self) -> None:
        """Wait until no group is rendered; the context is closing."""
        self.look()
        deadline = time.monotonic() + CLOSE_S
        for thread in self._threads:
            if thread.ident:
                thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self, number: int) -> None:
        with self._changes.watched("", self.look):
            while not self._context.closing.is_set():
                self._help(number)

    def _help(self, number: int) -> None:
        """Render what there is, and wait for more."""
        pause_s = 0.0
        try:
            claim = self._take(number)
            while claim:
                if not self._helping:
                    self.look()  # further cells wait for the first one
                self._helping.add(number)
                claim = self._with_a_cell(claim, number)
        except (StoreFailed, FileStoreUnavailable):  # which is in the log; what was claimed is free by itself
            pause_s = AGAIN_S
        except Exception:  # noqa: BLE001 - a full disk, or a defect: this node goes on, others render the group
            details = redacted(f"\n{traceback.format_exc()}", self._context.settings.database_url)
            log("worker", "rendering for another node failed; trying again", ERROR, details)
            pause_s = AGAIN_S
        self._helping.discard(number)
        if pause_s:
            self._context.closing.wait(pause_s)
        elif not self._context.closing.is_set():
            self._news.wait(RARE_LOOK_S if self._changes.is_live else LOOK_EVERY_S)
            self._news.clear()

    def _take(self, number: int) -> GroupClaim | None:
        """Claim a group for this node's cell of a number, if it may render any now."""
        if number and not self._helping:  # the first one finds out whether there is anything
            return None
        if self._context.closing.is_set() or not self._is_free() or Disk(self._context.paths.root).problem():
            return None
        names = [spec.name for spec in self._usable(number)]
        return self._claims.take_any(names, [job for job, count in self._failures.items() if count >= MOST_DEATHS])

    def _usable(self, number: int) -> list[AnimatorSpec]:
        """Return the animators that a cell of this number can run: their model is here, and they fit."""
        plan, settings = self._context.plan, self._context.settings
        installed = [spec for spec in animators() if spec.name in roles_of(settings)]
        cells = [(spec, self._cells(spec)) for spec in installed]
        return [spec for spec, each in cells if each.helpers >= number and each.cell.private_mb <= plan.cells_mb]

    def _cells(self, spec: AnimatorSpec, request: VideoRequest | None = None) -> RenderCells:
        costs = spec.costs_of(request)(request.size) if request else spec.costs(DEFAULT_SIZE)
        return render_cells(self._context.plan, costs, MANY_GROUPS)

    def _with_a_cell(self, first: GroupClaim, number: int) -> GroupClaim | None:
        """Render groups of one video in one cell; return the claim to a group of another one, None for no claim."""
        job = self._context.store.get(first.job_id)
        if job is None:
            return None
        claim: GroupClaim | None = first
        try:
            render_job = self._context.render_job(job)
            plan = self._cells(render_job.spec, job.request).cell
            if plan.private_mb > self._context.plan.cells_mb:
                raise MemoryExceeded(STAGE, self._context.plan.cells_mb, f"it takes {plan.private_mb} MB")
        except HalfgigError as error:
            self._refuse(first, error, MOST_DEATHS)
            return None
        evicted = threading.Event()
        with (
            self._context.admission.hold_spare(STAGE, plan.private_mb, evicted.set) as is_held,
            Cell(STAGE, plan.budget_mb, plan.threads or self._context.plan.cpus) as cell,
            self._folders.of(job) as folder,
        ):
            if not is_held:
                self._claims.give_back(first)
                self._context.closing.wait(AGAIN_S)
                return None
            try:
                while claim and claim.job_id == job.id:
                    group = _Group(self._context, self._claims, claim, lambda: evicted.is_set() or not self._is_free())
                    if not self._rendered(group, cell, job, replace(render_job, folder=folder)):
                        return None
                    claim = self._take(number)
            finally:
                cell.close(kill=True)
                if cell.peak.private_mb:
                    self._context.record_peak(plan.stage, cell.peak.private_mb, cell.peak.data_mb)
        return claim

    def _rendered(self, group: _Group, cell: Cell, job: Job, render_job: RenderJob) -> bool:
        """Render a group and commit it; return whether to go on with this video."""
        try:
            self._folders.fetch(job)
            path = group.render(cell, job, render_job)
        except StoreFailed:
            raise
        except FileStoreUnavailable:
            self._claims.give_back(group.claim)
            raise
        except HalfgigError as error:
            if group.reason == LOST:
                log("worker", f"group {group.claim.group} of {job.id} is another node's now")
            elif group.reason == LEAVES or (group.reason is None and cell.was_killed):  # by the supervisor, for memory
                self._claims.give_back(group.claim)
            else:
                self._refuse(group.claim, error, 1)
            return False
        if path is None:
            return self._claims.drop(group.claim)
        file = self._put_aside(path, group.claim)
        path.unlink()
        if self._claims.finish(group.claim, file.key, file.checksum):
            count_group(self._context.paths.run)
            return True
        if (now := self._context.store.get(job.id)) and now.is_open:
            self._context.store.count_refused(GROUPS)
        return False

    def _put_aside(self, path: Path, claim: GroupClaim) -> StoredFile:
        """Upload a group, again and again while the store cannot be reached and the group is this node's."""
        while True:
            try:
                return self._context.files.job(claim.job_id).put_aside(path, claim.token)
            except FileStoreUnavailable:
                if self._context.closing.wait(AGAIN_S) or not self._claims.renew(claim):
                    raise

    def _refuse(self, claim: GroupClaim, error: HalfgigError, failures: int) -> None:
        """Return a group, and leave its video to others after some failures."""
        log("worker", f"group {claim.group} of {claim.job_id} was not rendered for another node: {error}", WARNING)
        self._failures[claim.job_id] += failures
        self._claims.give_back(claim)


LOST, LEAVES = "lost its group to another node", "was ended for other work of this node"
"""Why a group is left."""


class _Group:
    """The render of one claimed group; `must_leave` returns whether this node needs its cell for something else."""

    def __init__(
        self, context: StepContext, claims: GroupClaims, claim: GroupClaim, must_leave: Callable[[], bool]
    ) -> None:
        self.claim = claim
        """The claim."""
        self.reason: str | None = None
        """Why the cell was ended: LOST, LEAVES, or how it hung; None if it was not."""
        self._context = context
        self._claims = claims
        self._must_leave = must_leave
        self._frames = 0
        self._renewed_at = time.monotonic()

    def render(self, cell: Cell, job: Job, render_job: RenderJob) -> Path | None:
        """Render the group in a cell; return its file, None if the video has no such group.

        Raises what the cell raises; `reason` says why it was ended.
        """
        request, limits = render_job.request, self._context.hang_limits
        planned_s = planned_cpu_s(render_job.spec.throughput(request.size), request.fps, job.cost_s)
        has_listener = functools.partial(self._context.speech.has_waiting_listener, job.client)
        watch = Watchdog(cell, self._reason_to_end, has_listener, limits._replace(cpu_s=limits.cpu_s + planned_s))
        results = cell.run("halfgig.pipeline.video_stages:render_group", render_job, self.claim.group)
        try:
            with watch, contextlib.closing(results):
                for each in results:
                    watch.note_output()
                    self._frames = int(each.done) if isinstance(each, Progress) else self._frames
        finally:
            self.reason = watch.reason
        path = group_path(render_job.folder / FRAMES, self.claim.group)
        return path if path.exists() else None

    def _reason_to_end(self) -> str | None:
        if self._context.closing.is_set() or self._must_leave():
            return LEAVES
        now = time.monotonic()
        if now - self._renewed_at > min(RENEW_EVERY_S, self._claims.ttl_s / 4):
            self._renewed_at = now
            with contextlib.suppress(StoreFailed):  # it goes on: who is late is refused
                return None if self._claims.renew(self.claim, self._frames) else LOST
        return None


class HelpedFolders:
    """The folders of other nodes' videos on this machine, each while some cell renders a group of it."""

    def __init__(self, context: StepContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._users: Counter[str] = Counter()

    @contextlib.contextmanager
    def of(self, job: Job) -> Iterator[Path]:
        """Yield a video's folder, which is removed when its last user has left it."""
        folder = self._context.paths.helped / job.id
        with self._lock:
            self._users[job.id] += 1
            folder.mkdir(parents=True, exist_ok=True)
        try:
            yield folder
        finally:
            with self._lock:
                self._users[job.id] -= 1
                if not self._users[job.id]:
                    shutil.rmtree(folder, ignore_errors=True)

    def fetch(self, job: Job) -> None:
        """Fetch what a render needs and is not here.  Raises `FileStoreUnavailable`."""
        with self._lock:
            agree_on_the_number(self._context)
            kept = self._context.files.job(job.id)
            names = [name for name in kept.names() if name != NEWEST and group_number(name) < 0]
            kept.fetch(self._context.paths.helped / job.id, names)
