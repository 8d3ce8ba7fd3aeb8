"""What cells are given, built with defaults: speech jobs, render jobs, workloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halfgig.animators.base import SPEECH, RenderJob
from halfgig.animators.registry import animator, check_request
from halfgig.cells.cell import Cell
from halfgig.pipeline.reports import StageResult
from halfgig.pipeline.speech import spool
from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.plan import workload
from halfgig.settings import Limits, Settings
from halfgig.storage.disk_cache import DiskCache
from halfgig.tts.readers import SpeechJob
from halfgig.tts.registry import ResolvedVoice, default_engine
from halfgig.tts.voice_selection import resolve_voice

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.capacity.plan import Workload

STAGES = ("measure", "render", "assemble")
"""The stages of a video that need pictures."""

STAGES_CELL = Cell("rendering", 200, 1)
"""Of all stages of a file's tests, one after the other: it takes longer to start than they take."""


def speech_job(text: str = "Good morning.", voice: str = "en-us", speed: float = 1.0, **more: Any) -> SpeechJob:
    """Return a text for espeak-ng."""
    return SpeechJob(SpeechRequest(text, voice, speed), ResolvedVoice(default_engine(), voice), Limits(), **more)


def installed_speech_job(data_dir: Path, text: str, voice: str = "", speed: float = 1.0, **more: Any) -> SpeechJob:
    """Return a text for the engine that has a voice among the models in a data folder."""
    resolved = resolve_voice(voice, Settings(data_dir=data_dir), lambda _: None)
    return SpeechJob(SpeechRequest(text, resolved.name, speed), resolved, Limits(), **more)


def render_job(
    folder: Path, portrait: Path | None = None, limits: Limits | None = None, model: Path | None = None, **request: Any
) -> RenderJob:
    """Return a job whose request has these fields; its portraits are cached in the folder."""
    asked = VideoRequest(portrait=str(portrait) if portrait else "", **request)
    spec = animator(asked.animator)
    return RenderJob(folder, asked, spec, limits or Limits(), DiskCache(folder / "faces", 2**20), model)


def spoken_job(folder: Path, text: str, portrait: Path | None = None, **more: Any) -> RenderJob:
    """Speak a text into a job's folder with espeak-ng; return the job."""
    job = speech_job(text)
    (_,) = [each for each in spool(job, folder / SPEECH) if isinstance(each, StageResult)]
    return render_job(folder, portrait, speech=job.request, **more)


def run_stage(name: str, job: RenderJob) -> list[object]:
    """Run a stage in a cell, where it belongs."""
    check_request(job.request)
    return list(STAGES_CELL.run(f"halfgig.pipeline.video_stages:{name}", job))


def load(workers: int = 1, *models: str, size: int = 512) -> Workload:
    """Return what a server does with these models."""
    return workload(frozenset(models), workers, size)
