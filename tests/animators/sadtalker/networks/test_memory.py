from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from halfgig.cells.cell import Cell
from tests.animators.sadtalker.networks.world import checkpoints

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_MB = 260
ADDRESS_SPACE_MB = 400


def cell(what: str) -> Cell:
    made = Cell(what, ADDRESS_SPACE_MB, cpus=2)
    made.poll_s = 0.02
    return made


@pytest.mark.memory
def test_more_frames_take_no_more_memory(thin: Path) -> None:
    with cell("rendering") as rendering:
        peaks = [
            rendering.peak.private_mb
            for _ in rendering.run("tests.animators.sadtalker.networks.jobs:render", str(thin), 6)
        ]
    assert len(peaks) == 6
    assert peaks[-1] < peaks[2] + 4  # what is sampled misses some of the first ones


@pytest.mark.memory
def test_building_keeps_to_its_private_memory(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    checkpoint = checkpoints(tmp_path_factory)
    with cell("building") as building:
        list(
            building.run("tests.animators.sadtalker.networks.jobs:build_model", str(checkpoint), str(tmp_path / "out"))
        )
    shutil.rmtree(tmp_path / "out")
    assert building.peak.private_mb < PRIVATE_MB
