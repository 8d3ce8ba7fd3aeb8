import json
from pathlib import Path

import numpy as np
import pytest

from halfgig.errors import BadCheckpoint
from halfgig.nn.tiles import ThreadPool
from halfgig.nn.weights import Weights, WeightsWriter
from tests.nn.noise import decibels

MATRIX = np.random.default_rng(0).standard_normal((32, 16, 3)).astype(np.float32)


def written(folder: Path, *, narrow: bool, exact: bool = False) -> Weights:
    with (folder / "weights").open("wb") as file:
        writer = WeightsWriter(file, narrow)
        writer.add("matrix", MATRIX, exact=exact)
        writer.add("vector", MATRIX[:, 0, 0])
    return Weights(folder / "weights", json.loads(json.dumps(writer.index())))


def test_weights_in_sixteen_bits_are_within_85_decibels(tmp_path: Path) -> None:
    assert decibels(MATRIX, written(tmp_path, narrow=True)["matrix"]) > 85


@pytest.mark.parametrize(("narrow", "exact"), [(False, False), (True, True)])
def test_weights_in_float32_are_views_into_the_file(tmp_path: Path, narrow: bool, exact: bool) -> None:
    found = written(tmp_path, narrow=narrow, exact=exact)["matrix"]
    assert (found == MATRIX).all()
    assert not found.flags.owndata


def test_vectors_stay_exact(tmp_path: Path) -> None:
    assert (written(tmp_path, narrow=True)["vector"] == MATRIX[:, 0, 0]).all()


def test_weights_are_widened_into_the_room_they_are_given(tmp_path: Path) -> None:
    weights, room = written(tmp_path, narrow=True), np.empty(MATRIX.size, np.float32)
    found = weights.widened("matrix", out=room)
    assert np.shares_memory(found, room)
    assert (found == weights["matrix"]).all()


def test_a_scale_for_each_column_keeps_columns_of_any_size_exact(tmp_path: Path) -> None:
    sizes = np.logspace(-6, 6, MATRIX.shape[2], dtype=np.float32)
    with (tmp_path / "weights").open("wb") as file:
        writer = WeightsWriter(file, narrow=True)
        writer.add("columns", MATRIX * sizes, columns=True)
    weights = Weights(tmp_path / "weights", json.loads(json.dumps(writer.index())))
    room = np.empty(MATRIX.size, np.float32)
    assert decibels(MATRIX, weights.widened("columns", out=room) / sizes) > 85
    assert (weights.widened("columns", ThreadPool(2)) == weights["columns"]).all()


def test_a_row_of_zeros_stays_zero(tmp_path: Path) -> None:
    with (tmp_path / "weights").open("wb") as file:
        writer = WeightsWriter(file, narrow=True)
        writer.add("zeros", np.zeros((2, 2)))
    assert not Weights(tmp_path / "weights", writer.index())["zeros"].any()


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="'absent'"):
        written(tmp_path, narrow=True)["absent"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_tensor_with_a_number_that_is_none_is_refused_by_name(tmp_path: Path, value: float) -> None:
    matrix = MATRIX.copy()
    matrix[3, 4, 1] = value
    with (
        (tmp_path / "weights").open("wb") as file,
        pytest.raises(BadCheckpoint, match=r"layer\.weight has NaN"),
    ):
        WeightsWriter(file, narrow=True).add("layer.weight", matrix)
