from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from halfgig.cells.cell import Cell
from tests.animators.sadtalker.networks.installed import pulled, pulled_in_float32
from tests.animators.sadtalker.networks.world import checkpoints

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRIVATE_MB = 260
ADDRESS_SPACE_MB = 400


def cell(what: str) -> Cell:
    made = Cell(what, ADDRESS_SPACE_MB, cpus=2)
    made.poll_s = 0.02
    return made


def peak_mb(model: Path, n_frames: int) -> float:
    with cell("rendering") as rendering:
        seen = list(rendering.run("tests.animators.sadtalker.networks.jobs:render", str(model), n_frames))
    assert len(seen) == n_frames
    return rendering.peak.private_mb


@pytest.mark.memory
@pytest.mark.slow
@pytest.mark.parametrize("install", [pulled, pulled_in_float32])
def test_a_cell_that_renders_keeps_to_its_private_memory(
    tmp_path_factory: pytest.TempPathFactory, install: Callable[[pytest.TempPathFactory], Path]
) -> None:
    assert peak_mb(install(tmp_path_factory) / "data" / "models" / "sadtalker", 1) < PRIVATE_MB


@pytest.mark.memory
def test_more_frames_take_no_more_memory(thin: Path) -> None:
    assert peak_mb(thin, 3) < peak_mb(thin, 1) + 2


@pytest.mark.memory
def test_building_keeps_to_its_private_memory(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    checkpoint = checkpoints(tmp_path_factory)
    with cell("building") as building:
        list(
            building.run("tests.animators.sadtalker.networks.jobs:build_model", str(checkpoint), str(tmp_path / "out"))
        )
    shutil.rmtree(tmp_path / "out")
    assert building.peak.private_mb < PRIVATE_MB
