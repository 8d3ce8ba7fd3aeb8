"""A step of a video in a cell: it waits for its memory, gives way to speech, and is tried again where that can help."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.capacity.plan import CellPlan, render_cell, rendering_stage
from halfgig.cells.cell import Cell
from halfgig.errors import CellDied, MemoryExceeded
from halfgig.events import Notice, Progress
from halfgig.log import log
from halfgig.server.errors import Busy
from halfgig.server.worker.videos.context import BrokenOff, CellKilled, leave
from halfgig.server.worker.videos.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from halfgig.capacity.plan import Plan
    from halfgig.pipeline.video_steps import RenderJob
    from halfgig.server.job_store import Job
    from halfgig.server.worker.videos.context import StepContext

STAGE = "rendering"
"""What errors say was being done."""

TRIES_MORE = 4
"""A budget that did not do is raised to so many times as much at most."""


def larger(plan: Plan, cell: CellPlan) -> CellPlan | None:
    """Give the largest cell the plan has room for; None when that is the one that did not do."""
    budget_mb = min(TRIES_MORE * cell.budget_mb, plan.cells_mb + cell.budget_mb - cell.private_mb)
    if budget_mb <= cell.budget_mb:
        return None
    return CellPlan(cell.private_mb + budget_mb - cell.budget_mb, budget_mb)


@dataclass(eq=False, slots=True)
class _Run:
    """Follow one run of a cell: whether it has come further, and whether someone waits for its memory."""

    is_wanted_away: threading.Event
    may_lose: bool = True
    first: float | None = None
    done: float = 0.0

    def take(self, event: object) -> None:
        # What is not rendered begins anew in the next run, which may be asked to leave once more, and so for ever.
        is_kept = isinstance(event, Progress) and event.stage == "rendering"
        if isinstance(event, Progress) and event.unit == "frames" and (is_kept or self.may_lose):
            self.first = event.done if self.first is None else self.first
            self.done = event.done

    @property
    def may_leave(self) -> bool:
        """Tell whether to leave now: someone waits, and this run was not for nothing."""
        return self.is_wanted_away.is_set() and self.first is not None and self.done > self.first


class RenderCell:
    """Run the steps of one job that need pictures."""

    def __init__(self, studio: StepContext, job: Job) -> None:
        self._studio = studio
        self._job = job
        self._cell: Cell | None = None
        self.peak_private_mb = 0.0
        """The most that one of its cells kept, in MB."""

    def run(self, target: str, shoot: RenderJob) -> Iterator[object]:
        """Call a function of `halfgig.pipeline.video_steps` and yield what it yields.

        Raises what it raises, `Cancelled` or `BrokenOff` when the job should be left, and `CellDied`.  A cell that
        had to leave for speech goes on later; one that asked for too much is tried once more with all there is.
        """
        order = self._job.order
        cell = render_cell(self._studio.plan, order.size, order.animator)
        more = larger(self._studio.plan, cell)
        try:
            yield from self._until_done(cell, target, shoot)
        except MemoryExceeded:
            if more is None:
                raise
        else:
            return
        yield Notice(f"{STAGE} needs more than {cell.budget_mb} MB of memory; trying again with {more.budget_mb} MB")
        yield from self._until_done(more, target, shoot)

    def _until_done(self, plan: CellPlan, target: str, shoot: RenderJob) -> Generator[object]:
        is_done, may_lose = False, True
        while not is_done:
            self._studio.leave_if_asked(self._job.id)
            run, may_lose = _Run(threading.Event(), may_lose), False
            with self._seat(plan, run):
                is_done = yield from self._once(plan, run, target, shoot)

    @contextlib.contextmanager
    def _seat(self, plan: CellPlan, run: _Run) -> Iterator[None]:
        with contextlib.ExitStack() as seat:
            try:
                seat.enter_context(self._studio.seats.hold(STAGE, plan.private_mb, run.is_wanted_away.set))
            except Busy as ending:  # the seats turn away only when the program ends
                raise BrokenOff from ending
            yield

    def _once(self, plan: CellPlan, run: _Run, target: str, shoot: RenderJob) -> Generator[object, None, bool]:
        """Yield what a cell yields; return whether it was done, and not only made to leave."""
        studio = self._studio
        with Cell(STAGE, plan.budget_mb, studio.plan.cpus) as cell:
            watch = Watchdog(cell, lambda: studio.wish_to_end(self._job.id), lambda: self._stands_in_the_way(plan, run))
            try:
                with watch, contextlib.closing(cell.run(f"halfgig.pipeline.video_steps:{target}", shoot)) as said:
                    for each in said:
                        watch.heard()
                        run.take(each)
                        yield each
                        if run.may_leave:
                            log("cell", f"{self._job.id}: {STAGE} leaves its memory to who waits, and goes on later")
                            return False
            except CellDied as death:
                leave(watch.reason)
                if watch.reason:
                    raise CellDied(f"{STAGE}: its cell {watch.reason}; try again") from None
                if cell.was_killed:
                    raise CellKilled(str(death)) from death
                raise
            finally:
                self._note_peak(cell)
        return True

    def _stands_in_the_way(self, plan: CellPlan, run: _Run) -> bool:
        """Tell whether to hold still for speech: not where it needs our memory, for who is held cannot leave."""
        is_asked = run.is_wanted_away.is_set() or not self._studio.plan.beside_speech(plan)
        return not is_asked and self._studio.speech.someone_listens_for_first_sound()

    def _note_peak(self, cell: Cell) -> None:
        cell.close(kill=True)
        peak = cell.peak
        self.peak_private_mb = max(self.peak_private_mb, peak.private_mb)
        if peak.private_mb:
            stage = rendering_stage(self._job.order.size, self._job.order.animator)
            self._studio.record_peak(stage, peak.private_mb, peak.data_mb)
