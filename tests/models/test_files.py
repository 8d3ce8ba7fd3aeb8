"""A full disk says so with the figures, before and on the way."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import DiskFull
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest, Mirrors, RetryPolicy
from halfgig.models.installed import InstalledModels
from tests.models import fakes
from tests.models.command import gone_well, home, is_whole, listed
from tests.support.upstream import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_disk_with_too_little_room_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    order = InstallRequest(
        fakes.model(built_size=400_000_000), mirrors=Mirrors(hub="http://127.0.0.1:9"), patience=RetryPolicy(1)
    )
    with pytest.raises(DiskFull, match=r"needs 416 MB .*0\.2 MB to download and 400 MB to build.* 100 MB are free"):
        pull(order, InstalledModels(tmp_path), lambda _: None, free=lambda _: 100_000_000)


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Mount a disk of that size; skip the test where that is not allowed."""
    folder.mkdir()
    if os.geteuid() or os.system(f"mount -t tmpfs -o size={size} tmpfs '{folder}' 2>/dev/null"):
        pytest.skip("a small disk can be mounted by root alone")
    try:
        yield
    finally:
        os.system(f"umount '{folder}'")


def test_a_disk_that_fills_up_on_the_way_says_so_and_the_rest_comes_when_there_is_room(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(fakes.upstream()) as upstream, small_disk(data, "20m"):
        greedy = home(tmp_path, upstream, build="greedy")
        ended = greedy.run("pull", "tiny")
        assert ended.rc == 5, ended.err
        assert "No space left" in ended.err
        assert "MB are free" in ended.err
        assert listed(greedy) == []
        sent = upstream.sent
        gone_well(home(tmp_path, upstream).run("pull", "tiny"))
        assert upstream.sent == sent
        assert is_whole(greedy)


def test_a_file_that_may_not_grow_says_so_and_goes_on_later(tmp_path: Path) -> None:
    with serving(fakes.upstream()) as upstream:
        at = home(tmp_path, upstream)
        ended = at.run("--limit-files-to=65536", "pull", "tiny")
        assert ended.rc == 5, ended.err
        assert "one file may not grow further" in ended.err
        gone_well(at.run("pull", "tiny"))
        assert upstream.gets("tiny.pth")[-1].range == "bytes=65536-"
    assert is_whole(at)
