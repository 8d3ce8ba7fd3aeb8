"""Saved avatars of a web server whose worker process is a stand-in."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from halfgig.animators.puppet.spec import RIG
from halfgig.server.avatar_store import PLAIN_SIZE, pack_name
from tests.server.web.workers import work
from tests.support.media import PRESENTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.server.web.servers import Site

PICTURE = PRESENTER.read_bytes()


PACK = b"a pack of 512 pixels"
USUAL = {"name": "", "voice": "", "speed": 1.0, "mood": "neutral", "landmarks": ""}


@contextlib.contextmanager
def measuring(server: Site, notices: tuple[str, ...] = ()) -> Iterator[list[dict[str, Any]]]:
    """Act as the worker process: leave a rig in each upload's folder; yield what was asked."""

    def measure(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if request["op"] == "avatar":
            folder = server.places.uploads / request["upload"]
            (folder / RIG).write_bytes(b"a rig")
            (folder / pack_name(PLAIN_SIZE)).write_bytes(PACK)
            yield {"type": "avatar", "settings": {**USUAL, **request["given"]}, "notices": notices}
        elif request["op"] == "pack":
            (server.places.avatar(request["avatar"]) / pack_name(request["size"])).write_bytes(b"another pack")
            yield {"type": "ok"}
        else:
            yield {"type": "ok"}

    with work(server.places.socket, measure) as heard:
        yield heard.requests


def save(server: Site, key: str = "", **fields: Any) -> httpx.Response:
    """Save an avatar of the presenter, or with these fields."""
    form = {name: value if isinstance(value, bytes) else (None, str(value)) for name, value in fields.items()}
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return server.http.post("/v1/avatars", files={"portrait": PICTURE, **form}, headers=headers)


def saved(server: Site, **fields: Any) -> str:
    """Return the id of a new avatar."""
    answer = save(server, **fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
