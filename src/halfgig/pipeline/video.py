"""The one recipe for a video: speak, measure, render, assemble.

The command and the server run the same stages over a job's folder; only the runner differs.  A stage leaves named files
there and reports each with its checksum, so that the process that continues after a restart knows which are whole.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

from halfgig.animators.base import SPEECH
from halfgig.animators.registry import check_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from halfgig.requests import VideoRequest

FRAMES = "frames"
"""The name, in a job's folder, of the rendered frames."""

VIDEO, THUMBNAIL, WORDS = RESULTS = ("video.mp4", "thumbnail.jpg", "words.vtt")
"""The names, in a job's folder, of what was made; there are no words with a recording."""

NEWEST = "newest.jpg"
"""The name, in a job's folder, of the newest frame while more are being made."""

_BLOCK = 1 << 20


class Stage(NamedTuple):
    """One step of the recipe."""

    name: str
    """The function that does it: "speak", "measure", "render", "assemble"."""
    title: str
    """What is being done, for people: "speaking"."""
    files: tuple[str, ...]
    """The names, in the job's folder, of what it leaves."""
    is_log: bool = False
    """True when its file grows record by record: then a damaged tail is made again, and not all of it."""


class Artifact(NamedTuple):
    """A file that a stage left, and how to tell whether it is still whole."""

    name: str
    """Its name in the job's folder."""
    checksum: str
    """CRC-32 and length of its bytes."""

    def is_intact(self, folder: Path) -> bool:
        """Return whether the file in a job's folder is the one that the stage left."""
        return _checksum(folder / self.name) == self.checksum


class StageRunner(Protocol):
    """Runs stages: in cells one after the other for the command, with admission and lease for the worker."""

    def run(self, stage: Stage, before: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
        """Run a stage to its end and return what it left; `before` are the artifacts of the stages before it."""
        ...


def run(request: VideoRequest, runner: StageRunner) -> tuple[Artifact, ...]:
    """Make a video, stage by stage, and return all that was made.  Raises `BadSetting` and what the runner raises."""
    made: tuple[Artifact, ...] = ()
    for stage in stages(request):
        made += runner.run(stage, made)
    return made


def stages(request: VideoRequest) -> tuple[Stage, ...]:
    """Return the stages of a request, in their order.  Raises `BadSetting` for a request that cannot be right."""
    spec = check_request(request)
    speak = Stage("speak", "speaking", (SPEECH,), is_log=True)
    return (
        *((speak,) if request.speech else ()),
        Stage("measure", "measuring", spec.measured),
        Stage("render", "rendering", (FRAMES,), is_log=True),
        Stage("assemble", "assembling", RESULTS),
    )


def perform(
    stage: Stage,
    before: Sequence[Artifact],
    request: VideoRequest,
    folder: Path,
    work: Callable[[Stage], None],
) -> tuple[Artifact, ...]:
    """Do a stage, and before it those stages again whose files a disk has damaged since; return what the stage left."""
    for earlier in stages(request):
        damaged = [each for each in before if each.name in earlier.files and not each.is_intact(folder)]
        if damaged:
            if not earlier.is_log:
                _remove(folder, (each.name for each in damaged))
            work(earlier)
    work(stage)
    left = ((name, _checksum(folder / name)) for name in stage.files)
    return tuple(Artifact(name, checksum) for name, checksum in left if checksum)


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)


def _checksum(path: Path) -> str:
    """Return CRC-32 and length of a file; empty where there is none."""
    checksum = length = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                checksum, length = zlib.crc32(block, checksum), length + len(block)
    except FileNotFoundError:
        return ""
    return f"{checksum:08x}-{length}"
