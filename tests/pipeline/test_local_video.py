"""How one command makes a video: its cells, its folder, and what is left when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.pipeline.local_video import made_video
from halfgig.pipeline.reports import StageResult
from halfgig.pipeline.runner import LocalRunner, Task
from halfgig.pipeline.video import VIDEO
from halfgig.requests import VideoRequest
from halfgig.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

IDLE = VideoRequest(idle=0.04)


class Actor(LocalRunner):
    """Makes a video of the names of its stages, without a cell."""

    def do(self, task: Task, on_words: object = None, product: object = None) -> StageResult | None:  # noqa: ARG002
        """Append a stage's name to the video."""
        (job,) = task.args
        with (job.folder / VIDEO).open("a") as file:  # type: ignore[attr-defined]
            file.write(f"{task.target.partition(':')[2]} ")
        return StageResult(0.04, "tests")


def test_what_a_killed_process_of_the_same_number_left_is_not_gone_on_with(tmp_path: Path) -> None:
    left = tmp_path / ".a.mp4.7.video.part"
    left.mkdir()
    (left / VIDEO).write_text("another video ")
    with made_video(IDLE, None, Actor(Settings(), None), tmp_path / ".a.mp4.7.part"):
        pass
    assert (tmp_path / ".a.mp4.7.part").read_text() == "measure render assemble "
    assert not left.exists()
