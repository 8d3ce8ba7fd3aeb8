"""The work of one call, in cells: what they say is heard, what they keep is measured, what they made is reported."""

import collections
import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from halfgig.capacity.budget import cell_budget_mb
from halfgig.cells.cell import Cell
from halfgig.cells.idle_pool import IdlePool
from halfgig.cells.process import Peak
from halfgig.errors import MemoryExceeded
from halfgig.events import Event, Notice, Progress, Words
from halfgig.media.chunks import Word
from halfgig.pipeline.recipes import StageResult
from halfgig.resources.limits import memory_limit
from halfgig.settings import Settings, read_settings
from halfgig.storage.atomic_write import atomic_write
from halfgig.tts.subtitles import checked_path, write_subtitles

Listener = Callable[[Event], None]
"""Is told how far the work is."""


@dataclass(frozen=True, slots=True)
class Result:
    """Report a file that was made."""

    path: Path
    """Where it is."""
    seconds: float
    """Its length."""
    maker: str
    """Who speaks in it: "espeak 1.52.0, voice en-us"."""
    frames: int
    """How many frames it has; 0 for sound."""
    size: tuple[int, int]
    """Width and height of its frames in pixels; 0, 0 for sound."""
    took_s: float
    """How long the work took, in seconds."""
    peak_mb: float
    """The most memory the cell had resident, in MB, libraries' mapped files included."""
    private_mb: float
    """The most of it that was the cell's own and cannot be dropped, in MB."""
    budget_mb: int
    """What the cell was allowed to reserve, in MB."""
    notices: tuple[str, ...] = ()
    """What is worth knowing of how it was made: that of several faces the largest was taken."""


def budgets_mb(settings: Settings, want_mb: int) -> list[int]:
    """Give what a cell may use at first and, should that not do, all that the limit leaves."""
    limit = memory_limit(settings.memory_limit)
    first, all_mb = cell_budget_mb(limit, want_mb), cell_budget_mb(limit, 1 << 20)
    return [first] if all_mb <= first else [first, min(all_mb, 4 * first)]


class Stage(NamedTuple):
    """Say what runs in a cell."""

    stage: str
    """What errors say was being done."""
    want_mb: int
    """What it may reserve where the limit has it, MB."""
    target: str
    """ "module:function"."""
    args: tuple[object, ...]
    """What it is called with."""
    is_kept: bool = False
    """True for a cell with a network, which is kept for the next request."""
    tells_words: bool = False
    """True when the words it tells are those of the subtitles."""
    cpus: float | None = None
    """How many processors its cell may use; None: all there are."""


class LocalRunner:
    """Do the jobs of one call: hear what they say, keep what they made, write subtitles on the way."""

    def __init__(self, settings: Settings, tell: Listener | None, subtitles: str | Path | None = None) -> None:
        self.settings = settings
        self.wants_words = subtitles is not None
        self._tell = tell
        self._subtitles = None if subtitles is None else checked_path(Path(subtitles))
        self._subtitles_part: Path | None = None
        self._start = time.monotonic()
        self.notices: list[str] = []
        self.peak = Peak()
        self.budget_mb = 0

    @contextlib.contextmanager
    def output(self, path: Path) -> Iterator[Path]:
        """Give a file to write to, as `finished_file` does; subtitles appear with it, and not without it."""
        with atomic_write(path) as part:
            if self._subtitles is None:
                yield part
                return
            with atomic_write(self._subtitles) as self._subtitles_part:
                yield part

    def do(self, job: Stage) -> StageResult | None:
        """Run a job and give the file it made, if it made one.

        When its budget does not do and there is more memory, it is run once more with that.
        """
        first_mb, *more = budgets_mb(self.settings, job.want_mb)
        try:
            return self._do_in(first_mb, job)
        except MemoryExceeded:
            if not more:
                raise
        self.hear(Notice(f"{job.stage} needs more than {first_mb} MB of memory; trying again with {more[0]} MB"))
        return self._do_in(more[0], job)

    def cell(
        self, stage: str, budget_mb: int, *, is_kept: bool, cpus: float | None = None
    ) -> contextlib.AbstractContextManager[Cell]:
        """Open a cell; one that is kept may be there already."""
        return _keeper(self.settings.idle_seconds).cell(stage, budget_mb) if is_kept else Cell(stage, budget_mb, cpus)

    def hear(self, event: Event) -> None:
        """Pass on what a job says."""
        if isinstance(event, Notice):
            self.notices.append(event.text)
        if self._tell:
            self._tell(event)

    def result(self, path: Path, made: StageResult) -> Result:
        """Report the file that was made."""
        return Result(
            path,
            made.seconds,
            made.maker,
            made.frames,
            made.size,
            time.monotonic() - self._start,
            self.peak.resident_mb,
            self.peak.private_mb,
            self.budget_mb,
            tuple(self.notices),
        )

    def _do_in(self, budget_mb: int, job: Stage) -> StageResult | None:
        made: list[StageResult] = []
        with self.cell(job.stage, budget_mb, is_kept=job.is_kept, cpus=job.cpus) as cell:
            words = self._words(cell.run(job.target, *job.args), made)
            if self._subtitles_part and job.tells_words:
                write_subtitles(words, self._subtitles_part, self._subtitles)
            else:
                collections.deque(words, maxlen=0)
        self.peak |= cell.peak
        self.budget_mb = max(self.budget_mb, budget_mb)
        return made[0] if made else None

    def _words(self, said: Iterator[object], made: list[StageResult]) -> Iterator[Word]:
        """Sort what a job says: words are yielded, the rest is heard or kept."""
        for each in said:
            match each:
                case Words(words):
                    yield from (Word(*word) for word in words)
                case StageResult():
                    made.append(each)
                case Progress() | Notice():
                    self.hear(each)


@functools.lru_cache(maxsize=1)
def _keeper(idle_seconds: float) -> IdlePool:
    return IdlePool(idle_seconds)


def close() -> None:
    """End the cell that is kept for the next request, if one is; it ends by itself after `IDLE_SECONDS`."""
    _keeper(read_settings().idle_seconds).close()
