"""What is known of a portrait fits its picture at any size, and outlives the process that computed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.sadtalker.networks.model import Portrait
from halfgig.animators.sadtalker.portrait_features import PortraitFeatures
from halfgig.face.crop import Rectangle
from tests.nn.noise import floats

if TYPE_CHECKING:
    from pathlib import Path

SITTER = PortraitFeatures(
    (1000, 800),
    Rectangle(250, 200, 500, 480),
    floats([1, 2, 3]),
    Portrait(np.zeros((2, 2), np.float32), np.ones((15, 3), np.float32)),
    ("the face is small",),
)


def test_a_part_lies_at_the_same_place_in_the_picture_at_another_size() -> None:
    assert SITTER.part_in(1000, 800) == SITTER.part
    assert SITTER.part_in(500, 400) == Rectangle(125, 100, 250, 240)
    assert SITTER.part_in(3, 2).width >= 1


def test_a_sitter_is_read_as_it_was_written(tmp_path: Path) -> None:
    SITTER.save(tmp_path / "sitter")
    found = PortraitFeatures.load(tmp_path / "sitter")
    assert found
    assert (found.picture, found.part, found.notices) == (SITTER.picture, SITTER.part, SITTER.notices)
    assert (found.row == SITTER.row).all()
    assert (found.portrait.points == 1).all()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a zip", b"\x93NUMPY"])
def test_a_damaged_sitter_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "sitter").write_bytes(damage)
    assert PortraitFeatures.load(tmp_path / "sitter") is None
    assert PortraitFeatures.load(tmp_path / "nothing") is None
