"""The recipe for a video: speak, measure, render, assemble.

The command and the server run the same stages over a job's folder; only the runner differs. A stage writes named files
there and reports each with its checksum, so that a process that continues after a restart can verify them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from halfgig.animators.base import SPEECH
from halfgig.animators.registry import check_request
from halfgig.requests import TRANSPARENT
from halfgig.storage.checksum_trailer import checksum_and_length

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from halfgig.requests import VideoRequest

FRAMES = "frames"
"""Name of the rendered frames in a job's folder."""

VIDEO, TRANSPARENT_VIDEO = "video.mp4", "video.webm"
"""Names of the video in a job's folder."""

THUMBNAIL, WORDS, TRACK = "thumbnail.jpg", "words.vtt", "track.json"
"""Names of the other results; a recording has no words, and a track is only written if it is wanted."""

NEWEST = "newest.jpg"
"""Name of the newest frame in a job's folder, while frames are being rendered."""


def video_name(request: VideoRequest) -> str:
    """Return the name of a request's video in the job's folder: transparent ones are WebM, all others MP4."""
    return TRANSPARENT_VIDEO if request.background == TRANSPARENT else VIDEO


def results_of(request: VideoRequest) -> tuple[str, ...]:
    """Return the names of a request's results in the job's folder."""
    return video_name(request), THUMBNAIL, WORDS, TRACK


class Stage(NamedTuple):
    """One step of the recipe."""

    name: str
    """Name of its function: "speak", "measure", "render", "assemble"."""
    title: str
    """Name shown to users: "speaking"."""
    files: tuple[str, ...]
    """Names of the files it writes to the job's folder."""
    is_log: bool = False
    """Whether its file is a record log: then only a damaged tail must be made again."""


class Artifact(NamedTuple):
    """A file that a stage wrote, with the checksum that verifies it."""

    name: str
    """Name in the job's folder."""
    checksum: str
    """CRC-32 and length of the file."""

    def is_intact(self, folder: Path) -> bool:
        """Return whether the file in a job's folder is unchanged."""
        return checksum_and_length(folder / self.name) == self.checksum


class StageRunner(Protocol):
    """Runs stages: in cells one after the other for the command, with admission and lease for the worker."""

    def run(self, stage: Stage, before: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
        """Run a stage to its end and return its artifacts; `before` are the artifacts of earlier stages."""
        ...


def run(request: VideoRequest, runner: StageRunner) -> tuple[Artifact, ...]:
    """Make a video, stage by stage, and return all artifacts. Raises `BadSetting` and the runner's errors."""
    made: tuple[Artifact, ...] = ()
    for stage in stages(request):
        made += runner.run(stage, made)
    return made


def stages(request: VideoRequest) -> tuple[Stage, ...]:
    """Return the stages of a request in order. Raises `BadSetting` for an invalid request."""
    spec = check_request(request)
    speak = Stage("speak", "speaking", (SPEECH,), is_log=True)
    return (
        *((speak,) if request.speech else ()),
        Stage("measure", "measuring", spec.measured),
        Stage("render", "rendering", (FRAMES,), is_log=True),
        Stage("assemble", "assembling", results_of(request)),
    )


def perform(
    stage: Stage,
    before: Sequence[Artifact],
    request: VideoRequest,
    folder: Path,
    work: Callable[[Stage], None],
) -> tuple[Artifact, ...]:
    """Run a stage, after repeating earlier stages whose files are damaged; return the stage's artifacts."""
    for earlier in stages(request):
        damaged = [each for each in before if each.name in earlier.files and not each.is_intact(folder)]
        if damaged:
            if not earlier.is_log:
                _remove(folder, (each.name for each in damaged))
            work(earlier)
    work(stage)
    left = ((name, checksum_and_length(folder / name)) for name in stage.files)
    return tuple(Artifact(name, checksum) for name, checksum in left if checksum)


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
