from __future__ import annotations

import json
import pickle
import struct
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import BadCheckpoint
from halfgig.nn.safetensors import Safetensors
from halfgig.nn.torch_checkpoint import Tensor, read_checkpoint
from tests.attacks.hostile_pickles import HOSTILE
from tests.nn.torch_files import archive
from tests.support.cost import costs_at_most

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 50 << 20
MOST_TIMES = 30
"""What a hostile file may take, in what an honest one of as many values as SadTalker's largest takes."""


def read(path: Path) -> None:
    tree = read_checkpoint(path)
    if isinstance(tree, Tensor):
        tree.read()


def refuse(path: Path) -> None:
    with pytest.raises(BadCheckpoint):
        read(path)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pickle_takes_little_more_time_than_an_honest_one_and_50_mb(tmp_path: Path, name: str) -> None:
    (tmp_path / "honest").mkdir()
    honest = archive(tmp_path / "honest", pickle.dumps({str(key): [key] for key in range(12_000)}, protocol=2), {})
    path = archive(tmp_path, HOSTILE[name], {"data/0": bytes(4)})
    assert costs_at_most(MOST_TIMES, lambda: refuse(path), lambda: read(honest))
    tracemalloc.start()
    try:
        refuse(path)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


def test_an_archive_of_more_entries_than_any_checkpoint_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.pth"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(30_000):
            file.writestr(f"a/data/{number:030}", b"")
    with pytest.raises(BadCheckpoint, match="directory"):
        read_checkpoint(path)


def safetensors_file(path: Path, shapes: dict[str, list[int]]) -> Path:
    header = json.dumps(
        {name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()}
    ).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    return path


@pytest.mark.parametrize("shape", [[1 << 39] * 20_000, [0, 1 << 39, 1 << 39], [1] * 5000, [1 << 39]])
def test_a_safetensors_file_whose_shapes_are_hostile_takes_no_more_time_than_many_tensors(
    tmp_path: Path, shape: list[int]
) -> None:
    def refuse_hostile() -> None:
        with pytest.raises(BadCheckpoint):
            Safetensors(hostile)

    hostile = safetensors_file(tmp_path / "hostile", {"a": shape})
    honest = safetensors_file(tmp_path / "honest", {f"a{number}": [0] for number in range(5000)})
    assert costs_at_most(3, refuse_hostile, lambda: Safetensors(honest))
