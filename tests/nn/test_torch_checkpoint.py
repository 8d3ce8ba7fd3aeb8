import collections
import os
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.errors import BadCheckpoint
from halfgig.nn.torch_checkpoint import Tensor, Tree, folded_weight, read_checkpoint, section, tensor
from tests.nn.torch_files import archive, checkpoint, running

NUMBERS = np.arange(12, dtype=np.float32).reshape(3, 4)


def leaves(tree: Tree) -> list[Tensor]:
    if isinstance(tree, Tensor):
        return [tree]
    children = list(tree.values()) if isinstance(tree, dict) else tree if isinstance(tree, list) else []
    return [leaf for child in children for leaf in leaves(child)]


def test_a_tensor_is_read_from_a_checkpoint(tmp_path: Path) -> None:
    tree = read_checkpoint(checkpoint(tmp_path, {"net": {"a.weight": NUMBERS}}))
    assert (tree["net"]["a.weight"].read() == NUMBERS).all()


def test_a_file_of_one_bare_tensor_is_read(tmp_path: Path) -> None:
    assert (read_checkpoint(checkpoint(tmp_path, NUMBERS)).read() == NUMBERS).all()


def test_a_tensor_is_a_view_into_the_mapped_file_and_cannot_be_written(tmp_path: Path) -> None:
    found = read_checkpoint(checkpoint(tmp_path, NUMBERS)).read()
    assert not found.flags.owndata
    assert not found.flags.writeable


def test_a_transposed_tensor_keeps_its_strides(tmp_path: Path) -> None:
    path = checkpoint(tmp_path, NUMBERS.T)
    found = read_checkpoint(path).read()
    assert found.shape == (4, 3)
    assert found.strides == NUMBERS.T.strides


def test_names_are_given_without_the_prefix_of_data_parallel_training(tmp_path: Path) -> None:
    tree = read_checkpoint(checkpoint(tmp_path, {"net": {"module.a": NUMBERS, "b": NUMBERS}}))
    assert set(section(tree, "net")) == {"a", "b"}


@pytest.mark.parametrize(
    ("g_name", "v_name"),
    [("weight_g", "weight_v"), ("parametrizations.weight.original0", "parametrizations.weight.original1")],
)
def test_weight_norm_is_folded_in_both_spellings(tmp_path: Path, g_name: str, v_name: str) -> None:
    v, g = np.array([[3.0, 4.0], [0.0, 2.0]], np.float32)[..., None], np.array([10.0, 1.0], np.float32)[:, None, None]
    part = section(read_checkpoint(checkpoint(tmp_path, {"net": {f"a.{g_name}": g, f"a.{v_name}": v}})), "net")
    assert folded_weight(part, "a")[..., 0].tolist() == [[6.0, 8.0], [0.0, 1.0]]


def test_a_part_that_is_missing_is_named(tmp_path: Path) -> None:
    tree = read_checkpoint(checkpoint(tmp_path, {"net": {"a": NUMBERS}}))
    with pytest.raises(BadCheckpoint, match="'decoder'"):
        section(tree, "decoder")
    with pytest.raises(BadCheckpoint, match="'b'"):
        tensor(section(tree, "net"), "b")


@pytest.mark.parametrize("function", [os.system, eval, collections.Counter, getattr, print])
def test_a_pickle_that_calls_a_function_is_refused_by_the_functions_name(tmp_path: Path, function: object) -> None:
    name = f"{function.__module__}.{function.__name__}"  # type: ignore[attr-defined]
    with pytest.raises(BadCheckpoint, match=name.replace("builtins", "(builtins|__builtin__)")):
        read_checkpoint(archive(tmp_path, running(function, "touch ran")))


def test_a_refused_pickle_has_run_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    with pytest.raises(BadCheckpoint):
        read_checkpoint(archive(tmp_path, running(os.mkdir, str(mark))))
    assert not mark.exists()


def test_a_memo_number_that_would_reserve_gigabytes_is_refused(tmp_path: Path) -> None:
    bomb = b"\x80\x02}r" + struct.pack("<I", 2**32 - 1) + b"."
    with pytest.raises(BadCheckpoint, match="memo"):
        read_checkpoint(archive(tmp_path, bomb))


def test_a_pickle_from_the_extension_registry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="EXT1"):
        read_checkpoint(archive(tmp_path, b"\x80\x02\x82\x01."))


def test_a_list_within_itself_is_refused(tmp_path: Path) -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(BadCheckpoint, match="within itself"):
        read_checkpoint(archive(tmp_path, pickle.dumps(endless, protocol=2)))


def test_a_tensor_that_reaches_beyond_its_numbers_is_refused(tmp_path: Path) -> None:
    found = read_checkpoint(checkpoint(tmp_path, NUMBERS))
    found.shape = (3, 5)
    with pytest.raises(BadCheckpoint, match=r"\(3, 5\)"):
        found.read()


@pytest.mark.parametrize("shape", [(-1, 4), (3,), "ab", None, (3.0, 4), (True, 4)])
def test_a_shape_that_is_none_is_refused(tmp_path: Path, shape: object) -> None:
    found = read_checkpoint(checkpoint(tmp_path, NUMBERS))
    found.shape = shape
    with pytest.raises(BadCheckpoint, match="shape"):
        found.read()


def test_a_compressed_entry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="compressed"):
        read_checkpoint(archive(tmp_path, pickle.dumps({}), method=zipfile.ZIP_DEFLATED))


def test_big_endian_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="big-endian"):
        read_checkpoint(archive(tmp_path, pickle.dumps({}, protocol=2), {"byteorder": b"big"}))


@pytest.mark.parametrize("content", [b"", b"PK", b"<html>not found</html>", bytes(1000)])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kokoro.pth"
    path.write_bytes(content)
    with pytest.raises(BadCheckpoint, match=r"kokoro\.pth"):
        read_checkpoint(path)


def test_numbers_strings_and_lists_come_through(tmp_path: Path) -> None:
    tree = {"epoch": 3, "loss": 0.5, "name": "net", "sizes": [1, 2], "none": None, "flag": True}
    assert read_checkpoint(archive(tmp_path, pickle.dumps(tree, protocol=2))) == tree


def read_or_refuse(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        for leaf in leaves(read_checkpoint(path)):
            leaf.read()
    except BadCheckpoint:
        pass


FUZZ = settings(max_examples=150)


@FUZZ
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(checkpoint(tmp_path, {"net": {"a": NUMBERS, "b": NUMBERS.T}}).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    read_or_refuse(tmp_path / "damaged.pth", bytes(content))


@FUZZ
@given(kept=st.floats(0, 1))
def test_a_file_that_ends_early_is_refused(tmp_path: Path, kept: float) -> None:
    content = checkpoint(tmp_path, {"net": {"a": NUMBERS}}).read_bytes()
    path = tmp_path / "early.pth"
    path.write_bytes(content[: int(kept * (len(content) - 1))])
    with pytest.raises(BadCheckpoint):
        read_checkpoint(path)


@FUZZ
@given(pickled=st.binary(max_size=60))
def test_any_bytes_for_a_pickle_are_read_or_refused(tmp_path: Path, pickled: bytes) -> None:
    path = archive(tmp_path, b"\x80\x02" + pickled)
    read_or_refuse(path, path.read_bytes())


@FUZZ
@given(data=st.data())
def test_a_damaged_pickle_in_a_whole_archive_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    whole = checkpoint(tmp_path, {"net": {"a": NUMBERS}})
    with zipfile.ZipFile(whole) as file:
        pickled = bytearray(file.read("small/data.pkl"))
    for _ in range(data.draw(st.integers(1, 4))):
        pickled[data.draw(st.integers(0, len(pickled) - 1))] = data.draw(st.integers(0, 255))
    path = archive(tmp_path, bytes(pickled), {"data/0": NUMBERS.tobytes()})
    read_or_refuse(path, path.read_bytes())


def test_weight_norm_of_a_row_of_zeros_is_refused_with_its_place(tmp_path: Path) -> None:
    rows = NUMBERS[..., None].copy()
    rows[1] = 0
    tree = read_checkpoint(checkpoint(tmp_path, {"net": {"a.weight_g": np.zeros((3, 1, 1)), "a.weight_v": rows}}))
    with pytest.raises(BadCheckpoint, match=r"row 1 of a\.weight_v is zeros"):
        folded_weight(section(tree, "net"), "a")
