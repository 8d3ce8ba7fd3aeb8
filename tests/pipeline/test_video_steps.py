"""A video in steps: what a step has made before is not made again, and it looks as the command line's does."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from halfgig.cells.cell import Cell
from halfgig.errors import BadSetting, NoFace, PictureUnreadable
from halfgig.events import Notice, Progress
from halfgig.pipeline.recipes import StageResult, spool, talk
from halfgig.pipeline.video_steps import FRAMES, NICENESS, RenderJob, show
from halfgig.requests import NEWEST, THUMBNAIL, VIDEO, WORDS, SpeechRequest, SpokenBefore, VideoRequest
from halfgig.settings import Settings
from tests.capacity.hosts import linux
from tests.support.media import frames, noise, portrait
from tests.support.shared import shared

if TYPE_CHECKING:
    from pathlib import Path

TEXT = SpeechRequest("Good morning, everyone. Peter piped.", "en-us")


def shoot(folder: Path, picture: Path | None = None, size: int = 128) -> RenderJob:
    """Speak a text into a job's folder; give what is to be filmed."""
    (made,) = [each for each in spool(TEXT, folder / "speech") if isinstance(each, StageResult)]
    speech = SpokenBefore(folder / "speech", made.maker, made.seconds)
    request = VideoRequest(picture or portrait(folder / "portrait.png"), speech, size=size, seed=3)
    return RenderJob(folder, request, folder / "faces", 1.0)


def in_cell(target: str, asked: RenderJob) -> list[object]:
    """Run a step where it belongs: it lowers its process's priority."""
    with Cell("rendering", 200, 1) as cell:
        return list(cell.run(f"halfgig.pipeline.video_steps:{target}", asked))


def test_the_steps_make_what_the_command_line_makes(tmp_path: Path) -> None:
    asked = shoot(tmp_path)
    for step in ("measure", "film", "assemble"):
        said = in_cell(step, asked)
    (made,) = [each for each in said if isinstance(each, StageResult)]
    (other,) = [each for each in talk(asked.request, tmp_path / "talk.mp4") if isinstance(each, StageResult)]
    assert made == other
    pairs = zip(frames(tmp_path / VIDEO), frames(tmp_path / "talk.mp4"), strict=True)
    noises = [float(((a.astype(float) - b) ** 2).mean()) for a, b in pairs]
    assert len(noises) == made.frames
    assert max(noises) < 20  # 35 dB: two encoders' settings, one set of poses
    assert {path.name for path in tmp_path.iterdir()} >= {VIDEO, THUMBNAIL, WORDS}


def test_a_face_is_measured_anew_once_sadtalkers_detector_is_here(tmp_path: Path) -> None:
    detector = shared("models/face_detection_yunet_2026may.onnx")
    settings, faces = Settings(data_dir=tmp_path / "data"), tmp_path / "faces"
    kept = []
    for name in ("before", "after", "again"):
        (tmp_path / name).mkdir()
        asked = shoot(tmp_path / name, portrait(tmp_path / "portrait.png"))
        in_cell("measure", replace(asked, faces=faces, request=replace(asked.request, settings=settings)))
        kept.append(len(list(faces.iterdir())))
        (tmp_path / "data" / "models" / "sadtalker").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(detector, tmp_path / "data" / "models" / "sadtalker" / "yunet.onnx")
    assert kept == [1, 2, 2]


def test_a_frame_can_be_seen_while_more_are_made(tmp_path: Path) -> None:
    asked = shoot(tmp_path, size=256)
    for step in ("measure", "film", "assemble"):
        in_cell(step, asked)
    with Image.open(tmp_path / NEWEST) as shown:
        assert (shown.format, shown.size) == ("JPEG", (256, 256))
        seen = np.asarray(shown.convert("RGB")).astype(float)
    assert min(float(((seen - each) ** 2).mean()) for each in frames(tmp_path / VIDEO)) < 60
    assert list(tmp_path.glob(".newest*")) == []


def test_a_frame_is_shown_small_and_a_full_disk_ends_nothing(tmp_path: Path) -> None:
    large = np.zeros((1080, 1920, 3), np.uint8)
    show(large, tmp_path / NEWEST)
    with Image.open(tmp_path / NEWEST) as shown:
        assert shown.size == (640, 360)
    show(large, tmp_path / "not there" / NEWEST)


def test_frames_that_are_there_are_not_rendered_again(tmp_path: Path) -> None:
    asked = shoot(tmp_path)
    in_cell("measure", asked)
    in_cell("film", asked)
    before = (tmp_path / FRAMES).read_bytes()
    said = in_cell("film", asked)
    assert (tmp_path / FRAMES).read_bytes() == before
    counts = [each.done for each in said if isinstance(each, Progress)]
    assert counts == [counts[-1]] * len(counts)


def test_frames_that_were_lost_are_made_as_they_were(tmp_path: Path) -> None:
    asked = shoot(tmp_path)
    for step in ("measure", "film", "assemble"):
        in_cell(step, asked)
    before = list(frames(tmp_path / VIDEO))
    os.truncate(tmp_path / FRAMES, (tmp_path / FRAMES).stat().st_size // 2)
    for step in ("film", "assemble"):
        in_cell(step, asked)
    after = list(frames(tmp_path / VIDEO))
    assert len(after) == len(before)
    assert max(float(((a.astype(float) - b) ** 2).mean()) for a, b in zip(after, before, strict=True)) < 12


def test_frames_that_a_disk_has_damaged_are_rendered_again(tmp_path: Path) -> None:
    asked = shoot(tmp_path)
    for step in ("measure", "film"):
        in_cell(step, asked)
    kept = bytearray((tmp_path / FRAMES).read_bytes())
    kept[len(kept) // 2] ^= 1
    (tmp_path / FRAMES).write_bytes(kept)
    (made,) = [each for each in in_cell("assemble", asked) if isinstance(each, StageResult)]
    assert isinstance(asked.request.speech, SpokenBefore)
    assert made.frames == round(asked.request.speech.seconds * 25)
    assert len(list(frames(tmp_path / VIDEO))) == made.frames


def test_a_measured_face_is_kept_with_what_was_noticed(tmp_path: Path) -> None:
    asked = shoot(tmp_path, size=64)
    first, second = in_cell("measure", asked), in_cell("measure", asked)
    assert first == second
    assert any(isinstance(each, Notice) and "the face is small" in each.text for each in first)


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"size": 9}, BadSetting), ({"fps": 1000.0}, BadSetting), ({"animator": "wind"}, BadSetting)],
)
def test_what_cannot_be_right_is_refused_before_the_picture_is_read(
    tmp_path: Path, changes: dict[str, object], error: type[Exception]
) -> None:
    asked = shoot(tmp_path)
    (tmp_path / "portrait.png").unlink()
    with pytest.raises(error):
        in_cell("measure", replace(asked, request=replace(asked.request, **changes)))  # type: ignore[arg-type]


def test_a_picture_without_a_face_and_a_lost_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoFace):
        in_cell("measure", shoot(tmp_path, noise(tmp_path / "noise.png")))
    with pytest.raises(PictureUnreadable):
        in_cell("measure", shoot(tmp_path, tmp_path / "nothing.png"))


@linux
@pytest.mark.parametrize("step", ["measure", "film"])
def test_steps_stand_back_behind_who_listens(tmp_path: Path, step: str) -> None:
    asked = shoot(tmp_path)
    in_cell("measure", asked)
    with Cell("rendering", 200, 1) as cell:
        list(cell.run(f"halfgig.pipeline.video_steps:{step}", asked))
        assert cell.pid
        assert os.getpriority(os.PRIO_PROCESS, cell.pid) == NICENESS
