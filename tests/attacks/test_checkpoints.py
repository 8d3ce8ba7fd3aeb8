from __future__ import annotations

import json
import struct
import time
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import BadCheckpoint
from halfgig.nn.safetensors import Safetensors
from halfgig.nn.torch_checkpoint import Tensor, read_checkpoint
from tests.attacks.hostile_pickles import HOSTILE
from tests.nn.torch_files import archive

if TYPE_CHECKING:
    from pathlib import Path

MOST_CPU_S, MOST_BYTES = 1.0, 50 << 20


def read(path: Path) -> None:
    tree = read_checkpoint(path)
    if isinstance(tree, Tensor):
        tree.read()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pickle_is_refused_within_a_second_and_50_mb(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path, HOSTILE[name], {"data/0": bytes(4)})
    began = time.thread_time()
    with pytest.raises(BadCheckpoint):
        read(path)
    assert time.thread_time() - began < MOST_CPU_S
    tracemalloc.start()
    try:
        with pytest.raises(BadCheckpoint):
            read(path)
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


@pytest.mark.parametrize("shape", [[1 << 39] * 20_000, [0, 1 << 39, 1 << 39], [1] * 5000, [1 << 39]])
def test_a_safetensors_file_whose_shapes_are_hostile_is_refused_within_a_second(
    tmp_path: Path, shape: list[int]
) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]}}).encode()
    path = tmp_path / "a.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    began = time.thread_time()
    with pytest.raises(BadCheckpoint):
        Safetensors(path)
    assert time.thread_time() - began < MOST_CPU_S
