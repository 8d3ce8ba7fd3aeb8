"""The steps of a video, each given a job's name: speak, measure the face, render the frames, assemble the file.

Every step finds in the job's folder how far it came before, so it may be begun any number of times, at any time.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING, Any

from halfgig.errors import CellDied, CellFailed, HalfgigError
from halfgig.events import Notice, Progress
from halfgig.log import ERROR, WARNING, log
from halfgig.pipeline.recipes import StageResult
from halfgig.pipeline.video_steps import FRAMES, MEASURED
from halfgig.requests import THUMBNAIL, VIDEO, WORDS
from halfgig.server.errors import Busy
from halfgig.server.video_order import UPLOADS
from halfgig.server.worker.speech.slices import SpeechOrder
from halfgig.server.worker.videos.context import SPEECH, BrokenOff, Cancelled, CellKilled
from halfgig.server.worker.videos.progress import ProgressReporter
from halfgig.server.worker.videos.render_cell import RenderCell
from halfgig.storage.atomic_write import room_for
from halfgig.tts.spool import Spoken, mend_spool, write_spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from halfgig.server.job_store import Job
    from halfgig.server.worker.speech.slices import Slice
    from halfgig.server.worker.videos.context import StepContext

MOST_DEATHS = 3
"""A job of which so many cells died in a row, none coming further than the one before, is set aside."""

MOST_KILLS = 10
"""As many, where it was somebody else who ended the last cell."""

MOST_STARTS = 10
"""A step begun so often without coming further is set aside: each time, the whole process died."""

KEPT = (VIDEO, THUMBNAIL, WORDS, *UPLOADS)
"""What is kept in the folder of a finished job: what was made, and what another can be made from."""


def refusal(error: HalfgigError, folder: Path) -> dict[str, Any]:
    """Write an error for the book; the server's own paths are left out of it."""
    return {"message": str(error).replace(f"{folder}{os.sep}", ""), "code": error.code, "status": error.status}


def _traceback(error: HalfgigError) -> str:
    return f"\n{error.traceback_text}" if isinstance(error, CellFailed) else ""


def kept_bytes(folder: Path) -> int:
    """Give how much of a job is there: it grows with each sentence and frame."""
    found = (folder / name for name in (SPEECH, *MEASURED, FRAMES, VIDEO))
    return sum(path.stat().st_size for path in found if path.exists())


class Steps:
    """Make videos step by step; every step returns whether the job goes on.

    Raises `BrokenOff` when this process gives the job up; all else that can happen to a job stands in the book.
    """

    def __init__(self, studio: StepContext) -> None:
        self._studio = studio
        self._one_at_a_time = threading.Lock()  # two would write into the same files

    def speak(self, job_id: str) -> bool:
        """Speak the text, sentence by sentence, where no recording was sent."""
        return self._step(job_id, "speaking", self._speak)

    def measure(self, job_id: str) -> bool:
        """Find and measure the face."""
        return self._step(job_id, "measuring", self._measure)

    def film(self, job_id: str) -> bool:
        """Render the frames."""
        return self._step(job_id, "rendering", self._film)

    def assemble(self, job_id: str) -> bool:
        """Join frames and speech, and close the job."""
        return self._step(job_id, "assembling", self._assemble)

    def _step(self, job_id: str, stage: str, work: Any) -> bool:
        with self._one_at_a_time:
            return self._alone(job_id, stage, work)

    def _alone(self, job_id: str, stage: str, work: Any) -> bool:
        job = self._studio.book.get(job_id)
        if job is None or not self._studio.book.begin(job_id):
            return False
        try:
            self._studio.leave_if_asked(job_id)
            self._count_start(job, stage)
            while not self._done(job, work):
                pass
        except Cancelled:
            return False
        except BrokenOff:
            self._studio.book.tell(job_id, {"starts": 0})
            raise
        except HalfgigError as error:
            # Any key reads what is kept; what a client has sent may stand in the sentence.
            log("work", f"{job_id} failed while {stage}: {error.code}", ERROR, f": {error}{_traceback(error)}")
            self._studio.book.fail(job_id, refusal(error, self._studio.folder(job)))
            return False
        self._studio.book.tell(job_id, {"starts": 0})
        job = self._studio.book.get(job_id)
        return job is not None and job.is_open

    def _done(self, job: Job, work: Any) -> bool:
        """Work on a job; False when its cell died and it is worth another try."""
        try:
            work(job, ProgressReporter(self._studio.book, self._studio.book.get(job.id) or job))
        except CellDied as death:
            self._count_death(job, death)
            return False
        return True

    def _count_start(self, job: Job, stage: str) -> None:
        """Count how often a step was begun since something was last added; a whole process may die of a job, too."""
        kept = kept_bytes(self._studio.folder(job))
        same = (job.facts.get("stage"), job.facts.get("kept")) == (stage, kept)
        starts = int(job.facts.get("starts", 0)) + 1 if same else 1
        if starts > MOST_STARTS:
            raise CellDied(
                f"{stage} was begun {starts - 1} times and never came further than {kept} bytes, because the work "
                "process ended each time; the log says why"
            )
        unknown = dict.fromkeys(("done", "total", "unit", "rate", "left_s"))
        self._studio.book.tell(job.id, {"stage": stage, "kept": kept, "starts": starts, **unknown})

    def _count_death(self, job: Job, death: CellDied) -> None:
        """Count a cell's death, anew when work has come further since the last; raise when there were too many."""
        log("cell", f"{job.id}: {death}", WARNING)
        book, kept = self._studio.book, kept_bytes(self._studio.folder(job))
        if kept > int((book.get(job.id) or job).facts.get("kept_at_death", -1)):
            book.forget_deaths(job.id)
        book.tell(job.id, {"kept_at_death": kept})
        deaths = book.count_death(job.id)
        if deaths >= (MOST_KILLS if isinstance(death, CellKilled) else MOST_DEATHS):
            raise CellDied(f"set aside after {deaths} cells that came no further: {death}") from death

    def _speak(self, job: Job, teller: ProgressReporter) -> None:
        if not job.order.speaks:
            return
        path = self._studio.folder(job) / SPEECH
        with room_for(path):
            while not (state := mend_spool(path)).is_done:
                teller.hear(Progress("speaking", state.seconds, None, "s"))
                try:
                    self._speak_on(job, teller, path)
                except Busy as busy:
                    self._studio.leave_if_asked(job.id)
                    self._studio.closing.wait(min(busy.after_s, 5.0))
        teller.facts(maker=state.maker, seconds=round(state.seconds, 3))

    def _speak_on(self, job: Job, teller: ProgressReporter, path: Path) -> None:
        order, state = job.order, mend_spool(path)
        start = state.next_start or 0
        wish = SpeechOrder(
            order.prompt, order.voice or None, order.speed, start=start, wants_words=True, is_patient=True
        )
        slices = self._studio.speech.slices(wish, lambda: self._studio.wish_to_end(job.id) is None)
        with contextlib.closing(slices), path.open("ab") as file:
            seconds, next_start = state.seconds, state.next_start
            for each in slices:
                next_start = _keep(each, next_start, file)
                seconds += each.seconds
                total = seconds * len(order.prompt) / next_start if next_start else seconds
                teller.hear(Progress("speaking", seconds, total, "s"))
                if next_start is None:
                    return
        self._studio.leave_if_asked(job.id)
        raise CellDied("speaking: the speech ended in the middle of the text; try again")

    def _measure(self, job: Job, teller: ProgressReporter) -> None:
        teller.hear(Progress("measuring", 0, None, "faces"))
        for _ in self._told(job, teller, "measure"):
            pass

    def _film(self, job: Job, teller: ProgressReporter) -> None:
        for _ in self._told(job, teller, "film"):
            pass
        teller.facts(pace=round(teller.pace, 3))

    def _assemble(self, job: Job, teller: ProgressReporter) -> None:
        folder = self._studio.folder(job)
        (made,) = [each for each in self._told(job, teller, "assemble") if isinstance(each, StageResult)]
        facts = {
            "frames": made.frames,
            "seconds": round(made.seconds, 3),
            "width": made.size[0],
            "height": made.size[1],
            "maker": made.maker,
            "bytes": (folder / VIDEO).stat().st_size,
            "left_s": 0.0,
        }
        if self._studio.book.complete(job.id, facts):
            log("work", f"{job.id} is done: {made.seconds:.1f} s of video, {made.frames} frames")
        strip(folder)

    def _told(self, job: Job, teller: ProgressReporter, target: str) -> Iterator[object]:
        """Run a step in a cell; tell what it says, and yield the rest."""
        cell = RenderCell(self._studio, job)
        before = float(job.facts.get("peak_private_mb", 0))
        try:
            for each in cell.run(target, self._studio.shoot(job)):
                if isinstance(each, Progress | Notice):
                    teller.hear(each)
                else:
                    yield each
        finally:
            teller.facts(peak_private_mb=round(max(before, cell.peak_private_mb), 1))


def _keep(made: Slice, next_start: int | None, file: IO[bytes]) -> int | None:
    """Append a slice; give where the next sentence begins.

    Where that has not moved on, the slice ends amid a sentence, which is spoken again should we be killed now.
    """
    moved_on = made.next_start is None or made.next_start > (next_start or 0)
    write_spoken(Spoken(made.chunks, made.next_start, made.maker, made.words), file, ends_sentence=moved_on)
    return made.next_start if moved_on else next_start


def strip(folder: Path) -> None:
    """Remove from a finished job's folder what was needed on the way only."""
    for path in folder.glob("*"):
        if path.name not in KEPT:
            path.unlink(missing_ok=True)
