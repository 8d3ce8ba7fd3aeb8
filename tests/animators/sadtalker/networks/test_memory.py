import shutil
from pathlib import Path

import pytest

from halfgig.cells.cell import Cell
from tests.animators.sadtalker.networks.world import Built

PRIVATE_MB = 260
ADDRESS_SPACE_MB = 400


def cell(what: str) -> Cell:
    made = Cell(what, ADDRESS_SPACE_MB, cpus=2)
    made.poll_s = 0.02
    return made


@pytest.mark.memory
@pytest.mark.slow
@pytest.mark.parametrize("precision", ["narrow", "float32"])
def test_a_cell_that_renders_keeps_to_its_private_memory(built: Built, precision: str) -> None:
    with cell("rendering") as rendering:
        seen = list(rendering.run("tests.animators.sadtalker.networks.jobs:render", str(getattr(built, precision)), 2))
    assert len(seen) == 2
    assert rendering.peak.private_mb < PRIVATE_MB


@pytest.mark.memory
def test_building_keeps_to_its_private_memory(built: Built, tmp_path: Path) -> None:
    with cell("building") as building:
        list(
            building.run(
                "tests.animators.sadtalker.networks.jobs:build_model", str(built.checkpoint), str(tmp_path / "out")
            )
        )
    shutil.rmtree(tmp_path / "out")
    assert building.peak.private_mb < PRIVATE_MB
