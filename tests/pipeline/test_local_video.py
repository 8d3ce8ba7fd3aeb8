"""How SadTalker's cells are opened in a call: on as many threads as the memory has room for."""

from __future__ import annotations

from pathlib import Path

import pytest

from halfgig.errors import MemoryExceeded
from halfgig.pipeline.local_runner import LocalRunner, Stage
from halfgig.pipeline.local_video import STEPS, make_video, sadtalker_cpus
from halfgig.pipeline.recipes import StageResult
from halfgig.pipeline.video_steps import RenderJob
from halfgig.requests import VIDEO, Idle, VideoRequest
from halfgig.settings import Settings


def request(limit_mb: int, size: int = 512) -> VideoRequest:
    settings = Settings(memory_limit=limit_mb * 2**20)
    return VideoRequest(Path("portrait.png"), Idle(0.04), "sadtalker", size, settings=settings)


@pytest.mark.parametrize(("limit_mb", "cpus"), [(512, None), (490, 1.0), (410, 1.0)])
def test_with_less_memory_sadtalker_works_on_one_thread(limit_mb: int, cpus: float | None) -> None:
    assert sadtalker_cpus(request(limit_mb)) == cpus


def test_with_too_little_memory_it_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    asked = request(256)
    told = r"^SadTalker needs more than the 208 MB .*works in 330 MB, with --memory 410M; the puppet needs less"
    with pytest.raises(MemoryExceeded, match=told):
        make_video(asked, LocalRunner(asked.settings, None), tmp_path / "part")
    assert list(tmp_path.iterdir()) == []


def test_a_larger_picture_needs_more() -> None:
    assert sadtalker_cpus(request(512, 512)) is None
    assert sadtalker_cpus(request(512, 1440)) == 1.0
    with pytest.raises(MemoryExceeded, match="--memory 568M"):
        sadtalker_cpus(request(512, 2160))


class Actor(LocalRunner):
    """Makes a video of what lies in its folder, without a cell."""

    def do(self, job: Stage) -> StageResult | None:
        """Append a step's name to the video."""
        (asked,) = job.args
        assert isinstance(asked, RenderJob)
        with (asked.folder / VIDEO).open("a") as file:
            file.write(f"{job.target} ")
        return StageResult(0.04, "tests")


def test_what_a_killed_process_of_the_same_number_left_is_not_gone_on_with(tmp_path: Path) -> None:
    asked = request(512)
    left = tmp_path / ".a.mp4.7.film.part"
    left.mkdir()
    (left / VIDEO).write_text("another video ")
    make_video(asked, Actor(asked.settings, None), tmp_path / ".a.mp4.7.part")
    steps = " ".join(f"halfgig.pipeline.video_steps:{step}" for step in STEPS)
    assert (tmp_path / ".a.mp4.7.part").read_text() == f"{steps} "
    assert not left.exists()
