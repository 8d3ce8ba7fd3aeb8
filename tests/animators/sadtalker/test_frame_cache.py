"""Squares of the group that is being filmed outlive a kill, and no others are kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.frame_cache import SHAPE, FrameCache
from halfgig.animators.sadtalker.spec import GROUP

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def square(frame: int) -> NDArray[np.uint8]:
    return np.full(SHAPE, frame % 251, np.uint8)


def test_a_square_that_was_kept_is_there_for_whoever_goes_on(tmp_path: Path) -> None:
    before = FrameCache(tmp_path / "squares", GROUP)
    for frame in range(3):
        before.put(frame, square(frame))
    after = FrameCache(tmp_path / "squares", GROUP)
    found = [after.get(frame) for frame in range(4)]
    assert [None if each is None else int(each.mean()) for each in found] == [0, 1, 2, None]


def test_a_torn_square_is_rendered_again_and_the_others_are_not(tmp_path: Path) -> None:
    before = FrameCache(tmp_path / "squares", GROUP)
    for frame in range(3):
        before.put(frame, square(frame))
    file = tmp_path / "squares.0"
    os.truncate(file, file.stat().st_size - 1)
    after = FrameCache(tmp_path / "squares", GROUP)
    assert after.get(2) is None
    after.put(2, square(2))
    again = [FrameCache(tmp_path / "squares", GROUP).get(frame) for frame in (1, 2)]
    assert [None if each is None else int(each.mean()) for each in again] == [1, 2]


def test_only_one_group_lies_on_the_disk(tmp_path: Path) -> None:
    squares = FrameCache(tmp_path / "squares", GROUP)
    for frame in range(GROUP - 2, GROUP + 2):
        squares.put(frame, square(frame))
    assert squares.get(GROUP - 1) is None
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size < 3 * np.prod(SHAPE)


def test_processes_that_render_different_groups_keep_their_squares_apart(tmp_path: Path) -> None:
    first, second = (FrameCache(tmp_path / "squares", GROUP) for _ in range(2))
    first.put(0, square(0))
    second.put(GROUP, square(GROUP))
    first.put(1, square(1))
    assert (first.end_from(0), second.end_from(GROUP)) == (2, GROUP + 1)
