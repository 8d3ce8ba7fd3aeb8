"""The speech cell together with its memory reservation."""

from __future__ import annotations

import contextlib
import functools
from collections import deque
from typing import TYPE_CHECKING

from halfgig.capacity.measured_peaks import record
from halfgig.cells.cell import Cell
from halfgig.cells.priority import stand_back_while
from halfgig.errors import CellDied, HalfgigError
from halfgig.log import WARNING, log
from halfgig.models.installed import InstalledModels
from halfgig.server.worker.videos.watchdog import Watchdog
from halfgig.tts.registry import ResolvedVoice, engines

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from halfgig.capacity.plan import Plan
    from halfgig.server.worker.admission import MemoryAdmission
    from halfgig.settings import Settings

STAGE = "speaking"

WORN_AFTER = 2000
"""Jobs after which a cell should be replaced: espeak-ng leaks 3.3 kB per sentence."""


class SpeechCell:
    """The speech cell, which is opened on demand; used by one thread.

    `evict` is called from other threads when another cell waits for the memory. The peak memory of each cell is
    recorded in `folder`.
    """

    def __init__(self, plan: Plan, admission: MemoryAdmission, evict: Callable[[], None], folder: Path) -> None:
        self._plan = plan
        self._admission = admission
        self._evict = evict
        self._folder = folder
        self._cell: Cell | None = None
        self._reservation = contextlib.ExitStack()
        self._plan_of_cell = plan.speech
        self._jobs = 0
        self._standing_back: tuple[int, bool] = 0, False

    @property
    def is_open(self) -> bool:
        """Whether the cell is open and its memory reserved."""
        return self._cell is not None

    @property
    def is_worn(self) -> bool:
        """Whether the cell should be replaced once it is idle."""
        return self._jobs >= WORN_AFTER

    @property
    def budget_mb(self) -> int:
        """The cell's memory budget, RLIMIT_DATA in MB."""
        return self._plan_of_cell.budget_mb

    def run(self, target: str, *args: object) -> Generator[object]:
        """Run a job in the cell; if it is not open, wait for its memory and open it first."""
        if self._cell is None:
            private_mb = self._plan_of_cell.private_mb
            self._reservation.enter_context(self._admission.hold(STAGE, private_mb, self._evict))
            self._cell = Cell(STAGE, self.budget_mb, self._plan.cpus)
        self._jobs += 1
        return self._cell.run(target, *args)

    def warm_up(self, settings: Settings) -> None:
        """Load the engines that `WARM` names."""
        models = InstalledModels(settings.data_dir)
        for spec in engines():
            if not spec.model or spec.model not in settings.warm:
                continue
            found = models.get(spec.model)
            if found is None:
                missing = f"WARM names {spec.model}, which is not installed; fetch it with: halfgig pull {spec.model}"
                log("worker", missing, WARNING)
                continue
            try:
                voice = ResolvedVoice(spec, spec.default_voice(found.parts), found.folder)
                deque(self.run("halfgig.pipeline.speech:load", voice), maxlen=0)
            except (HalfgigError, OSError) as error:
                log("worker", f"{spec.model} could not be loaded at the start: {error}", WARNING)
                self.close(kill=True)

    def watched(self, may_wait: Callable[[], bool], target: str, *args: object) -> Generator[object]:
        """Run a job in the cell, which is ended if it hangs; raises `CellDied` then, with the figures.

        While `may_wait` returns True, other processes go first.
        """
        results = self.run(target, *args)
        assert self._cell
        turns = functools.partial(self._let_others_go_first, may_wait)
        watch = Watchdog(self._cell, why_end=lambda: None, waits=lambda: False, each_step=turns)
        try:
            with watch, contextlib.closing(results):
                for each in results:
                    watch.note_output()
                    yield each
        except CellDied:
            if watch.reason:
                raise CellDied(f"{STAGE}: its cell {watch.reason}; try again") from None
            raise

    def _let_others_go_first(self, may_wait: Callable[[], bool]) -> None:
        pid, waits = self._cell.pid if self._cell else None, may_wait()
        if pid is not None and (pid, waits) != self._standing_back:
            stand_back_while(pid, wanted=waits)
            self._standing_back = pid, waits

    def grow(self) -> bool:
        """Kill the cell, so that the next one gets all memory the limit leaves; False if this one had that already."""
        larger = None if self._plan_of_cell is not self._plan.speech else self._plan.larger(self._plan.speech)
        if larger:
            self.close(kill=True)
            self._plan_of_cell = larger
        return larger is not None

    def close(self, *, kill: bool = False) -> None:
        """End the cell and release its reservation; the next cell has the usual budget."""
        cell, self._cell = self._cell, None
        try:
            if cell:
                cell.close(kill=kill)
                record(self._folder, self._plan.speech.stage, cell.peak.private_mb, cell.peak.data_mb)
        finally:
            self._jobs, self._plan_of_cell = 0, self._plan.speech
            self._reservation.close()
