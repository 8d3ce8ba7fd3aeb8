"""Reconciliation of the job store and DBOS; no other module compares the two.

Users see the job store: jobs are accepted, listed, cancelled and failed there, whether or not a worker runs. DBOS
records which steps are done. After a kill between two writes, one pass over the open jobs makes them agree again
(docs/decisions/002-job-store-and-dbos.md).
"""

from __future__ import annotations

import contextlib
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from halfgig.log import ERROR, log
from halfgig.server.errors import LateWriter
from halfgig.server.worker.turns import MUCH_SHORTER
from halfgig.server.worker.videos.workflow import ENDED, HELD, VERSION, WAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from halfgig.requests import VideoRequest
    from halfgig.server.job import Job
    from halfgig.server.job_store import JobStore
    from halfgig.server.worker.videos.workflow import Workflows, WorkflowState


AGEING = 2.0
"""Seconds of a plain video by which an order counts as shorter for each second that it waits."""


def reconcile(store: JobStore, workflows: Workflows, queue_of: Callable[[VideoRequest], str | None]) -> None:
    """Queue open jobs that DBOS does not know, close those it has ended, and restart those that do not match.

    | in the store | in DBOS                    | what happens                                              |
    |--------------|----------------------------|-----------------------------------------------------------|
    | open         | unknown                    | queued, when it is the client's next and a node can       |
    | open         | queued or running          | nothing                                                   |
    | open         | of an older version        | forgotten and queued: its files show its progress         |
    | open         | cancelled                  | cancelled                                                 |
    | open         | done                       | forgotten and queued: the store came from an older copy   |
    | open         | given up                   | failed, with the reason                                   |
    | open         | in another queue           | forgotten and queued: nodes came or went                  |

    `queue_of` returns the queue of a request; None if no node that lives can make it.
    """
    jobs = store.open_jobs()
    known = workflows.known([job.id for job in jobs])
    for job in jobs:
        found = known.get(job.id)
        if found is None:
            continue
        if found.status in ENDED:
            _settle(job.id, found, store, workflows, queue_of)
        elif found.version != VERSION or (found.status == WAITS and queue_of(job.request) not in (None, found.queue)):
            _restart(job, workflows, queue_of)
    unknown, queued = [job for job in jobs if job.id not in known], [job for job in jobs if job.id in known]
    waiting = [job for job in unknown if queue_of(job.request)]
    nodes = workflows.node_count() if waiting else 1
    held = {job_id: found.owner for job_id, found in known.items() if found.status == HELD and found.owner}
    for job in due(waiting, queued, time.time(), nodes, held):
        _enqueue(job, workflows, queue_of)


def due(
    waiting: Sequence[Job],
    queued: Sequence[Job],
    now: float,
    nodes: int = 1,
    held: Mapping[str, str] = MappingProxyType({}),
) -> list[Job]:
    """Return the jobs to queue: of each client the shortest for each node, and another one that is much shorter.

    `held` has the node of each queued job that one has started.  A node that started several counts once, since it
    makes one after the other, and may have been cut off: others would have nothing to do meanwhile.  An order that
    waits counts as shorter from minute to minute, so that short ones cannot keep it waiting for ever.
    """
    chosen: list[Job] = []
    for client in dict.fromkeys(_client(job) for job in waiting):
        own = [job for job in queued if _client(job) == client]
        started, places = [job.cost_s for job in own], {held.get(job.id, job.id) for job in own}
        ordered = sorted(
            (job for job in waiting if _client(job) == client),
            key=lambda job: job.cost_s - AGEING * (now - job.created_at),
        )
        room = max(0, nodes - len(places))
        chosen += ordered[:room]
        if not room and len(started) == nodes and ordered[0].cost_s * MUCH_SHORTER < min(started):
            chosen.append(ordered[0])
    return chosen


def _client(job: Job) -> str:
    return job.client or job.owner


def forget_removed(store: JobStore, workflows: Workflows) -> None:
    """Remove from DBOS the jobs that ended and are no longer in the store.

    A cancelled one whose thread still runs comes at the next time: DBOS reads its record when the thread ends.
    """
    active = workflows.active()  # before the states: what was not active then has ended by now
    kept = {job.id for job in (*store.open_jobs(), *store.finished_jobs())}
    known = workflows.known()
    workflows.forget(job_id for job_id, found in known.items() if found.status in ENDED and job_id not in kept | active)


def _settle(
    job_id: str,
    found: WorkflowState,
    store: JobStore,
    workflows: Workflows,
    queue_of: Callable[[VideoRequest], str | None],
) -> None:
    """Close or restart an open job whose workflow ended, because of a defect or by an operator."""
    job = store.get(job_id)  # read again: its last step may have closed it since
    if job is None or not job.is_open:
        return
    if found.status == "CANCELLED":
        store.cancel(job_id)
    elif found.status == "SUCCESS":
        _restart(job, workflows, queue_of)
    else:
        what = f"the work on this video ended with {found.status} after {found.attempts} attempts"
        log("worker", f"{job_id}: {what}", ERROR)
        with contextlib.suppress(LateWriter):  # somebody took it up since
            store.writer(job_id, job.fence).fail(
                {"message": f"{what}; send it again", "code": "internal_error", "status": 500}
            )


def _restart(job: Job, workflows: Workflows, queue_of: Callable[[VideoRequest], str | None]) -> None:
    workflows.forget([job.id])
    _enqueue(job, workflows, queue_of)


def _enqueue(job: Job, workflows: Workflows, queue_of: Callable[[VideoRequest], str | None]) -> None:
    if queue := queue_of(job.request):  # else it waits until a node comes that can make it
        workflows.enqueue(job.id, queue)
