from __future__ import annotations

import functools
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.face.mesh import Mesh
from halfgig.face.rig import make_rig, read_rig, write_rig
from halfgig.face.standard_mesh import laid_over
from tests.support.faces import drawn_face

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.face.rig import Rig


@functools.cache
def drawn_rig() -> Rig:
    picture, points = drawn_face()
    return make_rig(picture, Mesh(laid_over(points).points, 0.987654321), 3, ("the face is small",))


def same(one: Rig, other: Rig) -> bool:
    """Return whether two rigs are equal to the last digit."""
    colours = (np.array_equal(getattr(one.colours, name), getattr(other.colours, name)) for name in ("skin", "teeth"))
    rest = (one.mesh, one.shape, one.matte, one.texture) == (other.mesh, other.shape, other.matte, other.texture)
    return rest and all(colours) and (one.size, one.turns, one.notices) == (other.size, other.turns, other.notices)


def test_a_rig_comes_back_to_the_last_digit(tmp_path: Path) -> None:
    write_rig(drawn_rig(), tmp_path / "rig.json")
    read = read_rig(tmp_path / "rig.json")
    assert read
    assert same(read, drawn_rig())


def test_a_rig_without_shoulders_comes_back_without(tmp_path: Path) -> None:
    rig = replace(drawn_rig(), matte=replace(drawn_rig().matte, shoulders=None))
    write_rig(rig, tmp_path / "rig.json")
    read = read_rig(tmp_path / "rig.json")
    assert read
    assert same(read, rig)


@given(cut=st.integers(0, 2000), junk=st.binary(max_size=40))
def test_a_damaged_entry_is_none(tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes) -> None:
    path = tmp_path_factory.mktemp("rig") / "rig.json"
    write_rig(drawn_rig(), path)
    whole = path.read_bytes()
    cut = min(cut, len(whole) - 1)
    path.write_bytes(whole[:cut] + junk)
    read = read_rig(path)
    assert read is None or same(read, drawn_rig())


@pytest.mark.parametrize("number", ["NaN", "1e999", '"1"', "null", "[]"])
def test_an_entry_with_what_is_no_number_is_none(tmp_path: Path, number: str) -> None:
    write_rig(drawn_rig(), tmp_path / "rig.json")
    text = (tmp_path / "rig.json").read_text()
    found = json.loads(text)
    first = str(found["points"][0][0])
    (tmp_path / "rig.json").write_text(text.replace(first, number))
    assert (tmp_path / "rig.json").read_text() != text
    assert read_rig(tmp_path / "rig.json") is None
