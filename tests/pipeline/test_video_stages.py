"""The stages of a video: what a stage made before is not made again, and comes out the same."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from halfgig.cells.cell import Cell
from halfgig.cells.priority import NICENESS
from halfgig.errors import BadSetting, NoFace, PictureUnreadable
from halfgig.events import Notice, Progress
from halfgig.media.frame_store import read_packets
from halfgig.media.vp9 import decoded
from halfgig.pipeline.group_rendering import write_preview
from halfgig.pipeline.reports import StageResult
from halfgig.pipeline.video import FRAMES, NEWEST, THUMBNAIL, TRANSPARENT_VIDEO, VIDEO, WORDS, stages
from halfgig.requests import AUDIO, TRANSPARENT, VideoRequest
from halfgig.settings import Limits
from halfgig.storage.disk_cache import DiskCache
from tests.capacity.hosts import linux
from tests.media.sounds import tone, wav
from tests.support.jobs import STAGES, run_stage, spoken_job
from tests.support.media import frames, noise, portrait
from tests.support.shared import shared

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.animators.base import RenderJob

TEXT = "Good morning, everyone. Peter piped."


def job_in(folder: Path, picture: Path | None = None, size: int = 128, **more: Any) -> RenderJob:
    """Speak a text into a job's folder; return the job."""
    return spoken_job(folder, TEXT, picture or portrait(folder / "portrait.png"), size=size, seed=3, **more)


def test_the_stages_leave_a_video_with_a_picture_and_its_words(tmp_path: Path) -> None:
    asked = job_in(tmp_path)
    for stage in STAGES:
        results = run_stage(stage, asked)
    (made,) = [each for each in results if isinstance(each, StageResult)]
    assert len(list(frames(tmp_path / VIDEO))) == made.frames
    assert {path.name for path in tmp_path.iterdir()} >= {VIDEO, THUMBNAIL, WORDS}


def test_the_stages_leave_a_transparent_video_as_webm(tmp_path: Path) -> None:
    asked = job_in(tmp_path, size=64)
    asked = replace(asked, request=replace(asked.request, background=TRANSPARENT))
    for stage in STAGES:
        run_stage(stage, asked)
    assert {path.name for path in tmp_path.iterdir()} >= {TRANSPARENT_VIDEO, THUMBNAIL, NEWEST}
    shown = next(decoded(read_packets(tmp_path / FRAMES)))
    assert shown[2, 2, 3] < 20
    assert shown[32, 32, 3] > 235


def test_a_face_is_measured_again_once_another_detector_is_there(tmp_path: Path) -> None:
    detector, cache = shared("models/face_detection_yunet_2026may.onnx"), DiskCache(tmp_path / "faces", 2**20)
    kept = []
    for name, limits in (("before", Limits()), ("after", Limits(yunet=detector)), ("again", Limits(yunet=detector))):
        (tmp_path / name).mkdir()
        asked = job_in(tmp_path / name, portrait(tmp_path / "portrait.png"), limits=limits)
        run_stage("measure", replace(asked, cache=cache))
        kept.append(len(list((tmp_path / "faces").iterdir())))
    assert kept == [1, 2, 2]


def test_a_frame_can_be_seen_while_more_are_made(tmp_path: Path) -> None:
    asked = job_in(tmp_path, size=256)
    for stage in STAGES:
        run_stage(stage, asked)
    with Image.open(tmp_path / NEWEST) as shown:
        assert (shown.format, shown.size) == ("JPEG", (256, 256))
        seen = np.asarray(shown.convert("RGB")).astype(float)
    assert min(float(((seen - each) ** 2).mean()) for each in frames(tmp_path / VIDEO)) < 60
    assert list(tmp_path.glob(".newest*")) == []


def test_a_frame_is_shown_small_and_a_full_disk_ends_nothing(tmp_path: Path) -> None:
    large = np.zeros((1080, 1920, 3), np.uint8)
    write_preview(large, tmp_path / NEWEST)
    with Image.open(tmp_path / NEWEST) as shown:
        assert shown.size == (640, 360)
    write_preview(large, tmp_path / "not there" / NEWEST)


def test_frames_that_are_there_are_not_rendered_again(tmp_path: Path) -> None:
    asked = job_in(tmp_path)
    run_stage("measure", asked)
    run_stage("render", asked)
    before = (tmp_path / FRAMES).read_bytes()
    said = run_stage("render", asked)
    assert (tmp_path / FRAMES).read_bytes() == before
    counts = [each.done for each in said if isinstance(each, Progress)]
    assert counts == [counts[-1]] * len(counts)


def test_frames_that_were_lost_are_made_as_they_were(tmp_path: Path) -> None:
    asked = job_in(tmp_path)
    for stage in STAGES:
        run_stage(stage, asked)
    before = list(frames(tmp_path / VIDEO))
    os.truncate(tmp_path / FRAMES, (tmp_path / FRAMES).stat().st_size // 2)
    for stage in ("render", "assemble"):
        run_stage(stage, asked)
    after = list(frames(tmp_path / VIDEO))
    assert len(after) == len(before)
    assert all(np.array_equal(a, b) for a, b in zip(after, before, strict=True))


def test_a_measured_face_is_kept_with_what_was_noticed(tmp_path: Path) -> None:
    asked = job_in(tmp_path, size=64)
    first, second = run_stage("measure", asked), run_stage("measure", asked)
    assert first == second
    assert any(isinstance(each, Notice) and "the face is small" in each.text for each in first)


@pytest.mark.parametrize("changes", [{"size": 9}, {"fps": 1000.0}, {"animator": "wind"}, {"options": {"still": True}}])
def test_what_cannot_be_right_is_refused_before_anything_is_done(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSetting):
        stages(VideoRequest(idle=1.0, **changes))


def test_a_picture_without_a_face_and_a_lost_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoFace):
        run_stage("measure", job_in(tmp_path, noise(tmp_path / "noise.png")))
    with pytest.raises(PictureUnreadable):
        run_stage("measure", job_in(tmp_path, tmp_path / "nothing.png"))


@linux
@pytest.mark.parametrize("step", ["measure", "render"])
def test_steps_of_a_server_stand_back_behind_who_listens(tmp_path: Path, step: str) -> None:
    assert niceness_of(step, replace(job_in(tmp_path), stands_back=True)) >= NICENESS


@linux
@pytest.mark.parametrize("step", ["measure", "render"])
def test_steps_of_the_command_have_the_priority_of_the_command(tmp_path: Path, step: str) -> None:
    assert niceness_of(step, job_in(tmp_path)) == os.getpriority(os.PRIO_PROCESS, 0)


def niceness_of(step: str, asked: RenderJob) -> int:
    """Run a step in a cell; return the cell's nice value after it."""
    run_stage("measure", replace(asked, stands_back=False))
    with Cell("rendering", 200, 1) as cell:
        list(cell.run(f"halfgig.pipeline.video_stages:{step}", asked))
        assert cell.pid
        return os.getpriority(os.PRIO_PROCESS, cell.pid)


@pytest.mark.parametrize("milliseconds", [50, 90, 150])
def test_a_recording_shorter_than_a_frame_makes_a_video_of_one(tmp_path: Path, milliseconds: int) -> None:
    wav(tmp_path / AUDIO, tone(24 * milliseconds))
    asked = replace(job_in(tmp_path, size=64), request=VideoRequest(audio=AUDIO, size=64, fps=5.0))
    for stage in ("measure", "render", "assemble"):
        results = run_stage(stage, asked)
    assert [each.frames for each in results if isinstance(each, StageResult)] == [1]
