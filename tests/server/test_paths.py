"""A client's text never becomes a path."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.server.paths import ServerPaths, is_job_id
from halfgig.settings import Settings

PLACES = ServerPaths.of(Settings(data_dir=Path("/data")))


def test_everything_of_a_server_lies_in_its_folder() -> None:
    named = (
        PLACES.job_store,
        PLACES.workflows,
        PLACES.uploads,
        PLACES.cache,
        PLACES.socket,
        PLACES.job("video_" + "a" * 24),
    )
    assert all(path.is_relative_to("/data/server") for path in named)
    assert len(set(named)) == len(named)


def test_where_processes_meet_can_be_chosen() -> None:
    places = ServerPaths.of(Settings(data_dir=Path("/data"), run_dir=Path("/run/halfgig")))
    assert places.socket == Path("/run/halfgig/work.sock")


@pytest.mark.parametrize("name", ["", "..", "video_", "video_" + "a" * 23, "video_" + "A" * 24, "video_../" + "a" * 21])
def test_what_is_no_name_gives_no_folder(name: str) -> None:
    with pytest.raises(ValueError, match="is no job"):
        PLACES.job(name)


@given(st.text())
def test_no_text_leads_out_of_the_folder(text: str) -> None:
    assert not is_job_id(text) or PLACES.job(text).parent == Path("/data/server/videos")
