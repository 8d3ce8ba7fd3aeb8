"""Run a video's step in a cell: wait for memory, give it to others when asked, retry where that can help.

While another client has its turn the cell stands still, suspended, and its memory stays reserved; it is ended only when
the other one needs that memory (docs/decisions/014-who-waits-stands-still.md).
"""

from __future__ import annotations

import contextlib
import functools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.capacity.plan import render_cell
from halfgig.capacity.render_cells import RenderCells, render_cells
from halfgig.cells.cell import Cell
from halfgig.errors import CellDied
from halfgig.events import Progress
from halfgig.log import log
from halfgig.pipeline.helper_cells import HelperCells
from halfgig.pipeline.runner import with_one_retry
from halfgig.server.errors import Busy
from halfgig.server.worker.videos.context import BrokenOff, CellKilled, leave
from halfgig.server.worker.videos.watchdog import Watchdog, planned_cpu_s

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from halfgig.animators.base import RenderJob
    from halfgig.capacity.plan import CellPlan
    from halfgig.server.job import Job
    from halfgig.server.worker.turns import Turn
    from halfgig.server.worker.videos.context import StepContext

STAGE = "rendering"
"""The stage's name in errors and status."""


class _TurnIsOver(Exception):
    """Another order's turn came while this one waited for memory."""


@dataclass(eq=False, slots=True)
class _Run:
    """One run of a cell."""

    evicted: threading.Event
    """Set when another cell waits for its memory."""
    may_lose: bool = True
    """Whether progress that a kill would undo counts."""
    first: float | None = None
    """Frames kept at the first progress event."""
    done: float = 0.0
    """Frames kept by now."""
    may_break: bool = True
    """Whether it may be ended in the middle of a group of frames, which is lost."""

    def take(self, event: object) -> None:
        if not isinstance(event, Progress) or event.unit != "frames":
            return
        # Counting lost frames in every run could repeat them forever: the next run may be evicted at the same frame.
        kept = event.done if event.kept is None and self.may_lose else event.kept
        if kept is not None:
            self.first = kept if self.first is None else self.first
            self.done = kept

    @property
    def has_progress(self) -> bool:
        """Whether the run has made progress."""
        return self.first is not None and self.done > self.first

    @property
    def may_leave(self) -> bool:
        """Whether to leave now: another cell waits, and this run has made progress that is kept."""
        return self.evicted.is_set() and self.has_progress

    @property
    def may_end(self) -> bool:
        """Whether it can be ended while it stands still: what is lost is one group of frames, and not lost twice."""
        return self.evicted.is_set() and (self.has_progress or self.may_break)


@dataclass(frozen=True, slots=True)
class _Together:
    """A leading cell and its helpers, as the watchdog sees them."""

    cell: Cell
    helpers: HelperCells

    @property
    def pid(self) -> int | None:
        return self.cell.pid

    def pause(self) -> None:
        self.cell.pause()
        self.helpers.pause()

    def resume(self) -> None:
        self.cell.resume()
        self.helpers.resume()

    def stop(self) -> None:
        self.cell.stop()


class RenderCell:
    """Runs the steps of one job that work on pictures.

    `others_work` returns whether other nodes did something for the job since the last call: waiting for them is not
    hanging.
    """

    def __init__(
        self, context: StepContext, job: Job, turn: Turn, others_work: Callable[[], bool] = lambda: False
    ) -> None:
        self._others_work = others_work
        self._context = context
        self._job = job
        self._turn = turn
        self._cells: RenderCells | None = None
        self.peak_private_mb = 0.0
        """Peak private memory of its cells in MB."""

    def run(self, target: str, render_job: RenderJob) -> Iterator[object]:
        """Call a function of `halfgig.pipeline.video_stages` in a cell and yield its results.

        Raises its errors, `Cancelled` or `BrokenOff` if work on the job should stop, and `CellDied`. A cell that left
        for speech is started again later; one that ran out of memory is retried once with a larger budget.
        """
        request = render_job.request
        costs = render_job.spec.costs_of(request)
        cells = RenderCells(render_cell(self._context.plan, costs, request.size))
        if target == "render":
            cells = render_cells(self._context.plan, costs(request.size), render_job.groups())
        self._cells = cells
        attempt = functools.partial(self._until_done, target=target, render_job=render_job)
        yield from with_one_retry(STAGE, self._context.plan, cells.cell, attempt)

    def _until_done(self, plan: CellPlan, target: str, render_job: RenderJob) -> Generator[object]:
        is_done, may_lose, may_break = False, True, True
        while not is_done:
            self._context.leave_if_asked(self._job.id)
            if self._turn.stands_aside or self._turn.should_yield:
                self._turn.give_way(functools.partial(self._context.leave_if_asked, self._job.id))
            run, may_lose = _Run(threading.Event(), may_lose, may_break=may_break), False
            try:
                with self._reservation(plan, run):
                    is_done = yield from self._once(plan, run, target, render_job)
            except _TurnIsOver:
                continue
            may_break = run.has_progress

    @contextlib.contextmanager
    def _reservation(self, plan: CellPlan, run: _Run) -> Iterator[None]:
        with contextlib.ExitStack() as reservation:
            try:
                room = self._context.admission.hold(
                    STAGE, plan.private_mb, run.evicted.set, lambda: self._turn.stands_aside, self._check_turn
                )
                reservation.enter_context(room)
                self._turn.forgive()
            except Busy as ending:  # admission refuses only when the program ends
                raise BrokenOff from ending
            yield

    def _check_turn(self) -> None:
        """Raise if the job should not wait for memory any more, which its own client's speeches may have."""
        self._context.leave_if_asked(self._job.id)
        if self._turn.should_yield:
            raise _TurnIsOver

    def _once(self, plan: CellPlan, run: _Run, target: str, render_job: RenderJob) -> Generator[object, None, bool]:
        """Yield a cell's results; return False if it left to others before it was done."""
        context = self._context
        with Cell(STAGE, plan.budget_mb, plan.threads or context.plan.cpus) as cell:
            helpers = self._helpers(plan, render_job)
            pace, limits = render_job.spec.throughput(render_job.request.size), context.hang_limits
            planned_s = planned_cpu_s(pace, self._job.request.fps, self._job.cost_s)
            watch = Watchdog(
                _Together(cell, helpers),
                lambda: self._reason_to_end(watch),
                lambda: self._should_pause(plan, run),
                limits._replace(cpu_s=limits.cpu_s + planned_s),
            )
            try:
                results = cell.run(f"halfgig.pipeline.video_stages:{target}", render_job)
                with watch, helpers, contextlib.closing(results):
                    for each in results:
                        watch.note_output()
                        run.take(each)
                        yield each
                        if run.may_leave:
                            log("cell", f"{self._job.id}: {STAGE} leaves its memory to speech and will continue later")
                            return False
                        if self._turn.stands_aside and run.may_end:
                            log("cell", f"{self._job.id}: {STAGE} leaves its memory to another order")
                            return False
            except CellDied as death:
                leave(watch.reason)
                if watch.reason:
                    raise CellDied(f"{STAGE}: its cell {watch.reason}; try again") from None
                if cell.was_killed:
                    raise CellKilled(str(death)) from death
                raise
            finally:
                self._note_peak(cell, helpers, plan)
        return True

    def _reason_to_end(self, watch: Watchdog) -> str | None:
        if self._others_work():
            watch.note_output()
        return self._context.reason_to_leave(self._job.id)

    def _helpers(self, plan: CellPlan, render_job: RenderJob) -> HelperCells:
        """Return the helpers of a cell; none of one that was given their memory."""
        cells, admission = self._cells, self._context.admission
        count = cells.helpers if cells and cells.cell == plan else 0
        hold = functools.partial(admission.hold_spare, STAGE, plan.private_mb)
        return HelperCells(plan, count, render_job, hold)

    def _should_pause(self, plan: CellPlan, run: _Run) -> bool:
        """Return whether to pause for others; not if they need this memory: a paused cell could not leave."""
        is_aside = self._turn.step_aside()  # also when it must leave: another order may have the turn meanwhile
        if is_aside or run.evicted.is_set():
            return not run.evicted.is_set()
        speech, client = self._context.speech, self._turn.client
        return self._context.plan.fits_with_speech(plan) and speech.has_waiting_listener(client)

    def _note_peak(self, cell: Cell, helpers: HelperCells, plan: CellPlan) -> None:
        cell.close(kill=True)
        peak = cell.peak | helpers.peak
        self.peak_private_mb = max(self.peak_private_mb, peak.private_mb)
        if peak.private_mb:
            self._context.record_peak(plan.stage, peak.private_mb, peak.data_mb)
