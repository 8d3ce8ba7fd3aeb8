"""The recipe: its stages, and what is done again when a disk has damaged what they left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.pipeline.video import Artifact, Stage, perform, run, stages
from halfgig.requests import SpeechRequest, VideoRequest

if TYPE_CHECKING:
    from pathlib import Path

TEXT = VideoRequest(SpeechRequest("Good morning."))


class Writer:
    """Writes each stage's files, and remembers which stages were done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: list[str] = []
        self.made: tuple[Artifact, ...] = ()

    def run(self, stage: Stage, before: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
        """Run a stage as runners do."""
        self.made = perform(stage, before, TEXT, self.folder, self.work)
        return self.made

    def work(self, stage: Stage) -> None:
        """Write a stage's files."""
        self.done.append(stage.name)
        for name in stage.files:
            (self.folder / name).write_text(stage.name)


def test_a_text_is_spoken_measured_rendered_and_assembled(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    made = run(TEXT, writer)
    assert writer.done == ["speak", "measure", "render", "assemble"]
    assert {each.name for each in made} == {
        "speech",
        "rig.json",
        "frames",
        "video.mp4",
        "thumbnail.jpg",
        "words.vtt",
        "track.json",
    }
    assert all(each.is_intact(tmp_path) for each in made)


@pytest.mark.parametrize("request_", [VideoRequest(audio="audio"), VideoRequest(idle=1.0)])
def test_nothing_is_spoken_for_a_recording_or_a_silent_face(request_: VideoRequest) -> None:
    assert [stage.name for stage in stages(request_)] == ["measure", "render", "assemble"]


@pytest.mark.parametrize(
    ("damaged", "again"), [("speech", ["speak"]), ("rig.json", ["measure"]), ("frames", ["render"])]
)
def test_what_a_disk_has_damaged_is_made_again_before_the_next_stage(
    tmp_path: Path, damaged: str, again: list[str]
) -> None:
    writer = Writer(tmp_path)
    *first, last = stages(TEXT)
    made: tuple[Artifact, ...] = ()
    for stage in first:
        made += writer.run(stage, made)
    (tmp_path / damaged).write_text("damaged")
    writer.done.clear()
    writer.run(last, made)
    assert writer.done == [*again, "assemble"]
