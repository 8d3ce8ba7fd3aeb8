"""The durable workflow on DBOS: which step of which job comes next, through any kill and restart.

All of DBOS is used here and in `lease`; it is imported when the first video appears, for it takes 40 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig.server.worker.videos.lease import TTL_S, Lease, recover_dead_executors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

VERSION = "videos-v1"
"""What DBOS knows the steps by: jobs of another version are left alone, so it stays while the steps' names do."""

QUEUE = "videos"

MOST_ATTEMPTS = 1000
"""After so many starts DBOS gives a job up; long before, `steps` has set aside what comes no further."""

ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
"""What DBOS says of a workflow that it does not go on with."""


class Known(NamedTuple):
    """Say what DBOS knows of a job."""

    status: str
    """ENQUEUED, PENDING, or one of ENDED."""
    attempts: int
    """How often it was begun."""
    owner: str | None
    """Who works on it."""


Step = tuple[str, "Callable[[str], bool]"]
"""A step's name, and what it does with a job; it returns whether the job goes on."""


class Workflows:
    """Run jobs step by step, one at a time, remembering in the database `url` which steps are done.

    `ttl_s` is after how many seconds without a sign others take our jobs over, `most_attempts` how often one is begun.
    """

    def __init__(
        self, url: str, executor: str, steps: Sequence[Step], ttl_s: float = TTL_S, most_attempts: int = MOST_ATTEMPTS
    ) -> None:
        self.executor = executor
        """What this process is known by."""
        self._url = url
        self._steps = steps
        self._ttl_s = ttl_s
        self._most_attempts = most_attempts
        self._lease: Lease | None = None

    def launch(self) -> None:
        """Start working on what is queued, and on what an earlier process of the same name has left."""
        from dbos import DBOS

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
            }
        )
        # Signed before launch, which takes up what is left: nobody may think us dead then.
        self._lease = Lease(self._url, self.executor, self._ttl_s)
        self._lease.start()
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=1.0)

    def _register(self) -> None:
        from dbos import DBOS

        steps = [DBOS.step(name=name)(work) for name, work in self._steps]

        @DBOS.workflow(name="video", max_recovery_attempts=self._most_attempts)
        def video(job_id: str) -> str:
            for (name, _), step in zip(self._steps, steps, strict=True):
                if not step(job_id):
                    return f"ended while {name}"
            return "done"

    def hand_over(self, job_id: str) -> None:
        """Queue a job; one that DBOS knows is not queued again."""
        from dbos import DBOS

        options = {"workflow_name": "video", "queue_name": QUEUE, "workflow_id": job_id, "app_version": VERSION}
        DBOS.enqueue_workflow_with_options(options, job_id)  # type: ignore[arg-type]

    def known(self, job_ids: Iterable[str] | None = None) -> dict[str, Known]:
        """Say what DBOS knows of jobs, of all when none are named."""
        from dbos import DBOS

        ids = None if job_ids is None else list(job_ids)
        if ids == []:
            return {}
        found = DBOS.list_workflows(workflow_ids=ids, load_input=False, load_output=False)
        return {each.workflow_id: Known(each.status, each.recovery_attempts or 0, each.executor_id) for each in found}

    def cancel(self, job_id: str) -> None:
        """Let DBOS go on with a job no further."""
        from dbos import DBOS

        DBOS.cancel_workflow(job_id)

    def forget(self, job_ids: Iterable[str]) -> None:
        """Remove what DBOS knows of jobs that have ended."""
        from dbos import DBOS

        if ids := list(job_ids):
            DBOS.delete_workflows(ids)

    def recover(self) -> list[str]:
        """Hand the jobs of dead executors to the living; give the names of the dead."""
        return recover_dead_executors(self._lease, self.executor) if self._lease else []

    def holds_lease(self) -> bool:
        """Tell whether nobody else may take up what we work on."""
        return self._lease is not None and self._lease.is_held()

    def take_up_again(self) -> None:
        """Queue what is still ours but was left while the lease was lost."""
        from dbos import DBOS

        DBOS._recover_pending_workflows([self.executor])  # noqa: SLF001 - see recover_dead_executors

    def close(self) -> None:
        """Stop; what is under way stays so in the database and goes on at the next launch."""
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True)
        if self._lease:
            self._lease.close()
