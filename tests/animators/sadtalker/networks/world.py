"""What the tests of SadTalker's renderer need: the golden numbers, and the seeded checkpoint and its builds."""

from __future__ import annotations

import functools
import json
import shutil
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.animators.sadtalker.networks.build import CHECKPOINT
from tests.reference import seeded_checkpoints
from tests.support.once import once

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest
    from numpy.typing import NDArray

REFERENCE = Path(__file__).parents[3] / "reference"
GOLDEN = REFERENCE / "golden"


@functools.cache
def golden(name: str) -> dict[str, NDArray[Any]]:
    with np.load(GOLDEN / f"{name}.npz") as file:
        return dict(file)


def golden_folder(folder: Path, **changes: Mapping[str, NDArray[Any]]) -> Path:
    """Copy SadTalker's golden numbers to a new folder, with some arrays of some files replaced."""
    shutil.copytree(GOLDEN, folder, ignore=shutil.ignore_patterns("kokoro*"))
    for name, arrays in changes.items():
        numbers: dict[str, Any] = {**golden(name), **arrays}
        np.savez(folder / f"{name}.npz", **numbers)
    return folder


def image() -> NDArray[np.uint8]:
    return np.asarray(golden("render_crop")["image"], np.uint8)


def write_safetensors(tensors: Mapping[str, NDArray[Any]], path: Path) -> Path:
    """Write a file as the library of that name does."""
    kinds = {"float32": "F32", "int64": "I64"}
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, array in tensors.items():
        header[name] = {
            "dtype": kinds[array.dtype.name],
            "shape": array.shape,
            "data_offsets": [end, end + array.nbytes],
        }
        end += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in tensors.values():
            file.write(array.tobytes())
    return path


def checkpoints(factory: pytest.TempPathFactory) -> Path:
    """Return the folder with upstream's three files at full size with seeded values, made once."""
    return once(factory, "sadtalker-checkpoints", write_checkpoints) / "sadtalker"


def write_checkpoints(folder: Path) -> Path:
    """Write upstream's three files at full size with seeded values."""
    seeded_checkpoints.write_all(folder, "mapping")
    manifest = json.loads((REFERENCE / "manifest.json").read_text())["files"][f"sadtalker/{CHECKPOINT}"]
    write_safetensors(seeded_checkpoints.seeded_tensors(manifest["tensors"]), folder / "sadtalker" / CHECKPOINT)
    return folder / "sadtalker"
