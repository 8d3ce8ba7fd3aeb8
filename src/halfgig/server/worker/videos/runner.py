"""The video runner: makes the open jobs of the job store, clients in turn, through any kill and restart.

The web process writes jobs to the store and notifies the runner. The runner's thread reconciles the store with DBOS,
takes over the jobs of dead executors, and sweeps expired videos. DBOS is launched with the first open job.
"""

from __future__ import annotations

import functools
import os
import shutil
import threading
import time
import traceback
import uuid
from typing import TYPE_CHECKING, Any

from halfgig.capacity.measured_peaks import record
from halfgig.log import ERROR, WARNING, log
from halfgig.server.changes import WORK, changes_of
from halfgig.server.database_url import redacted
from halfgig.server.disk import Disk
from halfgig.server.errors import FileStoreUnavailable, StoreFailed
from halfgig.server.file_store import file_store
from halfgig.server.group_claims import GroupClaims
from halfgig.server.job import WAITS_FOR
from halfgig.server.job_recovery import copy_safely, is_damaged, set_aside
from halfgig.server.job_store import JobStore, database_of
from halfgig.server.nodes import TTL_S, Node, announcement, this_node
from halfgig.server.paths import ServerPaths
from halfgig.server.routing import queue_for, queues_of, why_none
from halfgig.server.worker.videos.context import Admission, BrokenOff, SpeechSource, StepContext
from halfgig.server.worker.videos.group_helper import GroupHelper
from halfgig.server.worker.videos.lease import Lease, new_executor
from halfgig.server.worker.videos.reconciliation import forget_removed, reconcile
from halfgig.server.worker.videos.retention import RetentionSweeper
from halfgig.server.worker.videos.steps import STEPS, Steps
from halfgig.server.worker.videos.workflow import QUEUE, Recipe, Workflows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from halfgig.capacity.plan import Plan
    from halfgig.requests import VideoRequest
    from halfgig.server.job import Job
    from halfgig.server.worker.videos.steps import Facts
    from halfgig.settings import Settings

CHECK_EVERY_S = 15.0
"""Seconds between two checks of the job store (if nobody notifies) and of dead executors."""

SHARED_EVERY_S = 5.0
"""The same with other nodes, whose videos are looked for where the database does not tell them."""

TOLD_EVERY_S = 10.0
"""The same while it does."""

FULL_EVERY_S = 1.0
"""The same while the disk is full."""

COPY_EVERY_S = 300.0
"""Seconds between two copies of the job store."""

DAMAGED = 70
"""Exit code of a worker that ends because of a damaged database."""

PATIENCE_S = 30.0
"""Seconds that a step waits for a database that cannot be reached, before it is left; shorter than a lease."""

CLOSE_S = 5.0
"""Seconds a running step has to stop."""


class VideoRunner:
    """Makes videos; methods may be called from any thread.

    `ttl_s` is the lifetime of this executor's lease in seconds; when it expires, others take over the jobs.
    """

    def __init__(
        self, settings: Settings, plan: Plan, admission: Admission, speech: SpeechSource, ttl_s: float = TTL_S
    ) -> None:
        paths, is_one_of_several = ServerPaths.of(settings), bool(settings.database_url and settings.store_url)
        self._paths = paths
        self._ttl_s = ttl_s
        self._workflows: Workflows | None = None
        self._lease: Lease | None = None
        self._is_shared = bool(settings.database_url)
        self._changes = changes_of(settings, WORK)
        self._facts = announcement(settings, plan)
        self._queues = queues_of(this_node("", self._facts)) if self._is_shared else (QUEUE,)
        self._nodes: list[Node] = []
        self._context = StepContext(
            settings,
            plan,
            admission,
            speech,
            JobStore.of(settings, PATIENCE_S),
            paths,
            functools.partial(record, paths.root),
            files=file_store(settings),
            holds_lease=self._holds_lease,
            claims=GroupClaims(database_of(settings, PATIENCE_S), uuid.uuid4().hex) if is_one_of_several else None,
        )
        self._steps = Steps(self._context)
        self._sweeper = RetentionSweeper(settings, paths, self._context.store, self._context.files)
        self._notified = threading.Event()
        self._changing = threading.Lock()
        self._running: set[str] = set()
        self._abandoned: set[str] = set()
        self._waits_for_room = False
        self._copied_at = float("-inf")
        claims = self._context.claims
        self._helper = GroupHelper(self._context, claims, lambda: not self._running) if claims else None
        self._thread = threading.Thread(target=self._run, name="videos", daemon=True)

    def start(self) -> None:
        """Start working on open and future jobs, and on groups of other nodes' videos."""
        self._thread.start()
        if self._helper:
            self._helper.start()
        self.notify()

    def notify(self) -> None:
        """Check the job store now, because a job was added or changed."""
        self._notified.set()

    def cancel(self, job_id: str) -> None:
        """Stop working on a job already marked cancelled in the job store.  Its cell exits within 0.5 s."""
        with self._changing:
            if self._workflows and self._workflows.known([job_id]):
                self._workflows.cancel(job_id)
        self.notify()

    def is_busy(self) -> bool:
        """Return whether any job is open."""
        return self._context.store.exists() and bool(self._context.store.open_jobs())

    @property
    def client(self) -> str | None:
        """The client whose video is being made."""
        return self._steps.client

    def status(self) -> dict[str, Any]:
        """Return the running job with its progress, and the number of waiting jobs."""
        open_jobs = self._context.store.open_jobs() if self._context.store.exists() else []
        running = self._steps.current
        facts = next((job.progress for job in open_jobs if job.id == running), {})
        shown = {name: facts.get(name) for name in ("stage", "done", "total", "unit", "rate", "left_s")}
        return {
            "running": {"id": running, **shown} if running else None,
            "waiting": sum(job.id != running for job in open_jobs),
            "is_launched": self._workflows is not None,
        }

    def close(self) -> None:
        """Stop within seconds; open jobs resume at the next start."""
        self._context.closing.set()
        self.notify()
        if self._thread.ident:
            self._thread.join(CLOSE_S)
        if self._helper:
            self._helper.join()
        deadline = time.monotonic() + CLOSE_S
        while self._running and time.monotonic() < deadline:
            time.sleep(0.02)
        with self._changing:
            workflows, self._workflows = self._workflows, None
            if workflows:
                workflows.close()
            elif self._lease:
                self._lease.close()

    def _holds_lease(self) -> bool:
        workflows = self._workflows
        return workflows is not None and workflows.holds_lease()

    def _run(self) -> None:
        with self._changes.watched("", self.notify):
            self._keep_checking()

    def _pause_s(self) -> float:
        """Return the seconds until the next check, if nobody notifies."""
        if self._waits_for_room:
            return FULL_EVERY_S
        told_s = TOLD_EVERY_S if self._changes.is_live else SHARED_EVERY_S
        return min(told_s if self._is_shared else CHECK_EVERY_S, self._ttl_s / 4)

    def _keep_checking(self) -> None:
        while not self._context.closing.is_set():
            self._notified.clear()
            try:
                if self._context.store.exists():
                    if not self._is_short():
                        with self._changing:
                            self._reconcile()
                        self._copy()
                    self._sweep()
            except StoreFailed as error:
                log("worker", f"the job store cannot be checked; trying again: {error}", WARNING)
            except Exception:  # noqa: BLE001 - a busy database or a full disk: log it and try again
                details = redacted(f"\n{traceback.format_exc()}", self._context.settings.database_url)
                log("worker", "checking the job store failed; trying again", ERROR, details)
                self._end_if_damaged()
            self._notified.wait(self._pause_s())

    def _end_if_damaged(self) -> None:
        """End this process if DBOS's database is damaged: the next one makes a new one, and resumes from the files."""
        if is_damaged(self._paths.workflows):
            log("worker", "the record of steps is damaged; the worker starts again without it", ERROR)
            os._exit(DAMAGED)

    def _copy(self) -> None:
        """Copy the job store now and then."""
        if self._paths.job_store.exists() and time.monotonic() - self._copied_at > COPY_EVERY_S:
            self._copied_at = time.monotonic()
            copy_safely(self._paths.job_store)

    def _is_short(self) -> bool:
        """Return whether nothing can be written; then expired videos and the cache make room at once."""
        problem = Disk(self._paths.root).problem()
        if problem and not self._waits_for_room:
            log("worker", f"no video is begun: {problem}", WARNING)
            shutil.rmtree(self._paths.cache, ignore_errors=True)
        elif self._waits_for_room and not problem:
            log("worker", "there is room again, so videos go on")
            self._abandoned.add("")  # DBOS itself may have given up on any of them
        self._waits_for_room = bool(problem)
        return self._waits_for_room

    def _reconcile(self) -> None:
        """Launch DBOS if a job is open, then make the job store and DBOS agree and take over dead executors' jobs."""
        jobs = self._context.store.open_jobs()
        self._look_at_nodes(jobs)
        if self._workflows is None:
            if self._context.closing.is_set():
                return
            if not any(self._queue_of(job.request) in self._queues for job in jobs):
                return
            self._launch()
        assert self._workflows
        reconcile(self._context.store, self._workflows, self._queue_of)
        if dead := self._workflows.recover():
            why = f"it ended, or did not renew its lease for {self._ttl_s:.0f} s"
            gone = f"the jobs of {', '.join(dead)} are taken over: {why}"
            log("worker", gone, WARNING)
        if self._abandoned and self._workflows.holds_lease():
            self._take_up_again(self._workflows)

    def _take_up_again(self, workflows: Workflows) -> None:
        """Go on with the jobs that were left, also while another one is being made."""
        if not self._running:
            self._abandoned.clear()
            workflows.take_up_again()
        elif left := self._abandoned - self._running - {""}:
            self._abandoned.difference_update(workflows.take_up(left))

    def _launch(self) -> None:
        self._paths.root.mkdir(parents=True, exist_ok=True)
        if is_damaged(self._paths.workflows):
            log("worker", "the record of steps is damaged and set aside; videos resume from their files", WARNING)
            set_aside(self._paths.workflows)
        settings = self._context.settings
        lease = self._lease = self._lease or self._new_lease()
        url = settings.database_url or f"sqlite:///{self._paths.workflows}"
        workflows = Workflows(url, lease, Recipe(STEPS, self._make, self._step), queues=self._queues)
        self._workflows = workflows  # before the launch: a step may start at once and asks whether the lease is held
        workflows.launch()
        log("worker", f"videos are made by executor {lease.executor}, from {', '.join(self._queues)}")

    def _new_lease(self) -> Lease:
        """Take a lease for this start."""
        settings = self._context.settings
        database = database_of(settings)
        executor = new_executor(self._paths.root, database)
        lease = Lease(database, executor, self._ttl_s, self._facts)
        lease.start()
        return lease

    def _queue_of(self, request: VideoRequest) -> str | None:
        return queue_for(request, self._nodes) if self._is_shared else QUEUE

    def _look_at_nodes(self, jobs: Sequence[Job]) -> None:
        """Take the lease, by which others see what this node can do; find who else lives, and tell why videos wait."""
        if not self._is_shared:
            return
        if self._lease is None and not self._context.closing.is_set():
            self._lease = self._new_lease()
        nodes = self._context.store.nodes(self._ttl_s)
        own = [this_node(self._lease.executor, self._facts)] if self._lease else []  # also when it is renewed late
        self._nodes = [*(node for node in nodes if node.id != own[0].id), *own] if own else nodes
        for job in jobs:
            why = None if self._queue_of(job.request) else why_none(job.request, self._nodes)
            if why != job.progress.get(WAITS_FOR):
                self._context.store.note(job.id, {WAITS_FOR: why})
                if why:
                    log("worker", f"{job.id} waits: {why}", WARNING)

    def _make(self, job_id: str, step: Callable[[str, Facts, int], Facts | None]) -> str:
        """Make a job's video; leave it, for later, if DBOS could not record a step for lack of room."""
        try:
            return self._steps.make(job_id, step)
        except (StoreFailed, FileStoreUnavailable) as error:
            self._abandoned.add(job_id)
            raise BrokenOff from error
        except Exception:
            try:
                self._context.leave_if_disk_is_short(job_id, "its steps are recorded")
            except BrokenOff:
                self._abandoned.add(job_id)
                raise
            raise

    def _step(self, name: str, job_id: str, before: Facts, token: int) -> Facts | None:
        """Run a step; record which jobs are running, and which was left because the lease was lost."""
        self._running.add(job_id)
        try:
            return self._steps.run(name, job_id, before, token)
        except BrokenOff:
            self._abandoned.add(job_id)
            raise
        except StoreFailed as error:  # DBOS must not record it as the step's result
            self._abandoned.add(job_id)
            raise BrokenOff from error
        finally:
            self._running.discard(job_id)
            self.notify()  # the client's next job may be queued now
            if self._helper:
                self._helper.look()

    def _sweep(self) -> None:
        self._sweeper.sweep()
        with self._changing:
            if self._workflows:
                forget_removed(self._context.store, self._workflows)
