"""The stages of a video as durable steps: each resumes from the files that an earlier attempt left in the job's folder.

A step may be started any number of times. It returns its artifacts, or None if the job has ended, in which case the
job store has the outcome.
"""

from __future__ import annotations

import contextlib
import functools
import os
from typing import TYPE_CHECKING, Any

from halfgig.animators.base import SPEECH
from halfgig.errors import CellDied, CellFailed, HalfgigError
from halfgig.events import Notice, Progress
from halfgig.log import ERROR, WARNING, counted, log
from halfgig.pipeline.reports import StageResult
from halfgig.pipeline.video import Artifact, Stage, perform, results_of, run, stages, video_name
from halfgig.server.errors import Busy, LateWriter, StorageFull, StoreFailed
from halfgig.server.public_text import public_text
from halfgig.server.worker.speech.stream import StreamRequest
from halfgig.server.worker.turns import QUANTUM_S, Turns
from halfgig.server.worker.videos.context import BrokenOff, Cancelled, CellKilled
from halfgig.server.worker.videos.job_folder import kept_bytes, lasting, strip
from halfgig.server.worker.videos.kept_files import KeptFiles
from halfgig.server.worker.videos.progress import ProgressReporter
from halfgig.server.worker.videos.render_cell import RenderCell
from halfgig.server.worker.videos.signer import video_signing
from halfgig.storage.atomic_write import room_for
from halfgig.tts.spool import repair_spool, write_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

    from halfgig.media.chunks import SpeechSegment
    from halfgig.server.job import Job
    from halfgig.server.job_writer import JobWriter
    from halfgig.server.worker.turns import Turn
    from halfgig.server.worker.videos.context import StepContext

STEPS = ("speak", "measure", "render", "assemble")
"""The steps' names in DBOS, which are those of the recipe's stages."""

MOST_CRASHES = 3
"""Crashes of its cell in a row, without progress in between, after which a job fails."""

MOST_KILLS = 10
"""The same if the last cell was killed from outside."""

MOST_STARTS = 10
"""Starts of a step without progress after which its job fails: each time, the whole process died."""

Facts = list[list[str]]
"""Artifacts in the form DBOS stores: name and checksum of each."""


class Steps:
    """Makes videos step by step.

    Raises `BrokenOff` if this process must leave a job; every other outcome is written to the job store.
    """

    def __init__(self, context: StepContext) -> None:
        self._context = context
        self._kept: dict[str, KeptFiles] = {}
        self._turns = Turns(QUANTUM_S / min(1.0, context.plan.cpus))

    def make(self, job_id: str, step: Callable[[str, Facts, int], Facts | None]) -> str:
        """Make a job's video, each stage by `step(name, artifacts of earlier stages, token)`; return how it went.

        The fencing token is a new one: an earlier process that still works on the job can change nothing more.
        """
        row = self._context.store.claim(job_id, self._context.files.job(job_id).token())
        job = self._context.store.get(job_id)
        if job is None or row is None:
            return "the job is gone"
        try:
            run(job.request, _DurableStages(step, row.token))
        except _Ended as ended:
            return f"ended while {ended.stage.title}"
        except StoreFailed:
            raise
        except HalfgigError as error:  # the animator of an older request may be gone
            self._fail(row, job, "starting", error)
            return "refused"
        return "done"

    def run(self, name: str, job_id: str, before: Facts, token: int) -> Facts | None:
        """Run one step of a job when its client's turn comes; return its artifacts, or None if the job has ended.

        What it writes has the fencing token of `make`.
        """
        job = self._context.store.get(job_id)
        if job is None:
            return None
        try:
            leave = functools.partial(self._context.leave_if_asked, job_id)
            with self._turns.hold(job_id, job.client or job.owner, job.cost_s, leave) as turn:
                made = self._run_alone(name, self._context.store.writer(job_id, token), job_id, before, turn)
                if made is not None and name != STEPS[-1]:
                    turn.keep()
                return made
        except Cancelled:
            return None
        except LateWriter as error:
            log("worker", f"{job_id} is left: {error}", WARNING)
            raise BrokenOff from error

    @property
    def current(self) -> str | None:
        """The job that is worked on."""
        return self._turns.holder

    @property
    def client(self) -> str | None:
        """The client whose job is worked on."""
        return self._turns.client

    def _run_alone(self, name: str, row: JobWriter, job_id: str, before: Facts, turn: Turn) -> Facts | None:
        job = self._context.store.get(job_id)
        if job is None or not row.begin():
            return None
        stage = next(each for each in stages(job.request) if each.name == name)
        try:
            self._context.leave_if_asked(job_id)
            self._count_start(row, job, stage)
            made = self._perform(row, job, stage, before, turn)
        except BrokenOff:
            with contextlib.suppress(StorageFull):
                row.update_progress({"starts": 0})
            raise
        except (StoreFailed, LateWriter):
            raise
        except (HalfgigError, OSError) as error:
            self._context.leave_if_disk_is_short(job_id, stage.title)
            if not isinstance(error, HalfgigError):
                raise
            self._fail(row, job, stage.title, error)
            return None
        row.update_progress({"starts": 0})
        return made

    def _perform(self, row: JobWriter, job: Job, stage: Stage, before: Facts, turn: Turn) -> Facts:
        inputs = [Artifact(*each) for each in before]
        folder = self._context.folder(job)
        kept = self._kept[job.id] = KeptFiles(self._context, job, row.token)
        kept.open()
        with kept.groups():
            made = perform(stage, inputs, job.request, folder, functools.partial(self._until_done, row, job, turn))
        if stage.name == STEPS[-1]:
            kept.finish(lasting(job.request))
        else:
            kept.save(artifact.name for artifact in made)
        return [list(artifact) for artifact in made]

    def _fail(self, row: JobWriter, job: Job, doing: str, error: HalfgigError) -> None:
        # The message goes into the log's detail only: it may quote the client's text, and any API key can read the log.
        log("worker", f"{job.id} failed while {doing}: {error.code}", ERROR, f": {error}{_traceback(error)}")
        row.fail(refusal(error, self._context.folder(job)))

    def _until_done(self, row: JobWriter, job: Job, turn: Turn, stage: Stage) -> None:
        """Run a stage, again after a crash of its cell, up to the limits above."""
        works = {"speak": self._speak, "measure": self._measure, "render": self._render, "assemble": self._assemble}
        while True:
            reporter = ProgressReporter(row, self._context.store.get(job.id) or job)
            try:
                works[stage.name](job, turn, reporter)
            except CellDied as death:
                self._count_crash(row, job, death)
            else:
                return

    def _count_start(self, row: JobWriter, job: Job, stage: Stage) -> None:
        """Count a step's starts since its last progress; raise after too many that ended the process."""
        kept = kept_bytes(self._context.folder(job), job.request)
        same = (job.progress.get("stage"), job.progress.get("kept")) == (stage.title, kept)
        starts = int(job.progress.get("starts", 0)) + 1 if same else 1
        if starts > MOST_STARTS:
            raise CellDied(
                f"{stage.title} was begun {starts - 1} times and never came further than {sum(kept)} bytes, because "
                "the worker process ended each time; the log says why"
            )
        unknown = dict.fromkeys(("done", "total", "unit", "rate", "left_s"))
        facts = {"stage": stage.title, "kept": kept, "starts": starts, **unknown}
        row.update_progress(facts)

    def _count_crash(self, row: JobWriter, job: Job, death: CellDied) -> None:
        """Count a crash of a job's cell, from one again after progress; raise if there were too many."""
        log("cell", f"{job.id}: {death}", WARNING)
        store, kept = self._context.store, kept_bytes(self._context.folder(job), job.request)
        if kept > list((store.get(job.id) or job).progress.get("kept_at_crash") or [-1]):
            row.reset_crash_count()
        row.update_progress({"kept_at_crash": kept})
        crashes = row.count_crash()
        if crashes >= (MOST_KILLS if isinstance(death, CellKilled) else MOST_CRASHES):
            raise CellDied(f"set aside after {crashes} cells that came no further: {death}") from death

    def _speak(self, job: Job, turn: Turn, reporter: ProgressReporter) -> None:
        path = self._context.folder(job) / SPEECH
        with room_for(path):
            while not (state := repair_spool(path)).is_done:
                reporter.on_event(Progress("speaking", state.seconds, None, "s"))
                try:
                    self._speak_rest(job, turn, reporter, path)
                except (StorageFull, StoreFailed):
                    raise
                except Busy as busy:
                    self._context.leave_if_asked(job.id)
                    self._context.closing.wait(min(busy.after_s, 5.0))
                if turn.stands_aside or turn.should_yield:
                    turn.give_way(functools.partial(self._context.leave_if_asked, job.id))
        reporter.facts(maker=state.maker, seconds=round(state.seconds, 3))

    def _speak_rest(self, job: Job, turn: Turn, reporter: ProgressReporter, path: Path) -> None:
        """Speak on, until the text's end or until somebody else's turn has come."""
        speech, state = job.request.speech, repair_spool(path)
        assert speech
        request = StreamRequest(
            speech, start=state.next_start or 0, wants_words=True, is_background=True, client=turn.client
        )

        def is_wanted() -> bool:
            turn.step_aside()  # a sentence that waits for listeners keeps nobody from their turn
            return self._context.reason_to_leave(job.id) is None

        segments = self._context.speech.segments(request, is_wanted)
        with contextlib.closing(segments), path.open("ab") as file:
            seconds, next_start = state.seconds, state.next_start
            for each in segments:
                next_start = _append(each, next_start, file)
                seconds += each.seconds
                total = seconds * len(speech.text) / next_start if next_start else seconds
                reporter.on_event(Progress("speaking", seconds, total, "s"))
                is_over = turn.stands_aside or turn.should_yield
                if next_start is None or (next_start > (state.next_start or 0) and is_over):
                    return
        self._context.leave_if_asked(job.id)
        raise CellDied("speaking: the speech ended in the middle of the text; try again")

    def _measure(self, job: Job, turn: Turn, reporter: ProgressReporter) -> None:
        reporter.on_event(Progress("measuring", 0, None, "faces"))
        for _ in self._results(RenderCell(self._context, job, turn), job, reporter, "measure"):
            pass

    def _render(self, job: Job, turn: Turn, reporter: ProgressReporter) -> None:
        groups = self._context.render_job(job).groups()
        with self._kept[job.id].offered_groups(groups) as offered:
            cell = RenderCell(self._context, job, turn, offered.others_work)
            for _ in self._results(cell, job, reporter, "render"):
                pass
        reporter.facts(pace=round(reporter.pace, 3))

    def _assemble(self, job: Job, turn: Turn, reporter: ProgressReporter) -> None:
        folder = self._context.folder(job)
        cell = RenderCell(self._context, job, turn)
        with video_signing(self._context, job) as signing:
            results = self._results(cell, job, reporter, "assemble", signing.begin)
            (made,) = [each for each in results if isinstance(each, StageResult)]
            if said := signing.sign(made):
                reporter.on_event(Notice(public_text(said)))
        facts = {
            "frames": made.frames,
            "seconds": round(made.seconds, 3),
            "width": made.size[0],
            "height": made.size[1],
            "maker": made.maker,
            "bytes": (folder / video_name(job.request)).stat().st_size,
            "left_s": 0.0,
        }
        self._kept[job.id].save(results_of(job.request))
        if reporter.row.complete(facts):
            log("worker", f"{job.id} is done: {made.seconds:.1f} s of video, {counted(made.frames, 'frame')}")
        strip(folder, job.request)

    def _results(
        self,
        cell: RenderCell,
        job: Job,
        reporter: ProgressReporter,
        target: str,
        on_start: Callable[[], None] = lambda: None,
    ) -> Iterator[object]:
        """Run a stage in a cell, call `on_start` once that works, report its progress and yield its results."""
        before = float(job.progress.get("peak_private_mb", 0))
        try:
            for each in cell.run(target, self._context.render_job(job)):
                on_start()
                if isinstance(each, Progress | Notice):
                    reporter.on_event(each)
                else:
                    yield each
        finally:
            reporter.facts(peak_private_mb=round(max(before, cell.peak_private_mb), 1))


class _Ended(Exception):
    """The job failed or was cancelled during a stage."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.title)
        self.stage = stage


class _DurableStages:
    """Runs the recipe's stages as steps whose results DBOS records."""

    def __init__(self, step: Callable[[str, Facts, int], Facts | None], token: int) -> None:
        self._step = step
        self._token = token

    def run(self, stage: Stage, before: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
        made = self._step(stage.name, [list(artifact) for artifact in before], self._token)
        if made is None:
            raise _Ended(stage)
        return tuple(Artifact(*each) for each in made)


def refusal(error: HalfgigError, folder: Path) -> dict[str, Any]:
    """Return an error in the job store's form, without server paths."""
    message = public_text(str(error).replace(f"{folder}{os.sep}", ""))
    return {"message": message, "code": error.code, "status": error.status}


def _traceback(error: HalfgigError) -> str:
    return f"\n{error.traceback_text}" if isinstance(error, CellFailed) else ""


def _append(segment: SpeechSegment, next_start: int | None, file: IO[bytes]) -> int | None:
    """Append a segment to the spool; return where the next sentence starts.

    A segment that does not advance this position ends inside a sentence, which would be spoken again after a kill.
    """
    ends_sentence = segment.next_start is None or segment.next_start > (next_start or 0)
    write_segment(segment, file, ends_sentence=ends_sentence)
    return segment.next_start if ends_sentence else next_start
