"""A client's cell stands still while another client has its turn, and is ended only for its memory."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from halfgig.animators.registry import animator
from halfgig.capacity.plan import render_cell
from halfgig.pipeline.video import FRAMES
from halfgig.server.job import COMPLETED
from halfgig.server.supervisor.hang_watch import process_state
from halfgig.server.worker.admission import MemoryAdmission
from halfgig.server.worker.videos.steps import Steps
from halfgig.storage.record_log import read_records
from tests.server.worker.videos.contexts import accept, context, plan
from tests.support.processes import own_cells
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.server.worker.videos.context import StepContext

LONG_S, SHORT_S = 600, 1


def make(steps: Steps, job_id: str) -> None:
    steps.make(job_id, lambda name, before, token: steps.run(name, job_id, before, token))


def groups(it: StepContext, job_id: str) -> int:
    """Count the groups of frames that are kept."""
    path = it.paths.job(job_id) / FRAMES
    return sum(1 for _ in read_records(path)) - 1 if path.exists() else 0


def states(it: StepContext, *job_ids: str) -> list[str]:
    return [job.status for job in map(it.store.get, job_ids) if job]


@contextlib.contextmanager
def greedy_at_work(it: StepContext, steps: Steps, folder: Path) -> Iterator[str]:
    """Have a client's long video in progress, a group of frames made, until the block ends."""
    job_id = accept(folder, sentences=LONG_S, client="greedy", cost_s=LONG_S, size=256)
    thread = threading.Thread(target=make, args=(steps, job_id))
    thread.start()
    try:
        assert soon(lambda: groups(it, job_id) > 0)
        yield job_id
    finally:
        it.store.cancel(job_id)
        thread.join()


def test_who_waits_for_another_client_stands_still_and_loses_nothing(tmp_path: Path) -> None:
    it = context(tmp_path)
    steps = Steps(it)
    with greedy_at_work(it, steps, tmp_path) as greedy:
        assert soon(lambda: len(own_cells()) == 2)  # the leading cell and its helper
        cells = own_cells()
        modest = accept(tmp_path, sentences=SHORT_S, client="modest", cost_s=SHORT_S)
        other = threading.Thread(target=make, args=(steps, modest))
        other.start()
        assert soon(lambda: all(process_state(cell) == "T" for cell in cells))
        other.join()
        assert states(it, modest, greedy) == [COMPLETED, "in_progress"]
        assert soon(lambda: all(process_state(cell) in ("R", "S", "D") for cell in cells))
        assert soon(lambda: steps.current == greedy)


def test_who_stands_still_leaves_when_its_memory_is_needed_and_goes_on_with_the_frames_it_has(tmp_path: Path) -> None:
    cell_mb = render_cell(plan(), animator("puppet").costs, 256).private_mb
    it = context(tmp_path, admission=MemoryAdmission(2 * cell_mb - 1), plan=plan(cpus=1))
    steps = Steps(it)
    with greedy_at_work(it, steps, tmp_path) as greedy:
        (cell,) = own_cells()
        kept = groups(it, greedy)
        modest = accept(tmp_path, sentences=SHORT_S, client="modest", cost_s=SHORT_S)
        make(steps, modest)
        assert states(it, modest, greedy) == [COMPLETED, "in_progress"]
        assert cell not in own_cells()
        assert soon(lambda: groups(it, greedy) > kept)


def test_who_waits_for_memory_leaves_its_turn_to_another_client(tmp_path: Path) -> None:
    small_mb, large_mb = (render_cell(plan(), animator("puppet").costs, size).private_mb for size in (128, 768))
    room = MemoryAdmission(small_mb + large_mb - 1)
    it = context(tmp_path, admission=room, plan=plan(cpus=1))
    steps = Steps(it)
    greedy = accept(tmp_path, client="greedy", cost_s=LONG_S, size=768)
    modest = accept(tmp_path, sentences=SHORT_S, client="modest", cost_s=SHORT_S)
    with room.hold("speaking", small_mb):
        thread = threading.Thread(target=make, args=(steps, greedy))
        thread.start()
        assert soon(lambda: bool(room.status()["waiting"]))
        make(steps, modest)
        assert states(it, modest, greedy) == [COMPLETED, "in_progress"]
        it.store.cancel(greedy)
        thread.join()
