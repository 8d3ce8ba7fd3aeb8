"""Cells kept for a while after their work, because their models take long to load."""

import atexit
import contextlib
import threading
from collections.abc import Callable, Iterator

from halfgig.cells.cell import Cell


class IdlePool:
    """Lends cells and ends a cell that was not used for `idle_s` seconds.

    At most one idle cell is kept.  A request for another stage or budget, or while the cell is in use, gets a new
    cell; the cell returned last is the one kept.  `open_cell` is passed in for tests.
    """

    def __init__(self, idle_s: float, open_cell: Callable[[str, int], Cell] = Cell) -> None:
        self._idle_s = idle_s
        self._open_cell = open_cell
        self._lock = threading.Lock()
        self._idle: Cell | None = None
        self._timer: threading.Timer | None = None
        atexit.register(self.close)

    @contextlib.contextmanager
    def cell(self, stage: str, budget_mb: int) -> Iterator[Cell]:
        """Lend a cell for the block; it is kept afterwards, or killed after an error."""
        cell = self._taken(stage, budget_mb) or self._open_cell(stage, budget_mb)
        try:
            yield cell
        except BaseException:
            cell.close(kill=True)
            raise
        self._keep(cell)

    def close(self) -> None:
        """End the idle cell."""
        with self._lock:
            cell = self._take_locked()
        if cell:
            cell.close()

    def _taken(self, stage: str, budget_mb: int) -> Cell | None:
        with self._lock:
            if self._idle and (self._idle.stage, self._idle.budget_mb) == (stage, budget_mb):
                return self._take_locked()
        return None

    def _take_locked(self) -> Cell | None:
        if self._timer:
            self._timer.cancel()
        cell, self._idle, self._timer = self._idle, None, None
        return cell

    def _keep(self, cell: Cell) -> None:
        with self._lock:
            before = self._take_locked()
            if self._idle_s > 0:
                self._idle = cell
                self._timer = threading.Timer(self._idle_s, self._expire, [cell])
                self._timer.daemon = True
                self._timer.start()
        for each in (before, None if self._idle_s > 0 else cell):
            if each:
                each.close()

    def _expire(self, cell: Cell) -> None:
        with self._lock:
            if self._idle is not cell:
                return
            self._take_locked()
        cell.close()
