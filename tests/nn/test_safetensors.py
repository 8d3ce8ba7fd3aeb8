"""A file from anywhere is read or refused, and nothing else."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.errors import BadCheckpoint
from halfgig.nn.safetensors import MAX_HEADER_BYTES, Safetensors
from tests.animators.sadtalker.networks.world import write_safetensors


def small(folder: Path) -> Path:
    arrays = {"a.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "steps": np.array(7)}
    return write_safetensors(arrays, folder / "small.safetensors")


def with_header(folder: Path, header: object, numbers: bytes = b"") -> Path:
    text = json.dumps(header).encode()
    path = folder / "odd.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + numbers)
    return path


def test_tensors_are_read_by_name(tmp_path: Path) -> None:
    found = Safetensors(small(tmp_path))
    assert found["a.weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["steps"].shape == ()
    assert "a.weight" in found
    assert "__metadata__" not in found


def test_a_tensor_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match=r"'b\.weight'"):
        Safetensors(small(tmp_path))["b.weight"]


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]},
        {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]},
        {"dtype": "F32", "shape": [-2], "data_offsets": [0, -8]},
        {"dtype": "F32", "shape": [1 << 62, 4], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": ["2"], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [True, 2], "data_offsets": [0, 8]},
        {"dtype": "object", "shape": [1], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2]},
        ["F32", [2], [0, 8]],
    ],
)
def test_a_tensor_outside_the_file_or_without_sense_is_refused(tmp_path: Path, entry: object) -> None:
    with pytest.raises(BadCheckpoint, match="fetch it again"):
        Safetensors(with_header(tmp_path, {"a": entry}, bytes(8)))


def test_a_header_longer_than_the_file_or_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.safetensors"
    for length in (9, MAX_HEADER_BYTES + 1, (1 << 64) - 1):
        path.write_bytes(struct.pack("<Q", length) + b"{}      ")
        with pytest.raises(BadCheckpoint, match=str(length)):
            Safetensors(path)


@pytest.mark.parametrize("content", [b"", b"abc", struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 2) + b"\xff\xff"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "none.safetensors"
    path.write_bytes(content)
    with pytest.raises(BadCheckpoint, match="fetch it again"):
        Safetensors(path)


@settings(max_examples=200)
@given(at=st.integers(0, 300), byte=st.integers(0, 255), cut=st.integers(0, 300))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, at: int, byte: int, cut: int) -> None:
    whole = bytearray(small(tmp_path).read_bytes())
    whole[at % len(whole)] = byte
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(whole[: len(whole) - cut % 40])
    try:
        found = Safetensors(path)
    except BadCheckpoint:
        return
    for name in ("a.weight", "steps"):
        if name in found:
            assert found[name].nbytes <= len(whole)
