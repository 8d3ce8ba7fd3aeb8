from pathlib import Path

import pytest

from halfgig.cells.cell import Cell
from halfgig.tts.kokoro.networks.build import WEIGHTS
from halfgig.tts.kokoro.spec import NETWORKS_PRIVATE_MB
from tests.tts.kokoro.networks.world import Built

PRIVATE_MB = 220
ADDRESS_SPACE_MB = 340
"""What the cell may reserve: thread stacks and OpenBLAS's buffers are counted there, touched or not."""


def cell() -> Cell:
    made = Cell("speaking", ADDRESS_SPACE_MB, cpus=2)
    made.poll_s = 0.02
    return made


@pytest.mark.memory
def test_the_longest_chunk_there_is_keeps_to_220_mb(built: Built, tmp_path: Path) -> None:
    with cell() as speaking:
        samples = list(
            speaking.run("tests.tts.kokoro.networks.jobs:speak", str(built.narrow), 510, 2.0, PRIVATE_MB, str(tmp_path))
        )
    assert sum(int(str(n)) for n in samples) > 20 * 24_000
    assert speaking.peak.private_mb < PRIVATE_MB


@pytest.mark.memory
def test_weights_stay_in_their_file(built: Built, tmp_path: Path) -> None:
    with cell() as speaking:
        list(
            speaking.run("tests.tts.kokoro.networks.jobs:speak", str(built.float32), 3, 1.0, PRIVATE_MB, str(tmp_path))
        )
    assert (built.float32 / WEIGHTS).stat().st_size > 300e6
    assert speaking.peak.private_mb < 120


@pytest.mark.memory
def test_many_chunks_peak_no_higher_than_the_first_few(built: Built, tmp_path: Path) -> None:
    lengths = [12, 4, 8, 2, 6, 9, 12]
    with cell() as speaking:
        peaks = [
            speaking.peak.private_mb
            for _ in speaking.run(
                "tests.tts.kokoro.networks.jobs:speak_chunks",
                str(built.narrow),
                lengths,
                NETWORKS_PRIVATE_MB,
                str(tmp_path),
            )
        ]
    assert len(peaks) == len(lengths)
    assert peaks[-1] < 1.1 * peaks[2]
    assert peaks[-1] < NETWORKS_PRIVATE_MB


@pytest.mark.memory
def test_building_keeps_to_260_mb(built: Built, tmp_path: Path) -> None:
    with cell() as building:
        list(building.run("tests.tts.kokoro.networks.jobs:build_model", str(built.checkpoint), str(tmp_path / "out")))
    assert building.peak.private_mb < 260
