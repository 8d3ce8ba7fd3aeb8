"""How one call makes a video: in one cell with the puppet, step by step with SadTalker; speech first where it must."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from halfgig.filming import Shoot
from halfgig.footprints import KOKORO_MB, SAY_MB, sadtalker_mb, talk_mb
from halfgig.pipeline import Made
from halfgig.requests import SADTALKER, VIDEO, SpeechRequest, SpokenBefore, VideoRequest
from halfgig.shift import Job, Shift

STEPS = ("measure", "film", "assemble")
"""Functions of `halfgig.filming`, in their order."""


def speaking_mb(request: SpeechRequest) -> int:
    """Give the budget of a cell that speaks, in MB."""
    return KOKORO_MB if request.kokoro else SAY_MB


def make_video(request: VideoRequest, shift: Shift, part: Path) -> Made:
    """Make a video into a file; what is made on the way lies beside it and goes."""
    with _spoken(request, shift, part) as ready:
        if request.animator == SADTALKER:
            return _filmed(ready, shift, part)
        tells_words = isinstance(ready.speech, SpeechRequest) and ready.speech.wants_words
        job = Job("rendering", talk_mb(request.size), "halfgig.pipeline:talk", (ready, part), tells_words=tells_words)
        made = shift.do(job)
    assert made
    return made


@contextlib.contextmanager
def _spoken(request: VideoRequest, shift: Shift, part: Path) -> Iterator[VideoRequest]:
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
            Job(
                "speaking",
                speaking_mb(speech),
                "halfgig.pipeline:spool",
                (speech, spool),
                is_kept=speech.kokoro is not None,
                tells_words=speech.wants_words,
            )
        )
        assert made
        yield replace(request, speech=SpokenBefore(spool, made.maker, made.seconds))
    finally:
        spool.unlink(missing_ok=True)


def _filmed(request: VideoRequest, shift: Shift, part: Path) -> Made:
    """Make a video step by step, as the server does: each step in a cell of its own."""
    folder = part.with_name(part.name.replace(".part", ".film.part"))
    settings = request.settings
    shoot = Shoot(folder, request, settings.data_dir / "faces", settings.cache_mb / 2)
    folder.mkdir()
    made = None
    try:
        for step in STEPS:
            made = shift.do(Job("rendering", sadtalker_mb(request.size), f"halfgig.filming:{step}", (shoot,)))
        (folder / VIDEO).replace(part)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert made
    return made
