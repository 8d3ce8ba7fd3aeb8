"""Cells that help another one to render a video.

Nothing depends on them: what a helper leaves undone, because it was killed or had to leave its memory to others, the
leading cell renders. So a helper is started again a few times and then not any more.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Self

from halfgig.cells.cell import Cell
from halfgig.cells.process import Peak
from halfgig.errors import HalfgigError
from halfgig.log import WARNING, log

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType

    from halfgig.animators.base import RenderJob
    from halfgig.capacity.plan import CellPlan

    Hold = Callable[[Callable[[], None]], AbstractContextManager[bool]]
    """Reserves a cell's memory for a block if it is free, given what ends the cell; yields whether it was."""

AGAIN_S = 5.0
"""Seconds after which a helper that was ended, or found no memory, is started again."""

MOST_DEATHS = 3
"""Deaths of a helper after which it is not started again."""


class HelperCells:
    """Helpers that render next to a leading cell; use as a context manager around its work.

    `hold` is asked for the memory of each; None: it was planned for and is free.
    """

    def __init__(self, plan: CellPlan, count: int, job: RenderJob, hold: Hold | None = None) -> None:
        self.peak = Peak()
        """Peak memory of a helper; complete after the block."""
        self._plan = plan
        self._job = job
        self._hold = hold or (lambda _end: contextlib.nullcontext(True))
        self._over = threading.Event()
        self._is_paused = False
        self._cells = [Cell("rendering", plan.budget_mb, plan.threads) for _ in range(count)]
        self._threads = [threading.Thread(target=self._help, args=(cell,), daemon=True) for cell in self._cells]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        for cell, thread in zip(self._cells, self._threads, strict=True):
            while thread.is_alive():
                cell.stop()  # repeated: the child may only just be starting
                thread.join(0.05)
            self.peak |= cell.peak

    def pause(self) -> None:
        """Suspend the helpers until `resume`, from any thread; one that is just starting, at its first group."""
        self._is_paused = True
        for cell in self._cells:
            cell.pause()

    def resume(self) -> None:
        """Resume suspended helpers, from any thread."""
        self._is_paused = False
        for cell in self._cells:
            cell.resume()

    def _help(self, cell: Cell) -> None:
        """Run a helper until it finds nothing to do."""
        deaths = 0
        while not self._over.is_set() and deaths < MOST_DEATHS:
            evicted = threading.Event()

            def leave(evicted: threading.Event = evicted) -> None:
                evicted.set()
                cell.stop()

            with self._hold(leave) as is_held:
                if is_held:
                    try:
                        for _ in cell.run("halfgig.pipeline.video_stages:help_render", self._job):
                            if self._is_paused:
                                cell.pause()
                            if not self._is_paused:  # since a moment ago
                                cell.resume()
                    except HalfgigError as error:
                        if not self._over.is_set() and not evicted.is_set():
                            deaths += 1
                            log("cell", f"a cell that helps to render ended, others go on: {error}", WARNING)
                    else:
                        return
                    finally:
                        cell.close(kill=True)
            self._over.wait(AGAIN_S)
