"""Saved avatars over HTTP: saved, listed, used for videos, deleted, within limits; the worker is a stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from halfgig.animators.puppet.spec import KNOWN_RIG
from tests.server.web.avatars import PICTURE, measuring, save, saved
from tests.server.web.servers import Site, refused, site
from tests.server.web.workers import BUSY, Dies, work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOBODY = f"avatar_{'0' * 24}"
POINTS = "210,240 300,240 255,290 220,340 290,340"


def kept(server: Site) -> list[str]:
    """Return the folders of avatars and uploads."""
    return sorted(path.name for name in ("avatars", "uploads") for path in server.places.root.glob(f"{name}/*"))


def test_an_avatar_is_measured_once_and_says_how_it_was_saved(tmp_path: Path) -> None:
    with site(tmp_path) as server, measuring(server, ("the face is small",)) as asked:
        answer = save(server, name=" Ann ", voice="en-us", speed=1.25, mood="happy", landmarks=POINTS)
        found = answer.json()
        assert answer.status_code == 201
        given = {"name": "Ann", "voice": "en-us", "speed": 1.25, "mood": "happy", "landmarks": POINTS}
        own = {"id": found["id"], "object": "avatar", "created_at": found["created_at"]}
        assert found == {**own, **given, "notices": ["the face is small"]}
        assert server.http.get(f"/v1/avatars/{found['id']}").json() == found
        assert [(each["op"], each["given"]) for each in asked] == [("avatar", given)]
        assert kept(server) == [found["id"]]
    with site(tmp_path) as server:
        assert server.http.get(f"/v1/avatars/{found['id']}").json() == found


def test_a_video_of_an_avatar_has_its_portrait_rig_and_settings(tmp_path: Path) -> None:
    with site(tmp_path) as server, measuring(server):
        avatar = saved(server, voice="en-us", speed=1.25, mood="happy", landmarks=POINTS)
        job = server.job(avatar=avatar)
        assert job.request.speech
        assert (job.request.speech.voice, job.request.speech.speed) == ("en-us", 1.25)
        assert (job.request.landmarks, job.request.options) == (POINTS, {"mood": "happy"})
        folder = server.places.job(job.id)
        assert ((folder / "portrait").read_bytes(), (folder / KNOWN_RIG).read_bytes()) == (PICTURE, b"a rig")

        other = server.job(avatar=avatar, voice="fr", mood="serious", landmarks=POINTS.replace("210", "211"))
        assert other.request.speech
        assert (other.request.speech.voice, other.request.options) == ("fr", {"mood": "serious"})
        assert not (server.places.job(other.id) / KNOWN_RIG).exists()

        server.http.delete(f"/v1/avatars/{avatar}")
        assert (folder / "portrait").read_bytes() == PICTURE


def test_a_video_of_an_avatar_may_be_asked_for_in_json(tmp_path: Path) -> None:
    with site(tmp_path) as server, measuring(server):
        avatar = saved(server)
        answer = server.http.post("/v1/videos", json={"prompt": "Hello.", "avatar": avatar})
        assert answer.status_code == 202
        assert (server.places.job(answer.json()["id"]) / "portrait").read_bytes() == PICTURE


def test_a_video_needs_an_avatar_that_is_there_and_no_portrait_besides(tmp_path: Path) -> None:
    with site(tmp_path) as server, measuring(server):
        refused(server.ask(prompt="Hello.", avatar=NOBODY), 404, "not_found")
        refused(server.ask(prompt="Hello.", avatar="../videos"), 404, "not_found")
        avatar = saved(server)
        refused(server.ask(prompt="Hello.", avatar=avatar, input_reference=PICTURE), 400, "bad_request", "avatar")


def test_avatars_are_listed_in_pages(tmp_path: Path) -> None:
    with site(tmp_path) as server, measuring(server):
        ids = [saved(server, name=str(number)) for number in range(3)]
        page = server.http.get("/v1/avatars?limit=2").json()
        assert ([each["id"] for each in page["data"]], page["has_more"]) == ([ids[2], ids[1]], True)
        page = server.http.get("/v1/avatars", params={"after": page["last_id"]}).json()
        assert ([each["id"] for each in page["data"]], page["has_more"]) == ([ids[0]], False)
        assert [each["id"] for each in server.http.get("/v1/avatars?order=asc").json()["data"]] == ids
        refused(server.http.get(f"/v1/avatars?after={NOBODY}"), 404, "not_found")


def test_each_key_sees_its_own_avatars_only(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one", "sk-two")) as server, measuring(server):
        avatar = save(server, "sk-one").json()["id"]
        theirs = {"authorization": "Bearer sk-two"}
        assert server.http.get("/v1/avatars", headers=theirs).json()["data"] == []
        refused(server.http.get(f"/v1/avatars/{avatar}", headers=theirs), 404, "not_found")
        refused(server.http.delete(f"/v1/avatars/{avatar}", headers=theirs), 404, "not_found")
        form = {"prompt": (None, "Hello."), "avatar": (None, avatar)}
        refused(server.http.post("/v1/videos", files=form, headers=theirs), 404, "not_found")
        refused(server.http.get("/v1/avatars"), 401, "invalid_api_key")
        assert kept(server) == [avatar]


def test_a_deleted_avatar_leaves_nothing(tmp_path: Path) -> None:
    with site(tmp_path) as server, measuring(server):
        avatar = saved(server)
        answer = server.http.delete(f"/v1/avatars/{avatar}")
        assert answer.json() == {"id": avatar, "object": "avatar.deleted", "deleted": True}
        refused(server.http.get(f"/v1/avatars/{avatar}"), 404, "not_found")
        assert kept(server) == []


@pytest.mark.parametrize(
    ("fields", "status", "code", "param"),
    [
        ({"portrait": b"no picture"}, 400, "picture_unreadable", None),
        ({"portrait": PICTURE.ljust(2_020_000)}, 413, "picture_too_large", None),
        ({"speed": "9"}, 400, "bad_request", "speed"),
        ({"mood": "grumpy"}, 400, "bad_request", "mood"),
        ({"landmarks": "1,2"}, 400, "bad_landmarks", None),
        ({"name": "a\u0007b"}, 400, "bad_request", "name"),
        ({"name": "x" * 101}, 400, "bad_request", "name"),
        ({"other": "x"}, 400, "bad_request", "other"),
    ],
)
def test_a_wrong_field_is_refused_and_leaves_nothing(
    tmp_path: Path, fields: dict[str, Any], status: int, code: str, param: str | None
) -> None:
    with site(tmp_path, max_picture_mb=2.0) as server, measuring(server) as asked:
        refused(save(server, **fields), status, code, param)
        assert (kept(server), asked) == ([], [])


@pytest.mark.parametrize("ending", ["refused", "died"])
def test_a_portrait_that_cannot_be_measured_leaves_nothing(tmp_path: Path, ending: str) -> None:
    def fails(_request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if ending == "died":
            raise Dies
        yield BUSY

    with site(tmp_path) as server, work(server.places.socket, fails):
        assert save(server).status_code == (429 if ending == "refused" else 503)
        assert kept(server) == []


def test_their_number_and_bytes_are_bounded_with_the_figures(tmp_path: Path) -> None:
    with site(tmp_path, max_avatars=1, api_keys=("sk-one", "sk-two")) as server, measuring(server):
        assert save(server, "sk-one").status_code == 201
        assert "1 avatars are saved, and 1 may be" in refused(save(server, "sk-one"), 507, "avatars_full")
        assert save(server, "sk-two").status_code == 201
        server.places.socket.unlink()
    with site(tmp_path, avatars_mb=2.5) as server, measuring(server):
        told = refused(save(server), 507, "avatars_full")
        assert "2.5 MB is the limit" in told
        assert len(kept(server)) == 2
