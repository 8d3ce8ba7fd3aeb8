"""A server makes SadTalker's videos in 512 MB, whatever is killed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.server.supervisor.processes import children_of
from tests.end_to_end.test_survival import frames_of, kill, state
from tests.server.web.servers import site
from tests.support import http
from tests.support.serving import Server, serving
from tests.support.waiting import soon

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

FRAMES = 3
USUAL = {"model": "sadtalker", "size": "128"}


def ask(server: Server, **fields: str) -> httpx.Response:
    form = {name: (None, value) for name, value in (USUAL | fields).items()}
    return http.post(f"{server.url}/v1/videos", files=form)


def has_frames(server: Server, video: str, least: int) -> bool:
    found = state(server, video)
    return found.get("stage") == "rendering" and (found.get("frame") or 0) >= least


def finished(server: Server, video: str) -> None:
    assert soon(lambda: state(server, video).get("status") in ("completed", "failed"))
    assert state(server, video)["status"] == "completed", state(server, video)


@pytest.mark.slow
@pytest.mark.memory
def test_killed_cells_and_workers_change_no_frame(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "models").symlink_to(data_dir / "models")
    with serving(tmp_path) as server:
        videos = []
        for _ in range(2):
            answer = ask(server, idle=str(FRAMES * 0.04), seed="3")
            assert answer.status_code == 202, answer.text
            videos.append(answer.json()["id"])
        whole, hurt = videos
        finished(server, whole)
        assert soon(lambda: has_frames(server, hurt, 1))
        for pid in children_of(server.pids()["worker"]):
            kill(pid)
        assert soon(lambda: has_frames(server, hurt, 2))
        kill(server.pids()["worker"])
        finished(server, hurt)
        found = frames_of(server, hurt)
        assert len(found) == FRAMES
        assert found == frames_of(server, whole)
        assert server.fence.oom_kills == 0


def test_what_sadtalker_cannot_do_is_refused_before_a_video_is_accepted(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "models").symlink_to(data_dir / "models")
    with site(tmp_path) as server:
        for fields, word in (
            ({"prompt": "Hi", "pose_style": "46"}, "0 to 45"),
            ({"prompt": "Hi", "fps": "30"}, "25 frames a second"),
            ({"prompt": "Hi", "still": "true", "model": "puppet"}, "it is SadTalker's"),
            ({"prompt": "Hi", "enhancer": "gfpgan"}, "enhancer"),
            ({"idle": "1", "prompt": "Hi"}, "send idle alone"),
        ):
            answer = server.ask(**USUAL | fields)
            assert answer.status_code == 400, answer.text
            assert word in answer.json()["error"]["message"]


def test_a_server_without_sadtalker_says_how_to_get_it(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        answer = server.ask(**USUAL, prompt="Hi")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")
        assert "halfgig pull sadtalker" in answer.json()["error"]["message"]
