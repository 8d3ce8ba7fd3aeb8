"""The command's stage runner: runs a video's stages one cell at a time, in a temporary folder."""

from __future__ import annotations

import contextlib
import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from halfgig.animators.base import SPEECH, RenderJob
from halfgig.animators.puppet.spec import KNOWN_RIG
from halfgig.animators.registry import check_request
from halfgig.avatars.saved import is_pack, unpack
from halfgig.errors import OutputUnwritable
from halfgig.models.installed import InstalledModels
from halfgig.pipeline.product_signer import Product
from halfgig.pipeline.runner import Task
from halfgig.pipeline.signing import video_making
from halfgig.pipeline.video import Stage, perform, run, video_name
from halfgig.requests import PORTRAIT, VideoRequest
from halfgig.storage.atomic_write import room_for
from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.avatars.saved import AvatarSettings
    from halfgig.pipeline.reports import StageResult
    from halfgig.pipeline.runner import LocalRunner
    from halfgig.pipeline.video import Artifact
    from halfgig.settings import Settings
    from halfgig.tts.readers import SpeechJob


class SavedAvatar(NamedTuple):
    """An avatar's file that was written."""

    path: Path
    """Path of the file."""
    bytes: int
    """Its size."""
    notices: tuple[str, ...]
    """Remarks for the user on the portrait."""


def save_avatar(portrait: str, settings: AvatarSettings, runner: LocalRunner, part: Path) -> None:
    """Measure a portrait, an absolute path, and write the avatar's file `part`."""
    request = VideoRequest(portrait=portrait, landmarks=settings.landmarks)
    with _folder_for(part, "avatar") as folder:
        job = _job(request, runner.settings, folder)
        costs = job.spec.costs_of(request)(request.size)
        runner.do(Task("measuring", costs, "halfgig.avatars.saved:save", (job, settings, part)))


@contextlib.contextmanager
def made_video(
    request: VideoRequest, speech: SpeechJob | None, runner: LocalRunner, part: Path
) -> Iterator[tuple[StageResult, Path]]:
    """Make a video in the file `part`; yield the result and the job's folder, which is removed after the block.

    `speech` is spoken if the request has a text. File names in the request are absolute paths; the portrait may be an
    avatar's file.
    """
    with _folder_for(part, "video") as folder:
        with room_for(folder):
            request = _unpacked(request, folder)
        stages = _LocalStages(request, speech, runner, folder)
        run(request, stages)
        assert stages.result
        (folder / video_name(request)).replace(part)
        yield stages.result, folder


@contextlib.contextmanager
def _folder_for(part: Path, kind: str) -> Iterator[Path]:
    """Yield a new folder for what is made on the way to the file `part`; it is removed in the end."""
    folder = part.with_name(part.name.replace(".part", f".{kind}.part"))
    try:
        shutil.rmtree(folder, ignore_errors=True)  # of a killed process that had our process id
        with room_for(folder):
            folder.mkdir()
        yield folder
    except OutputUnwritable as error:
        # The temporary folder means nothing to the user: name the video instead.
        inside = re.escape(str(folder)) + r"(?:/[\w.]+)?"
        raise OutputUnwritable(re.sub(inside, lambda _: str(part), str(error))) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpacked(request: VideoRequest, folder: Path) -> VideoRequest:
    """Return a request with the portrait of an avatar's file, if it names one; the rig is then in the folder, too."""
    path = Path(request.portrait)
    if not is_pack(path):
        return request
    settings = unpack(path, folder)
    if request.landmarks not in ("", settings.landmarks):  # the face is somewhere else
        (folder / KNOWN_RIG).unlink()
    return replace(request, portrait=PORTRAIT, landmarks=request.landmarks or settings.landmarks)


@dataclass
class _LocalStages:
    """Runs the stages of one video in cells of one command."""

    request: VideoRequest
    speech: SpeechJob | None
    runner: LocalRunner
    folder: Path
    result: StageResult | None = field(default=None, init=False)

    def run(self, stage: Stage, before: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
        return perform(stage, before, self.request, self.folder, self._work)

    def _work(self, stage: Stage) -> None:
        if stage.name == "assemble":
            self._assemble(self._task(stage))
        else:
            task = self._speaking() if stage.name == "speak" else self._task(stage)
            self.result = self.runner.do(task) or self.result

    def _assemble(self, task: Task) -> None:
        """Make the video's file and sign it, by cells that start meanwhile."""
        video, job = self.folder / video_name(self.request), _job(self.request, self.runner.settings, self.folder)
        product = Product(video, video.suffix[1:], lambda made: video_making(job, made))
        self.result = self.runner.do(task, None, product)

    def _speaking(self) -> Task:
        assert self.speech
        spec = self.speech.heaviest.spec
        target, args = "halfgig.pipeline.speech:spool", (self.speech, self.folder / SPEECH)
        return Task("speaking", (spec.cost,), target, args, is_kept=spec.has_network)

    def _task(self, stage: Stage) -> Task:
        job = _job(self.request, self.runner.settings, self.folder)
        # Errors of all these stages are reported as "rendering", which is what the user waits for.
        return Task(
            "rendering",
            job.spec.costs_of(self.request)(self.request.size),
            f"halfgig.pipeline.video_stages:{stage.name}",
            (job,),
            groups=job.groups() if stage.name == "render" else 1,
        )


def _job(request: VideoRequest, settings: Settings, folder: Path) -> RenderJob:
    spec = check_request(request)
    model = InstalledModels(settings.data_dir).find(spec.model).folder if spec.model else None
    cache = DiskCache(settings.data_dir / "faces", settings.cache_mb / 2 * 2**20)
    return RenderJob(folder, request, spec, settings.limits, cache, model)
