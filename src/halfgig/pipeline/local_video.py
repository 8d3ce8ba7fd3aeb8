"""How one call makes a video: in one cell with the puppet, step by step with SadTalker; speech first where it must."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from halfgig.capacity.budget import FRONT_MB, RESERVE_MB
from halfgig.capacity.memory_costs import (
    KOKORO_MB,
    SADTALKER_MB,
    SADTALKER_ONE_THREAD_MB,
    SADTALKER_TWO_THREADS_MB,
    SAY_MB,
    sadtalker_mb,
    talk_mb,
)
from halfgig.errors import MemoryExceeded
from halfgig.pipeline.local_runner import LocalRunner, Stage, budgets_mb
from halfgig.pipeline.recipes import StageResult
from halfgig.pipeline.video_steps import RenderJob
from halfgig.requests import SADTALKER, VIDEO, SpeechRequest, SpokenBefore, VideoRequest
from halfgig.storage.atomic_write import room_for

STEPS = ("measure", "film", "assemble")
"""Functions of `halfgig.pipeline.video_steps`, in their order."""


def speaking_mb(request: SpeechRequest) -> int:
    """Give the budget of a cell that speaks, in MB."""
    return KOKORO_MB if request.kokoro else SAY_MB


def make_video(request: VideoRequest, shift: LocalRunner, part: Path) -> StageResult:
    """Make a video into a file; what is made on the way lies beside it and goes."""
    cpus = sadtalker_cpus(request) if request.animator == SADTALKER else None
    with _spoken(request, shift, part) as ready:
        if request.animator == SADTALKER:
            return _filmed(ready, shift, part, cpus)
        tells_words = isinstance(ready.speech, SpeechRequest) and ready.speech.wants_words
        job = Stage(
            "rendering", talk_mb(request.size), "halfgig.pipeline.recipes:talk", (ready, part), tells_words=tells_words
        )
        made = shift.do(job)
    assert made
    return made


@contextlib.contextmanager
def _spoken(request: VideoRequest, shift: LocalRunner, part: Path) -> Iterator[VideoRequest]:
    """Let Kokoro, and whoever speaks for SadTalker, speak first, in a cell of its own.

    Two models are never in memory at once, and SadTalker must know how long a speech is.
    """
    speech = request.speech
    if not isinstance(speech, SpeechRequest) or not (speech.kokoro or request.animator == SADTALKER):
        yield request
        return
    spool = part.with_name(part.name.replace(".part", ".speech.part"))
    try:
        made = shift.do(
            Stage(
                "speaking",
                speaking_mb(speech),
                "halfgig.pipeline.recipes:spool",
                (speech, spool),
                is_kept=speech.kokoro is not None,
                tells_words=speech.wants_words,
            )
        )
        assert made
        yield replace(request, speech=SpokenBefore(spool, made.maker, made.seconds))
    finally:
        spool.unlink(missing_ok=True)


def _filmed(request: VideoRequest, shift: LocalRunner, part: Path, cpus: float | None) -> StageResult:
    """Make a video step by step, as the server does: each step in a cell of its own."""
    folder = part.with_name(part.name.replace(".part", ".film.part"))
    settings = request.settings
    shoot = RenderJob(folder, request, settings.data_dir / "faces", settings.cache_mb / 2)
    made = None
    try:
        shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed, and had the number we have now
        with room_for(folder):
            folder.mkdir()
        for step in STEPS:
            made = shift.do(
                Stage(
                    "rendering", sadtalker_mb(request.size), f"halfgig.pipeline.video_steps:{step}", (shoot,), cpus=cpus
                )
            )
        (folder / VIDEO).replace(part)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert made
    return made


def sadtalker_cpus(request: VideoRequest) -> float | None:
    """Give how many processors SadTalker's cells may use; None: all there are.

    Raises `MemoryExceeded` where the limit leaves too little for one.
    """
    there_mb = budgets_mb(request.settings, sadtalker_mb(request.size))[0]
    picture_mb = sadtalker_mb(request.size) - SADTALKER_MB
    if there_mb >= SADTALKER_TWO_THREADS_MB + picture_mb:
        return None
    least_mb = SADTALKER_ONE_THREAD_MB + picture_mb
    if there_mb < least_mb:
        told = f"it works in {least_mb} MB, with --memory {least_mb + FRONT_MB + RESERVE_MB}M; the puppet needs less"
        raise MemoryExceeded("SadTalker", there_mb, told)
    return 1.0
