"""The memory that the audio networks take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.cells.cell import Cell
from tests.animators.sadtalker.networks.installed import pulled
from tests.animators.sadtalker.networks.world import checkpoints

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_MB = 64
ADDRESS_SPACE_MB = 400


def cell(what: str) -> Cell:
    made = Cell(what, ADDRESS_SPACE_MB, cpus=2)
    made.poll_s = 0.02
    return made


def peak_mb(data: Path, seconds: int) -> float:
    with cell("hearing") as hearing:
        model = str(data / "models" / "sadtalker")
        assert list(hearing.run("tests.animators.sadtalker.motion.jobs:act", model, seconds)) == [25 * seconds]
    return hearing.peak.private_mb


@pytest.mark.memory
def test_ten_times_the_sound_takes_the_same_private_memory(data_dir: Path) -> None:
    assert peak_mb(data_dir, 40) < peak_mb(data_dir, 4) + 3


@pytest.mark.memory
def test_hearing_keeps_to_its_private_memory(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert peak_mb(pulled(tmp_path_factory) / "data", 2) < PRIVATE_MB


@pytest.mark.memory
def test_building_the_audio_networks_keeps_to_its_private_memory(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    checkpoint = checkpoints(tmp_path_factory)
    with cell("building") as building:
        list(building.run("tests.animators.sadtalker.motion.jobs:build_model", str(checkpoint), str(tmp_path / "out")))
    assert building.peak.private_mb < PRIVATE_MB
