"""The durable workflow on DBOS: it selects each job's next step, through any kill and restart.

All of DBOS is used here and in `lease`; it is imported when the first video appears, for it takes 40 MB.  What it keeps
in its database is JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.server.worker.videos.lease import TTL_S, Lease, recover_dead_executors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

VERSION = "videos-v2"
"""What DBOS knows the steps by; it changes when steps or what they return do.  Open jobs of another version are handed
over as new ones: their files tell how far they are."""

QUEUE = "videos"

MOST_ATTEMPTS = 1000
"""After this many starts DBOS gives a job up; long before, `steps` sets aside what comes no further."""

ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
"""The states of a workflow that DBOS does not go on with."""


class Known(NamedTuple):
    """What DBOS knows of a job."""

    status: str
    """ENQUEUED, PENDING, or one of ENDED."""
    attempts: int
    """How often it was begun."""
    owner: str | None
    """The executor that works on it."""
    version: str | None
    """The version of the steps it was begun with."""


class Recipe(NamedTuple):
    """How a job is made."""

    names: Sequence[str]
    """The names of its steps."""
    make: Callable[[str, Callable[[str, Any], Any]], str]
    """Makes a job by calling `step(name, what the steps before returned)` for one step after the other."""
    step: Callable[[str, str, Any], Any]
    """Does a step, given its name, the job and what the steps before returned; returns plain values."""


class Workflows:
    """Runs jobs one at a time, remembering in the database `url` what each step returned.

    Others take the jobs over `ttl_s` seconds after this executor's last sign; a job is begun at most `most_attempts`
    times.
    """

    def __init__(
        self, url: str, executor: str, recipe: Recipe, ttl_s: float = TTL_S, most_attempts: int = MOST_ATTEMPTS
    ) -> None:
        self.executor = executor
        """What this process is known by."""
        self._url = url
        self._recipe = recipe
        self._ttl_s = ttl_s
        self._most_attempts = most_attempts
        self._lease: Lease | None = None

    def launch(self) -> None:
        """Start working on what is queued, and on what an earlier process of the same name left."""
        from dbos import DBOS, DBOSPortableJSONSerializer

        self._register()
        DBOS(
            config={
                "name": "halfgig",
                "system_database_url": self._url,
                "executor_id": self.executor,
                "application_version": VERSION,
                "sys_db_pool_size": 3,
                "max_executor_threads": 4,
                "log_level": "WARNING",
                "enable_otlp": False,
                "serializer": DBOSPortableJSONSerializer(),
            }
        )
        # Signed before launch, which takes up what is left: nobody may think this executor dead then.
        self._lease = Lease(self._url, self.executor, self._ttl_s)
        self._lease.start()
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=1.0)

    def _register(self) -> None:
        from dbos import DBOS

        steps = {name: DBOS.step(name=name)(self._step(name)) for name in self._recipe.names}

        @DBOS.workflow(name="video", max_recovery_attempts=self._most_attempts)
        def video(job_id: str) -> str:
            return self._recipe.make(job_id, lambda name, before: steps[name](job_id, before))

    def _step(self, name: str) -> Callable[[str, Any], Any]:
        def step(job_id: str, before: Any) -> Any:
            return self._recipe.step(name, job_id, before)

        return step

    def enqueue(self, job_id: str) -> None:
        """Queue a job; one that DBOS knows is not queued again."""
        from dbos import DBOS

        options = {"workflow_name": "video", "queue_name": QUEUE, "workflow_id": job_id, "app_version": VERSION}
        DBOS.enqueue_workflow_with_options(options, job_id)  # type: ignore[arg-type]

    def known(self, job_ids: Iterable[str] | None = None) -> dict[str, Known]:
        """Return what DBOS knows of jobs, of all when none are named."""
        from dbos import DBOS

        ids = None if job_ids is None else list(job_ids)
        if ids == []:
            return {}
        found = DBOS.list_workflows(workflow_ids=ids, load_input=False, load_output=False)
        return {
            each.workflow_id: Known(each.status, each.recovery_attempts or 0, each.executor_id, each.app_version)
            for each in found
        }

    def cancel(self, job_id: str) -> None:
        """Stop DBOS from going on with a job."""
        from dbos import DBOS

        DBOS.cancel_workflow(job_id)

    def forget(self, job_ids: Iterable[str]) -> None:
        """Remove what DBOS knows of jobs."""
        from dbos import DBOS

        if ids := list(job_ids):
            DBOS.delete_workflows(ids)

    def recover(self) -> list[str]:
        """Hand the jobs of dead executors to the living; return the names of the dead."""
        return recover_dead_executors(self._lease, self.executor) if self._lease else []

    def holds_lease(self) -> bool:
        """Return whether nobody else may take up this executor's jobs."""
        return self._lease is not None and self._lease.is_held()

    def take_up_again(self) -> None:
        """Queue what is still this executor's but was left while the lease was lost."""
        from dbos import DBOS

        DBOS._recover_pending_workflows([self.executor])  # noqa: SLF001 - see recover_dead_executors

    def close(self) -> None:
        """Stop; what is under way stays so in the database and goes on at the next launch."""
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True)
        if self._lease:
            self._lease.close()
