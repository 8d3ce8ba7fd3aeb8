"""What is known of a portrait fits its picture at any size, and outlives the process that computed it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animation.sadtalker.sitter import Sitter, looked_at_closely
from halfgig.face.crop import Rectangle
from halfgig.face.points import Face, FivePoints, Point
from halfgig.models.sadtalker.model import Portrait
from tests.faces import drawn_face
from tests.models.noise import floats

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SITTER = Sitter(
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
    found = Sitter.load(tmp_path / "sitter")
    assert found
    assert (found.picture, found.part, found.notices) == (SITTER.picture, SITTER.part, SITTER.notices)
    assert (found.row == SITTER.row).all()
    assert (found.portrait.points == 1).all()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a zip", b"\x93NUMPY"])
def test_a_damaged_sitter_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "sitter").write_bytes(damage)
    assert Sitter.load(tmp_path / "sitter") is None
    assert Sitter.load(tmp_path / "nothing") is None


class Seeing:
    """Find the same face in whatever is looked at."""

    def __init__(self, *faces: FivePoints) -> None:
        self.faces = faces
        self.looked_at: list[tuple[int, ...]] = []

    def detect(self, rgb: NDArray[np.uint8]) -> list[Face]:
        """Remember the picture's size."""
        self.looked_at.append(rgb.shape)
        return [Face(points, 1.0, 100.0) for points in self.faces]


def test_a_close_look_sees_the_face_alone_and_its_points_count() -> None:
    picture, points = drawn_face(width=900, height=900, unit=40, x=600, y=500)
    inside = points.moved(-480, -380)  # the part begins three eye distances up and left of the eyes
    seeing = Seeing(replace(inside, nose=Point(125, 150)))
    found = looked_at_closely(picture, points, seeing)
    assert seeing.looked_at == [(241, 241, 3)]
    assert found.nose == Point(605, 530)
    assert found.right_eye == pytest.approx(points.right_eye)


def test_a_close_look_that_sees_somebody_else_or_nobody_changes_nothing() -> None:
    picture, points = drawn_face(width=900, height=900, unit=40, x=600, y=500)
    for faces in ([], [points.moved(-480 + 100, -380)], [points.moved(-480, -380).scaled(2).moved(-120, -120)]):
        assert looked_at_closely(picture, points, Seeing(*faces)) == points
