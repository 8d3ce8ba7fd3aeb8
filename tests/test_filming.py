"""A video in steps: what a step has made before is not made again, and it looks as the command line's does."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from halfgig.errors import BadSetting, NoFace, PictureUnreadable
from halfgig.events import Notice, Progress
from halfgig.filming import FRAMES, NICENESS, Shoot, show
from halfgig.memory.cell import Cell
from halfgig.pipeline import Made, spool, talk
from halfgig.requests import NEWEST, THUMBNAIL, VIDEO, WORDS, SpeechRequest, SpokenBefore, VideoRequest
from tests.media import frames, noise, portrait
from tests.memory.hosts import linux

if TYPE_CHECKING:
    from pathlib import Path

TEXT = SpeechRequest("Good morning, everyone. Peter piped.", "en-us")


def shoot(folder: Path, picture: Path | None = None, size: int = 128) -> Shoot:
    """Speak a text into a job's folder; give what is to be filmed."""
    (made,) = [each for each in spool(TEXT, folder / "speech") if isinstance(each, Made)]
    speech = SpokenBefore(folder / "speech", made.maker, made.seconds)
    request = VideoRequest(picture or portrait(folder / "portrait.png"), speech, size=size, seed=3)
    return Shoot(folder, request, folder / "faces", 1.0)


def in_cell(target: str, asked: Shoot) -> list[object]:
    """Run a step where it belongs: it lowers its process's priority."""
    with Cell("rendering", 200, 1) as cell:
        return list(cell.run(f"halfgig.filming:{target}", asked))


def test_the_steps_make_what_the_command_line_makes(tmp_path: Path) -> None:
    asked = shoot(tmp_path)
    for step in ("measure", "film", "assemble"):
        said = in_cell(step, asked)
    (made,) = [each for each in said if isinstance(each, Made)]
    (other,) = [each for each in talk(asked.request, tmp_path / "talk.mp4") if isinstance(each, Made)]
    assert made == other
    pairs = zip(frames(tmp_path / VIDEO), frames(tmp_path / "talk.mp4"), strict=True)
    noises = [float(((a.astype(float) - b) ** 2).mean()) for a, b in pairs]
    assert len(noises) == made.frames
    assert max(noises) < 20  # 35 dB: two encoders' settings, one set of poses
    assert {path.name for path in tmp_path.iterdir()} >= {VIDEO, THUMBNAIL, WORDS}


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
        list(cell.run(f"halfgig.filming:{step}", asked))
        assert cell.pid
        assert os.getpriority(os.PRIO_PROCESS, cell.pid) == NICENESS
