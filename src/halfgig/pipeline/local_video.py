"""The command's stage runner: runs a video's stages one cell at a time, in a temporary folder."""

from __future__ import annotations

import contextlib
import re
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from halfgig.animators.base import SPEECH, RenderJob
from halfgig.animators.registry import check_request
from halfgig.errors import OutputUnwritable
from halfgig.models.installed import InstalledModels
from halfgig.pipeline.runner import Task
from halfgig.pipeline.video import Stage, perform, run, video_name
from halfgig.storage.atomic_write import room_for
from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.pipeline.reports import StageResult
    from halfgig.pipeline.runner import LocalRunner
    from halfgig.pipeline.video import Artifact
    from halfgig.requests import VideoRequest
    from halfgig.tts.readers import SpeechJob


@contextlib.contextmanager
def made_video(
    request: VideoRequest, speech: SpeechJob | None, runner: LocalRunner, part: Path
) -> Iterator[tuple[StageResult, Path]]:
    """Make a video in the file `part`; yield the result and the job's folder, which is removed after the block.

    `speech` is spoken if the request has a text. File names in the request are absolute paths.
    """
    folder = part.with_name(part.name.replace(".part", ".video.part"))
    try:
        shutil.rmtree(folder, ignore_errors=True)  # of a killed process that had our process id
        with room_for(folder):
            folder.mkdir()
        stages = _LocalStages(request, speech, runner, folder)
        run(request, stages)
        assert stages.result
        (folder / video_name(request)).replace(part)
        yield stages.result, folder
    except OutputUnwritable as error:
        # The temporary folder means nothing to the user: name the video instead.
        inside = re.escape(str(folder)) + r"(?:/[\w.]+)?"
        raise OutputUnwritable(re.sub(inside, lambda _: str(part), str(error))) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
        self.result = self.runner.do(self._speaking() if stage.name == "speak" else self._task(stage)) or self.result

    def _speaking(self) -> Task:
        assert self.speech
        spec = self.speech.heaviest.spec
        target, args = "halfgig.pipeline.speech:spool", (self.speech, self.folder / SPEECH)
        return Task("speaking", (spec.cost,), target, args, is_kept=spec.has_network)

    def _task(self, stage: Stage) -> Task:
        settings, spec = self.runner.settings, check_request(self.request)
        model = InstalledModels(settings.data_dir).find(spec.model).folder if spec.model else None
        cache = DiskCache(settings.data_dir / "faces", settings.cache_mb / 2 * 2**20)
        job = RenderJob(self.folder, self.request, spec, settings.limits, cache, model)
        # Errors of all these stages are reported as "rendering", which is what the user waits for.
        return Task(
            "rendering",
            spec.costs_of(self.request)(self.request.size),
            f"halfgig.pipeline.video_stages:{stage.name}",
            (job,),
        )
