"""Cells that share a video's groups render each once, and the frames are those of one cell."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from halfgig.media.frame_groups import FrameGroups, group_path
from halfgig.media.frame_store import FrameStore
from tests.media.test_frame_store import FORMAT, GROUP, kept
from tests.media.test_mux import picture

if TYPE_CHECKING:
    from pathlib import Path

FRAMES = 3 * GROUP + 1


def render(groups: FrameGroups, group: int) -> bool:
    """Render a group; return whether this cell had to."""
    if not groups.take(group):
        return False
    for number in range(group * GROUP, min((group + 1) * GROUP, FRAMES)):
        groups.append(picture(number))
    groups.finish()
    return True


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 3, 2)])
@pytest.mark.parametrize("helped", [(), (1,), (0, 3), (0, 1, 2, 3)])
def test_frames_are_the_same_to_the_bit_whoever_rendered_them(
    tmp_path: Path, order: tuple[int, ...], helped: tuple[int, ...]
) -> None:
    path, whole = tmp_path / "frames", kept(tmp_path / "whole", FRAMES).read_bytes()
    with FrameStore(path, FORMAT) as store:
        lead, helper = FrameGroups(path, FORMAT, store), FrameGroups(path, FORMAT, None)
        for group in order:
            assert render(helper if group in helped else lead, group)
        lead.join()
        assert not any(render(each, group) for each in (lead, helper) for group in order)
    assert path.read_bytes() == whole
    assert sorted(each.name for each in tmp_path.iterdir()) == ["frames", "whole"]


def test_a_group_that_another_cell_renders_is_not_begun_and_its_frames_count(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        helper = FrameGroups(path, FORMAT, None)
        helper.take(1)
        helper.append(picture(GROUP))
        os.write(write, b".")
        signal.pause()
    try:
        assert os.read(read, 1)
        with FrameStore(path, FORMAT) as store:
            lead = FrameGroups(path, FORMAT, store)
            assert (lead.take(1), lead.is_claimable(1), lead.frames_of_others()) == (False, False, 1)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            assert (lead.frames_of_others(), lead.is_claimable(1)) == (0, True)
            assert all(render(lead, group) for group in range(4))
    finally:
        os.close(read)
        os.close(write)
    assert path.read_bytes() == kept(tmp_path / "whole", FRAMES).read_bytes()


def test_a_damaged_group_is_rendered_again(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    render(FrameGroups(path, FORMAT, None), 1)
    os.truncate(group_path(path, 1), group_path(path, 1).stat().st_size - 1)
    with FrameStore(path, FORMAT) as store:
        lead = FrameGroups(path, FORMAT, store)
        assert all(render(lead, group) for group in range(4))
    assert path.read_bytes() == kept(tmp_path / "whole", FRAMES).read_bytes()
