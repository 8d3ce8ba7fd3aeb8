"""What the steps of a video work with: settings, memory, the voice, the book; and how they are broken off."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from halfgig.errors import CellDied
from halfgig.pipeline.video_steps import RenderJob
from halfgig.requests import SADTALKER, Idle, SpokenBefore, VideoRequest
from halfgig.server.video_order import AUDIO, PORTRAIT
from halfgig.tts.spool import mend_spool
from halfgig.tts.voice_selection import sadtalker_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager

    from halfgig.capacity.plan import Plan
    from halfgig.server.job_store import Job, JobStore
    from halfgig.server.paths import ServerPaths
    from halfgig.server.video_order import VideoOrder
    from halfgig.server.worker.speech.slices import Slice, SpeechOrder
    from halfgig.settings import Settings

SPEECH = "speech"
"""The name, in a job's folder, of what was spoken so far."""

PRESENTER = Path(__file__).parents[3] / "assets" / "presenter.png"
"""Who speaks where no portrait was sent."""


class BrokenOff(BaseException):
    """Leave a step without an end: this process gives the job up, and it goes on later, here or elsewhere.

    No `Exception`, so that DBOS does not take it for the step's result.
    """


class Cancelled(Exception):
    """Leave a step because nobody wants the video any more."""


class CellKilled(CellDied):
    """Report a cell that somebody else ended: the guard for memory, or a hand; the job need not be to blame."""


def leave(reason: str | None) -> None:
    """Raise `Cancelled` or `BrokenOff` for a reason that `Studio.wish_to_end` gives; do nothing for None."""
    if reason == "cancelled":
        raise Cancelled
    if reason == "closing":
        raise BrokenOff


class Voice(Protocol):
    """Speak for a video: the speech server's side that is seen here."""

    def slices(self, wish: SpeechOrder, is_wanted: Callable[[], bool]) -> Generator[Slice]:
        """Yield a speech slice by slice, until `is_wanted` says no."""
        ...

    def someone_listens_for_first_sound(self) -> bool:
        """Tell whether someone waits for a speech to begin."""
        ...


class Room(Protocol):
    """Share the memory out among cells: the seats' side that is seen here."""

    def hold(self, name: str, mb: int, evict: Callable[[], None] | None) -> AbstractContextManager[object]:
        """Wait until so much is free, and have it until the block ends."""
        ...


@dataclass(frozen=True, slots=True)
class StepContext:
    """Hold what all videos are made with."""

    settings: Settings
    plan: Plan
    seats: Room
    speech: Voice
    book: JobStore
    places: ServerPaths
    record_peak: Callable[[str, float, float], None] = lambda _stage, _private_mb, _data_mb: None
    """Is told what a stage took at most, private and reserved, in MB."""
    closing: threading.Event = field(default_factory=threading.Event)
    """Set when this process gives its jobs up."""
    holds_lease: Callable[[], bool] = lambda: True
    """Tells whether our jobs are still ours; where another process may have taken them over, they are left."""

    def folder(self, job: Job) -> Path:
        """Name a job's folder."""
        return self.places.job(job.id)

    def leave_if_asked(self, job_id: str) -> None:
        """Raise `Cancelled` or `BrokenOff` when a job should be left."""
        leave(self.wish_to_end(job_id))

    def wish_to_end(self, job_id: str) -> str | None:
        """Say why a job should be left: "cancelled" or "closing"; None to go on."""
        if self.closing.is_set() or not self.holds_lease():
            return "closing"
        job = self.book.get(job_id)
        return None if job and job.is_open else "cancelled"

    def shoot(self, job: Job) -> RenderJob:
        """Say what a cell is to film for a job.  Raises `ModelMissing` where SadTalker is wanted and not here."""
        folder, order = self.folder(job), job.order
        request = VideoRequest(
            portrait=folder / PORTRAIT if order.has_portrait else PRESENTER,
            speech=_speech(order, folder),
            animator=order.animator,
            size=order.size,
            fps=order.fps,
            seed=order.seed,
            landmarks=order.landmarks,
            sadtalker=order.sadtalker(folder),
            model=sadtalker_folder(self.settings) if order.animator == SADTALKER else None,
            settings=self.settings,
        )
        return RenderJob(folder, request, self.places.cache / "faces", self.settings.cache_mb / 2)


def _speech(order: VideoOrder, folder: Path) -> Idle | Path | SpokenBefore:
    if order.idle:
        return Idle(order.idle)
    return folder / AUDIO if order.has_audio else _spoken(folder / SPEECH)


def _spoken(path: Path) -> SpokenBefore:
    state = mend_spool(path)
    return SpokenBefore(path, state.maker, state.seconds)
