"""Running tasks in cells: the single retry after running out of memory, and the command's runner."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from halfgig.capacity.budget import COMMAND_MB, RESERVE_MB
from halfgig.capacity.plan import CellPlan, command_plan
from halfgig.capacity.render_cells import RenderCells, render_cells
from halfgig.cells.cell import Cell
from halfgig.cells.idle_pool import IdlePool
from halfgig.cells.process import Peak
from halfgig.errors import MemoryExceeded
from halfgig.events import Event, Notice, Progress
from halfgig.media.chunks import SpeechSegment
from halfgig.pipeline.product_signer import ProductSigner
from halfgig.pipeline.reports import StageResult
from halfgig.pipeline.signing import SigningCells, is_signed
from halfgig.resources.limits import cpu_quota, memory_limit
from halfgig.settings import Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.capacity.memory_costs import StageCost
    from halfgig.capacity.plan import Plan
    from halfgig.media.chunks import Word
    from halfgig.pipeline.product_signer import Product

Listener = Callable[[Event], None]
"""Called with progress and notices."""


class Task(NamedTuple):
    """Work for a cell."""

    title: str
    """Name of the work in errors: "rendering"."""
    costs: tuple[StageCost, ...]
    """Costs of the cell's alternatives, the preferred one first."""
    target: str
    """ "module:function"."""
    args: tuple[object, ...]
    """Arguments of the function."""
    is_kept: bool = False
    """Whether the cell is kept for the next request, because it has loaded a network."""
    groups: int = 1
    """Groups of frames to render, which several cells may render side by side."""


def with_one_retry(
    title: str, plan: Plan, cell: CellPlan, attempt: Callable[[CellPlan], Iterator[object]]
) -> Iterator[object]:
    """Yield the results of an attempt in a cell; if it runs out of memory, retry once in a larger cell.

    Raises `MemoryExceeded` if no larger cell fits, or the second attempt runs out of memory as well.
    """
    more = plan.larger(cell)
    try:
        yield from attempt(cell)
    except MemoryExceeded:
        if more is None:
            raise
    else:
        return
    yield Notice(f"{title} needs more than {cell.budget_mb} MB of memory; trying again with {more.budget_mb} MB")
    yield from attempt(more)


@dataclass(frozen=True, slots=True)
class Result:
    """A finished file, with the time and memory it took."""

    path: Path
    """Path of the file."""
    seconds: float
    """Length in seconds."""
    maker: str
    """Engine and voice: "espeak 1.52.0, voice en-us"."""
    frames: int
    """The number of frames; 0 for sound."""
    size: tuple[int, int]
    """Width and height of its frames in pixels; 0, 0 for sound."""
    took_s: float
    """Elapsed time in seconds."""
    peak_mb: float
    """Peak resident memory of a cell in MB, including mapped files."""
    private_mb: float
    """Peak private memory of a cell in MB, which the kernel cannot drop."""
    budget_mb: int
    """Largest budget of a cell in MB."""
    notices: tuple[str, ...] = ()
    """Remarks for the user, such as: several faces were found, and the largest was used."""


class LocalRunner:
    """Runs a command's tasks in cells, one at a time, and collects notices and peak memory."""

    def __init__(self, settings: Settings, on_event: Listener | None, *, wants_words: bool = False) -> None:
        self.settings = settings
        self.wants_words = wants_words
        self.notices: list[str] = []
        self._on_event = on_event
        self._start = time.monotonic()
        self._peak = Peak()
        self._budget_mb = 0

    @functools.cached_property
    def plan(self) -> Plan:
        """The command's memory plan. Raises `BudgetTooSmall` if the limit is too small for any cell."""
        return command_plan(memory_limit(self.settings.memory_limit), cpu_quota())

    def do(
        self,
        task: Task,
        on_words: Callable[[Iterator[Word]], object] | None = None,
        product: Product | None = None,
    ) -> StageResult | None:
        """Run a task to its end and return its final report; `on_words` is called with an iterator over its words.

        `product` is the file that it makes, which it signs; a notice says why where that fails.
        """
        if product is None or not is_signed(product.ending, self.settings):
            return self._run(task, on_words)
        with SigningCells(self.settings, ingredients=product.has_ingredients) as cells:
            fits = self.plan.cell(*task.costs).private_mb + cells.mb <= self.plan.cells_mb
            signer = ProductSigner(product, cells, self._room, fits=fits, is_kept=self._keeps(task))
            made = self._run(task, on_words, signer)
            if said := signer.said():
                self.on_event(Notice(said))
            self._peak |= cells.peak
        return made

    def _run(
        self,
        task: Task,
        on_words: Callable[[Iterator[Word]], object] | None,
        signer: ProductSigner | None = None,
    ) -> StageResult | None:
        results: list[StageResult] = []
        words = self._sorted(self.results(task, signer), results, signer)
        if on_words:
            on_words(words)
        for _ in words:
            pass
        return results[0] if results else None

    def results(self, task: Task, signer: ProductSigner | None = None) -> Iterator[object]:
        """Yield a task's results, and a notice if it is retried; `signer` is told when its cell starts."""
        cells = RenderCells(self._cell_plan(task))
        if task.groups > 1:
            cells = render_cells(self.plan, task.costs, task.groups)
        attempt = functools.partial(self._attempt, task, cells, signer)
        return with_one_retry(task.title, self.plan, cells.cell, attempt)

    def _room(self, mb: int) -> contextlib.AbstractContextManager[None]:
        if mb > self.plan.cells_mb:
            raise MemoryExceeded("signing", self.plan.cells_mb, f"it takes {mb} MB")
        return contextlib.nullcontext()

    def on_event(self, event: Event) -> None:
        """Pass progress and notices on to the caller; notices are also collected."""
        if isinstance(event, Notice):
            self.notices.append(event.text)
        if self._on_event:
            self._on_event(event)

    def result(self, path: Path, made: StageResult) -> Result:
        """Return the result for a finished file."""
        took_s, peak = time.monotonic() - self._start, self._peak
        figures = (took_s, peak.resident_mb, peak.private_mb, self._budget_mb, tuple(self.notices))
        return Result(path, made.seconds, made.maker, made.frames, made.size, *figures)

    def _cell_plan(self, task: Task) -> CellPlan:
        """Return the cell for a task: the planned one or, if it does not fit, one with all memory that is left.

        Raises `MemoryExceeded` at once if a network does not fit, since its memory does not depend on the input.
        """
        cell, cost = self.plan.cell(*task.costs), task.costs[-1]
        if cell.private_mb <= self.plan.cells_mb:
            return cell
        if cost.model:
            needed_mb = cell.private_mb + COMMAND_MB + RESERVE_MB
            way_out = f"{cost.title} take {cell.private_mb} MB: allow --memory {needed_mb}M, or choose another way"
            raise MemoryExceeded(task.title, self.plan.cells_mb, way_out)
        return CellPlan(self.plan.cells_mb, self.plan.cells_mb, cost.threads)

    def _attempt(
        self, task: Task, cells: RenderCells, signer: ProductSigner | None, plan: CellPlan
    ) -> Iterator[object]:
        with self._cell(task, plan) as cell:
            try:
                if signer:
                    cell.start()
                    signer.on_start()
                yield from self._helped(task, cells, plan, cell) if cells.helpers else cell.run(task.target, *task.args)
                if signer:
                    signer.sign_by(cell)
            finally:
                self._peak |= cell.peak
                self._budget_mb = max(self._budget_mb, plan.budget_mb)

    def _helped(self, task: Task, cells: RenderCells, plan: CellPlan, cell: Cell) -> Iterator[object]:
        """Yield a cell's results, with the help of others; of none if the cell was given their memory."""
        from halfgig.animators.base import RenderJob
        from halfgig.pipeline.helper_cells import HelperCells

        (job,) = task.args
        assert isinstance(job, RenderJob)
        helpers = HelperCells(cells.cell, cells.helpers if plan == cells.cell else 0, job)
        try:
            with helpers:
                yield from cell.run(task.target, job)
        finally:
            self._peak |= helpers.peak

    def _keeps(self, task: Task) -> bool:
        return task.is_kept and self.settings.idle_seconds > 0

    def _cell(self, task: Task, plan: CellPlan) -> contextlib.AbstractContextManager[Cell]:
        if self._keeps(task):
            return _idle_pool(self.settings.idle_seconds).cell(task.title, plan.budget_mb)
        return Cell(task.title, plan.budget_mb, plan.threads)

    def _sorted(
        self, results: Iterator[object], reports: list[StageResult], signer: ProductSigner | None
    ) -> Iterator[Word]:
        for each in results:
            match each:
                case SpeechSegment(words=words):
                    yield from words
                case StageResult():
                    reports.append(each)
                    if signer:
                        signer.on_made(each)
                case Progress() | Notice():
                    self.on_event(each)


@functools.lru_cache(maxsize=1)
def _idle_pool(idle_seconds: float) -> IdlePool:
    return IdlePool(idle_seconds)


def close() -> None:
    """End the idle cell, if there is one; by itself it would end after `IDLE_SECONDS`."""
    _idle_pool(read_settings().idle_seconds).close()
