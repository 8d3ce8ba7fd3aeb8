"""A face's coefficients against what the original reads (tests/reference/golden/reconstruction.npz)."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.sadtalker.networks.build import CHECKPOINT
from halfgig.animators.sadtalker.networks.reconstruction import (
    MANIFEST,
    WEIGHTS,
    FaceCoefficients,
    Reconstruction,
    build_reconstruction,
)
from halfgig.cells.cell import Cell
from halfgig.errors import BadCheckpoint
from tests.animators.sadtalker.networks.world import REFERENCE, golden, write_safetensors
from tests.reference import seeded_checkpoints
from tools.golden.face import of_coefficients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PRIVATE_MB = 90
ADDRESS_SPACE_MB = 300


@functools.cache
def seeded() -> dict[str, NDArray[np.float32]]:
    manifest = json.loads((REFERENCE / "manifest.json").read_text())["files"][f"sadtalker/{CHECKPOINT}"]["tensors"]
    ours = {name: entry for name, entry in manifest.items() if name.startswith("face_3drecon.")}
    return dict(seeded_checkpoints.seeded_tensors(ours))


def built(folder: Path, *, narrow: bool = True) -> Path:
    write_safetensors(seeded(), folder / CHECKPOINT)
    build_reconstruction(folder, folder, narrow=narrow)
    return folder


def read(model_dir: str) -> Iterator[float]:
    """Yield the golden picture's first coefficient; what the memory test runs inside a cell."""
    found = Reconstruction(Path(model_dir), 2).coefficients(golden("reconstruction")["image"])
    yield float(found.values[0])


@pytest.mark.parametrize(("narrow", "tolerance"), [(True, 1e-3), (False, 1e-5)])
def test_coefficients_are_the_originals(tmp_path: Path, narrow: bool, tolerance: float) -> None:
    (figure,) = of_coefficients(Reconstruction(built(tmp_path, narrow=narrow), 2), golden("reconstruction"))
    assert figure.measured < tolerance <= figure.asked


@pytest.mark.memory
def test_reading_keeps_to_its_private_memory(tmp_path: Path) -> None:
    with Cell("reading the face", ADDRESS_SPACE_MB, cpus=2) as reading:
        reading.poll_s = 0.01
        (first,) = reading.run("tests.animators.sadtalker.networks.test_reconstruction:read", str(built(tmp_path)))
    assert first == pytest.approx(golden("reconstruction")["coeffs"][0, 0], abs=1e-3)
    assert reading.peak.private_mb < PRIVATE_MB


def test_a_row_is_expression_angles_place_and_alignment() -> None:
    row = FaceCoefficients(np.arange(257, dtype=np.float32)).row((0.5, 1000, 2000))
    assert row.tolist() == [*range(80, 144), *range(224, 227), *range(254, 257), 0.5, 1000, 2000]


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="pull sadtalker"):
        build_reconstruction(tmp_path, tmp_path)


def test_another_models_checkpoint_is_refused(tmp_path: Path) -> None:
    write_safetensors({"weight": np.zeros(3, np.float32)}, tmp_path / CHECKPOINT)
    with pytest.raises(BadCheckpoint, match=r"face_3drecon\.backbone"):
        build_reconstruction(tmp_path, tmp_path)


@pytest.mark.parametrize("table", ["", "{}", '{"format": 0}'])
def test_a_build_of_another_version_is_refused(tmp_path: Path, table: str) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"0")
    (tmp_path / MANIFEST).write_text(table)
    with pytest.raises(BadCheckpoint, match="pull sadtalker"):
        Reconstruction(tmp_path, 1)
