"""The command and the server make the same video from the same request."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from halfgig.origin.installation import read_installation
from halfgig.settings import INSTALLATION
from tests.end_to_end.conftest import KEY
from tests.support.command import halfgig, plain_environment
from tests.support.media import PRESENTER, frames, portrait

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.serving import Server

TEXT = "Peter piped a peck of peppers. Bob may buy a map, and so on, until more than five seconds have passed."


def test_talk_and_the_server_give_frames_equal_to_the_bit(server: Server, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "command.mp4", tmp_path / "server.mp4"
    behind = portrait(tmp_path / "behind.png")
    asked = ("--size", "256", "--seed", "7", "--aspect", "4:5", "--background", behind, "--label", "Made by AI")
    mine = tmp_path / INSTALLATION  # the number in the mark, which is the only difference between two installations
    mine.write_text(f"{read_installation(server.data / INSTALLATION)}\n", encoding="ascii")
    assert halfgig("talk", PRESENTER, TEXT, *asked, "-o", ours, env=plain_environment(DATA_DIR=str(tmp_path))).code == 0
    form = {"prompt": TEXT, "size": "256", "seed": "7", "aspect": "4:5", "label": "Made by AI"}
    files = {"input_reference": PRESENTER.read_bytes(), "background_picture": behind.read_bytes()}
    with server.client(headers={"Authorization": f"Bearer {KEY}"}) as client:
        video = client.post("/v1/videos", data=form, files=files).json()
        while (found := client.get(f"/v1/videos/{video['id']}").json())["status"] in ("queued", "in_progress"):
            time.sleep(0.2)
        assert found["status"] == "completed", found["error"]
        theirs.write_bytes(client.get(f"/v1/videos/{video['id']}/content").content)
    pairs = list(zip(frames(ours), frames(theirs), strict=True))
    assert len(pairs) > 125  # more than one group of frames
    assert all(np.array_equal(a, b) for a, b in pairs)
