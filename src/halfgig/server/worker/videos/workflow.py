"""The durable workflow on DBOS, which runs each job's steps once, through any kill and restart.

DBOS is used only here and in `lease`. It is imported with the first video, because it takes 40 MB. Everything it stores
in its database is JSON. Its own tables are in the schema `dbos` of Postgres, or in a file of their own.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.server.database_url import Redaction, connection_url
from halfgig.server.worker.videos.lease import recover_dead_executors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from halfgig.server.worker.videos.lease import Lease

VERSION = "videos-v2"
"""Version of the steps; it changes when the steps or their results do. Open jobs of another version are queued as new
ones and resume from their files."""

QUEUE = "videos"
"""The queue of a server that shares its work with no other one."""

MOST_STARTED = 8
"""Jobs that are started at a time; one of them is worked on, in turns (`worker/turns.py`)."""

MOST_STARTED_SHARED = 2
"""The same of each queue on a node of several: what it does not start, another one may."""

MOST_ATTEMPTS = 1000
"""Starts after which DBOS gives a job up; `steps` fails a job without progress long before."""

WAITS = "ENQUEUED"
"""The state of a workflow in a queue."""

HELD = "PENDING"
"""The state of a workflow that an executor has started."""

ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
"""Final states of a workflow."""


class WorkflowState(NamedTuple):
    """The state of a job's workflow in DBOS."""

    status: str
    """ENQUEUED, PENDING, or one of ENDED."""
    attempts: int
    """Number of starts."""
    owner: str | None
    """The executor that runs it."""
    version: str | None
    """Version of the steps it was started with."""
    queue: str | None = None
    """The queue it waits in, or waited in."""


class Recipe(NamedTuple):
    """The steps of a job, as functions that DBOS calls."""

    names: Sequence[str]
    """The names of its steps."""
    make: Callable[[str, Callable[..., Any]], str]
    """Makes a job by calling `step(name, what it needs...)` for one step after the other."""
    step: Callable[..., Any]
    """Runs a step, given its name, the job and what it needs; returns JSON values."""


class Workflows:
    """Runs a few jobs at a time and records each step's result in the database `url`, SQLite or Postgres.

    Other executors take over the jobs when the lease of this one has expired. A job is started at most `most_attempts`
    times. Jobs are taken from the named queues alone.
    """

    def __init__(
        self,
        url: str,
        lease: Lease,
        recipe: Recipe,
        most_attempts: int = MOST_ATTEMPTS,
        queues: Sequence[str] = (QUEUE,),
    ) -> None:
        self.executor = lease.executor
        """This process's name."""
        self._url = url
        self._recipe = recipe
        self._most_attempts = most_attempts
        self._lease = lease
        self._queues = queues

    def launch(self) -> None:
        """Start working on queued jobs, and on those that an earlier process of the same name left."""
        from dbos import DBOS, DBOSPortableJSONSerializer

        self._register()
        is_shared = not self._url.startswith("sqlite:")
        if is_shared:
            logging.getLogger("dbos").addFilter(Redaction(self._url))
        DBOS(
            config={
                "name": "halfgig",
                "system_database_url": connection_url(self._url) if is_shared else self._url,
                "executor_id": self.executor,
                "application_version": VERSION,
                "sys_db_pool_size": 3,
                "max_executor_threads": MOST_STARTED + 3,
                "log_level": "WARNING",
                "enable_otlp": False,
                "serializer": DBOSPortableJSONSerializer(),
            }
        )
        # The lease is taken before the launch, which recovers jobs: no other executor may consider this one dead then.
        self._lease.start()
        DBOS.listen_queues(self._queues)
        DBOS.launch()
        most = MOST_STARTED_SHARED if is_shared else MOST_STARTED
        for queue in self._queues:
            DBOS.register_queue(queue, worker_concurrency=most, polling_interval_sec=max(1.0, len(self._queues) / 2))

    def _register(self) -> None:
        from dbos import DBOS

        steps = {name: DBOS.step(name=name)(self._step(name)) for name in self._recipe.names}

        @DBOS.workflow(name="video", max_recovery_attempts=self._most_attempts)
        def video(job_id: str) -> str:
            return self._recipe.make(job_id, lambda name, *needs: steps[name](job_id, *needs))

    def _step(self, name: str) -> Callable[[str, Any], Any]:
        def step(job_id: str, *needs: Any) -> Any:
            return self._recipe.step(name, job_id, *needs)

        return step

    def enqueue(self, job_id: str, queue: str = QUEUE) -> None:
        """Queue a job, unless DBOS knows it already."""
        from dbos import DBOS

        options = {"workflow_name": "video", "queue_name": queue, "workflow_id": job_id, "app_version": VERSION}
        DBOS.enqueue_workflow_with_options(options, job_id)  # type: ignore[arg-type]

    def known(self, job_ids: Iterable[str] | None = None) -> dict[str, WorkflowState]:
        """Return the states of the named jobs, or of all jobs, by id; jobs that DBOS does not know are left out."""
        from dbos import DBOS

        ids = None if job_ids is None else list(job_ids)
        if ids == []:
            return {}
        found = DBOS.list_workflows(workflow_ids=ids, load_input=False, load_output=False)
        return {
            each.workflow_id: WorkflowState(
                each.status, each.recovery_attempts or 0, each.executor_id, each.app_version, each.queue_name
            )
            for each in found
        }

    def active(self) -> set[str]:
        """Return the jobs that threads of this process work on, cancelled ones included."""
        from dbos._dbos import _get_dbos_instance

        return set(_get_dbos_instance()._active_workflows_set.activeList())  # noqa: SLF001 - no public call says it

    def cancel(self, job_id: str) -> None:
        """Cancel a job's workflow."""
        from dbos import DBOS

        DBOS.cancel_workflow(job_id)

    def forget(self, job_ids: Iterable[str]) -> None:
        """Remove jobs from DBOS's database."""
        from dbos import DBOS

        if ids := list(job_ids):
            DBOS.delete_workflows(ids)

    def recover(self) -> list[str]:
        """Hand the jobs of dead executors to the living ones; return the names of the dead."""
        return recover_dead_executors(self._lease)

    def holds_lease(self) -> bool:
        """Return whether no other executor may take over this executor's jobs."""
        return self._lease.is_held()

    def node_count(self) -> int:
        """Return the number of nodes that make videos."""
        return max(1, len(self._lease.living()))

    def take_up_again(self) -> None:
        """Resume the jobs that this executor left while its lease was lost and that it still owns."""
        from dbos import DBOS

        DBOS._recover_pending_workflows([self.executor])  # noqa: SLF001 - see recover_dead_executors

    def take_up(self, job_ids: Iterable[str]) -> list[str]:
        """Queue jobs that this executor left while it works on others; return those whose thread has ended."""
        from dbos._dbos import _get_dbos_instance
        from dbos._utils import INTERNAL_QUEUE_NAME

        ready, database = sorted(set(job_ids) - self.active()), _get_dbos_instance()._sys_db  # noqa: SLF001 - as above
        for job_id in ready:
            database.reenqueue_for_recovery(job_id, [self.executor], INTERNAL_QUEUE_NAME)
        return ready

    def close(self) -> None:
        """Stop working; running jobs resume at the next launch."""
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True)
        self._lease.close()
