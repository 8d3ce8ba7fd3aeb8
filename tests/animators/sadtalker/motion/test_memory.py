"""The memory that the audio networks take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.cells.cell import Cell
from tests.animators.sadtalker.networks.hearing import built_hearing, hearing_checkpoint

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_MB = 64
ADDRESS_SPACE_MB = 400


def cell(what: str) -> Cell:
    made = Cell(what, ADDRESS_SPACE_MB, cpus=2)
    made.poll_s = 0.02
    return made


@pytest.mark.memory
@pytest.mark.slow
def test_ten_times_the_sound_takes_the_same_private_memory(tmp_path_factory: pytest.TempPathFactory) -> None:
    model, peaks = built_hearing(tmp_path_factory, "narrow"), []
    for seconds in (4, 40):
        with cell("hearing") as hearing:
            assert list(hearing.run("tests.animators.sadtalker.motion.jobs:act", str(model), seconds)) == [25 * seconds]
        peaks.append(hearing.peak.private_mb)
    assert max(peaks) < PRIVATE_MB
    assert peaks[1] < peaks[0] + 3


@pytest.mark.memory
def test_building_the_audio_networks_keeps_to_its_private_memory(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    checkpoint = hearing_checkpoint(tmp_path_factory)
    with cell("building") as building:
        list(building.run("tests.animators.sadtalker.motion.jobs:build_model", str(checkpoint), str(tmp_path / "out")))
    assert building.peak.private_mb < PRIVATE_MB
