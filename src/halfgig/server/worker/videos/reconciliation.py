"""Reconciliation of the job store and DBOS; no other module compares the two.

Users see the job store: jobs are accepted, listed, cancelled and failed there, whether or not a worker runs. DBOS
records which steps are done. After a kill between two writes, one pass over the open jobs makes them agree again
(docs/decisions/002-job-store-and-dbos.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.log import ERROR, log
from halfgig.server.worker.videos.workflow import ENDED, VERSION

if TYPE_CHECKING:
    from halfgig.server.job_store import JobStore
    from halfgig.server.worker.videos.workflow import Workflows, WorkflowState


def reconcile(store: JobStore, workflows: Workflows) -> None:
    """Queue open jobs that DBOS does not know, close those it has ended, and restart those that do not match.

    | in the store | in DBOS                    | what happens                                              |
    |--------------|----------------------------|-----------------------------------------------------------|
    | open         | unknown                    | queued                                                    |
    | open         | queued or running          | nothing                                                   |
    | open         | of an older version        | forgotten and queued: its files show its progress         |
    | open         | cancelled                  | cancelled                                                 |
    | open         | done                       | forgotten and queued: the store came from an older copy   |
    | open         | given up                   | failed, with the reason                                   |
    """
    jobs = store.open_jobs()
    known = workflows.known([job.id for job in jobs])
    for job in jobs:
        found = known.get(job.id)
        if found is None:
            workflows.enqueue(job.id)
        elif found.status in ENDED:
            _settle(job.id, found, store, workflows)
        elif found.version != VERSION:
            _restart(job.id, workflows)


def forget_removed(store: JobStore, workflows: Workflows) -> None:
    """Remove from DBOS the jobs that ended and are no longer in the store."""
    kept = {job.id for job in (*store.open_jobs(), *store.finished_jobs())}
    known = workflows.known()
    workflows.forget(job_id for job_id, found in known.items() if found.status in ENDED and job_id not in kept)


def _settle(job_id: str, found: WorkflowState, store: JobStore, workflows: Workflows) -> None:
    """Close or restart an open job whose workflow ended, because of a defect or by an operator."""
    job = store.get(job_id)  # read again: its last step may have closed it since
    if job is None or not job.is_open:
        return
    if found.status == "CANCELLED":
        store.cancel(job_id)
    elif found.status == "SUCCESS":
        _restart(job_id, workflows)
    else:
        what = f"the work on this video ended with {found.status} after {found.attempts} attempts"
        log("worker", f"{job_id}: {what}", ERROR)
        store.fail(job_id, {"message": f"{what}; send it again", "code": "internal_error", "status": 500})


def _restart(job_id: str, workflows: Workflows) -> None:
    workflows.forget([job_id])
    workflows.enqueue(job_id)
