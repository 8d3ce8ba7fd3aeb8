"""The library: speech and talking portraits, made in a cell, so that the caller's process stays as small as it was."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, cast

from halfgig.errors import MemoryExceeded, UnknownFormat, UsageError
from halfgig.events import Event, Notice
from halfgig.footprints import SAY_MB, talk_mb
from halfgig.memory.budget import cell_budget_mb
from halfgig.memory.cell import Cell
from halfgig.memory.limits import memory_limit, parse_size
from halfgig.output import finished_file
from halfgig.pipeline import Made
from halfgig.requests import DEFAULT_VOICE, SpeechRequest, VideoRequest
from halfgig.settings import Settings, read_settings
from halfgig.speech.sound_write import format_of
from halfgig.speech.speaker import Chunk, Voice

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


def _settings(memory: str | int | None) -> Settings:
    settings = read_settings()
    if memory is None:
        return settings
    return replace(settings, memory_limit=parse_size(memory) if isinstance(memory, str) else memory)


def _budgets(settings: Settings, want_mb: int) -> list[int]:
    """Give what a cell may use at first and, should that not do, all that the limit leaves."""
    limit = memory_limit(settings.memory_limit)
    first, all_mb = cell_budget_mb(limit, want_mb), cell_budget_mb(limit, 1 << 20)
    return [first] if all_mb <= first else [first, min(all_mb, 4 * first)]


class _Job(NamedTuple):
    """Say what runs in the cell, besides the file it writes."""

    stage: str
    want_mb: int
    target: str
    request: SpeechRequest | VideoRequest
    more: tuple[object, ...] = ()


def _run_in(budget_mb: int, job: _Job, part: Path, tell: Listener) -> tuple[Made, Cell]:
    with Cell(job.stage, budget_mb) as cell:
        for said in cell.run(job.target, job.request, part, *job.more):
            if isinstance(said, Made):
                made = said
            else:
                tell(cast("Event", said))
    return made, cell


def _run(job: _Job, part: Path, tell: Listener) -> tuple[Made, Cell]:
    """Run a job; when its budget does not do and there is more memory, run it once more with that."""
    first_mb, *more = _budgets(job.request.settings, job.want_mb)
    try:
        return _run_in(first_mb, job, part, tell)
    except MemoryExceeded:
        if not more:
            raise
    tell(Notice(f"{job.stage} needs more than {first_mb} MB of memory; trying again with {more[0]} MB"))
    return _run_in(more[0], job, part, tell)


def _make(path: Path, job: _Job, tell: Listener | None) -> Result:
    start = time.monotonic()
    notices: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, Notice):
            notices.append(event.text)
        if tell:
            tell(event)

    with finished_file(path) as part:
        made, cell = _run(job, part, hear)
    took_s, peak = time.monotonic() - start, cell.peak
    return Result(
        path,
        made.seconds,
        made.maker,
        made.frames,
        made.size,
        took_s,
        peak.resident_mb,
        peak.private_mb,
        cell.budget_mb,
        tuple(notices),
    )


def say(
    text: str,
    output: str | Path,
    *,
    voice: str = DEFAULT_VOICE,
    speed: float = 1.0,
    memory: str | int | None = None,
    tell: Listener | None = None,
) -> Result:
    """Speak a text into a sound file; its ending chooses the format: wav, mp3, opus, flac, aac.

    `speed` is a factor, 0.25 to 4.  `memory` bounds what all processes together may use, as "512M" or in bytes.
    `tell` hears how far it is.  Raises `HalfgigError`; the file appears only when it is whole.
    """
    path = Path(output)
    sound_format = format_of(path)
    request = SpeechRequest(text, voice, speed, _settings(memory))
    return _make(path, _Job("speaking", SAY_MB, "halfgig.pipeline:say", request, (sound_format,)), tell)


def speak(
    text: str, *, voice: str = DEFAULT_VOICE, speed: float = 1.0, memory: str | int | None = None
) -> Iterator[Chunk]:
    """Speak a text and yield its sound a sentence at a time, with the times of its phonemes and words.

    A chunk's `pcm` is mono, 24,000 samples a second, s16le.  Leaving the iterator early ends the work at once.
    Raises `HalfgigError`.
    """
    request = SpeechRequest(text, voice, speed, _settings(memory))
    budget_mb = _budgets(request.settings, SAY_MB)[0]
    with Cell("speaking", budget_mb) as cell:
        for chunk in cell.run("halfgig.pipeline:speak", request):
            yield cast("Chunk", chunk)


def talk(
    portrait: str | Path,
    text: str | None = None,
    output: str | Path = "talk.mp4",
    *,
    audio: str | Path | None = None,
    voice: str = DEFAULT_VOICE,
    speed: float = 1.0,
    animator: str = "puppet",
    size: int = 512,
    fps: float = 25.0,
    seed: int = 0,
    landmarks: str = "",
    memory: str | int | None = None,
    tell: Listener | None = None,
) -> Result:
    """Make a portrait say a text, or speak along with a recording, in an MP4 file.

    Give either `text` or `audio`.  `size` is the longer side of the frames in pixels, `seed` decides blinks and sway,
    `landmarks` places the face by hand as "x,y x,y x,y x,y x,y" (the person's right eye, left eye, nose tip, right
    and left corner of the mouth, in pixels of the upright picture).  `voice`, `speed`, `memory` and `tell` are as for
    `say`.  Raises `HalfgigError`; the file appears only when it is whole.
    """
    if (text is None) == (audio is None):
        raise UsageError("give either a text or a recording to speak along with, not both and not neither")
    path = Path(output)
    if path.suffix.lower() != ".mp4":
        raise UnknownFormat(f"{str(path)!r} does not end in .mp4, the one format videos are written in; name it so")
    settings = _settings(memory)
    speech = SpeechRequest(text, voice, speed, settings) if text is not None else Path(audio or "")
    request = VideoRequest(Path(portrait), speech, animator, size, fps, seed, landmarks, settings)
    return _make(path, _Job("rendering", talk_mb(size), "halfgig.pipeline:talk", request), tell)


def voices(memory: str | int | None = None) -> list[Voice]:
    """List the voices there are, sorted by name."""
    with Cell("listing voices", _budgets(_settings(memory), SAY_MB)[0]) as cell:
        return [cast("Voice", voice) for voice in cell.run("halfgig.pipeline:voices")]
