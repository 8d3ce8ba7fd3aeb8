"""An animator and a speech engine from elsewhere make videos, by the command and by the server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.command import halfgig, plain_environment
from tests.support.media import PRESENTER, ROOT, frames
from tests.support.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

PLUGINS = {"PLUGINS": "tests.plugins.flip, tests.plugins.beeps", "PYTHONPATH": str(ROOT)}
TEXT = "One two three."


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Run a server with both plugins."""
    with serving(tmp_path_factory.mktemp("plugins"), limit_mb=512, **PLUGINS) as server, server.client() as client:
        yield client


def is_turned_while_it_beeps(video: Path) -> bool:
    """Return whether the picture is upside down in each word's quarter of a second, and upright after it."""
    shown = [frame.astype(float) for frame in frames(video)]
    turned = [np.abs(frame - shown[0]).mean() < np.abs(frame - shown[0][::-1]).mean() for frame in shown]
    return all(turned[at] for at in (1, 13, 26)) and not any(turned[at] for at in (9, 21, 34))


def test_the_command_makes_a_video_with_both(tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    options = ("--animator", "flip", "--shade", "0.5", "--voice", "beep", "--size", "128", "--json")
    ran = halfgig("talk", PRESENTER, TEXT, *options, "-o", out, env=plain_environment(**PLUGINS))
    assert ran.code == 0, ran.err
    assert ran.json["maker"] == "beeps 1, voice beep"
    assert is_turned_while_it_beeps(out)


def test_the_server_makes_a_video_with_both(client: httpx.Client, tmp_path: Path) -> None:
    form = {"prompt": TEXT, "model": "flip", "shade": "0.5", "voice": "beep", "size": "128"}
    video = client.post("/v1/videos", data=form, files={"input_reference": PRESENTER.read_bytes()}).json()
    while (found := client.get(f"/v1/videos/{video['id']}").json())["status"] in ("queued", "in_progress"):
        time.sleep(0.2)
    assert (found["status"], found["maker"]) == ("completed", "beeps 1, voice beep"), found["error"]
    (tmp_path / "a.mp4").write_bytes(client.get(f"/v1/videos/{video['id']}/content").content)
    assert is_turned_while_it_beeps(tmp_path / "a.mp4")


def test_the_server_lists_them_and_says_what_they_take(client: httpx.Client) -> None:
    assert "flip" in {model["id"] for model in client.get("/v1/models").json()["data"]}
    assert "beep" in {voice["id"] for voice in client.get("/v1/audio/voices").json()["voices"]}
    assert "flip" in {animator["name"] for animator in client.get("/v1/plan").json()["animators"]}


def test_an_option_of_theirs_out_of_bounds_is_refused_in_a_sentence(client: httpx.Client) -> None:
    answer = client.post("/v1/videos", json={"prompt": TEXT, "model": "flip", "shade": 7})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "a shade of 7 is out of range; choose from 0.1 to 1"


def test_a_plugin_that_cannot_be_imported_is_refused_in_a_sentence() -> None:
    ran = halfgig("say", TEXT, "-o", "a.wav", env=plain_environment(PLUGINS="tests.plugins.nothing"))
    assert ran.code != 0
    assert "PLUGINS names 'tests.plugins.nothing', which cannot be imported" in ran.err
