"""Two whole nodes with one Postgres and one store render one video together, with the frames of one node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from halfgig.settings import INSTALLATION
from tests.end_to_end.test_survival import finished, frames_of
from tests.support import http
from tests.support.media import ROOT
from tests.support.nodes import GROUP, NODES
from tests.support.serving import serving

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.support.postgres import Server as Postgres
    from tests.support.serving import Server

FRAMES = 60


def node(root: Path, name: str, database: str) -> AbstractContextManager[Server]:
    """Run a node."""
    data = root / name
    data.mkdir()
    (data / INSTALLATION).write_text("7\n", encoding="ascii")  # frames are marked with it
    shared = {"DATABASE_URL": database, "STORE_URL": f"file://{root / 'store'}"}
    return serving(data, 512, PLUGINS="tests.plugins.meeting", PYTHONPATH=str(ROOT), **shared)


def made(server: Server, animator: str) -> str:
    """Make a video of a silent face; return its id."""
    form = {"model": animator, "idle": f"{FRAMES / 25}", "size": "128x128", "seed": "3"}
    answer = http.post(f"{server.url}/v1/videos", files={name: (None, value) for name, value in form.items()})
    assert answer.status_code == 202, answer.text
    name = str(answer.json()["id"])
    state = finished(server, name)
    assert (state["status"], state["frames"]) == ("completed", FRAMES), state
    return name


def groups_for_others(server: Server) -> int:
    found = re.search(r"^halfgig_groups_for_others_total (\S+)", http.get(f"{server.url}/metrics").text, re.MULTILINE)
    assert found
    return int(float(found[1]))


@pytest.mark.slow
@pytest.mark.memory
def test_two_nodes_render_groups_of_one_video_with_the_frames_of_one_node(tmp_path: Path, postgres: Postgres) -> None:
    database = postgres.new()
    with node(tmp_path, NODES[0], database) as first:
        with node(tmp_path, NODES[1], database) as second:
            together = frames_of(first, made(second, "meeting"))
            helped = groups_for_others(first) + groups_for_others(second)
        assert 1 <= helped < FRAMES // GROUP
        assert frames_of(first, made(first, "alone")) == together
