"""Face detection: what the web process does before and after the worker process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.server.web.servers import Site, refused, site
from tests.server.web.workers import BUSY, Dies, work
from tests.support.media import PRESENTER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PICTURE = PRESENTER.read_bytes()
POINTS = {
    "right_eye": [10, 20],
    "left_eye": [30, 20],
    "nose": [20, 30],
    "right_mouth": [12, 40],
    "left_mouth": [28, 40],
}
FACE = {"score": 2.5, "size": 40, "box": None, "points": POINTS, "landmarks": "10,20 30,20 20,30 12,40 28,40"}
FOUND = {"type": "faces", "detector": "yunet", "width": 100, "height": 80, "faces": [FACE]}


def ask(server: Site, **fields: Any) -> Any:
    return server.http.post("/v1/faces", files=fields)


def test_faces_are_told_and_the_picture_is_gone_afterwards(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        lay: list[bytes] = []

        def look(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
            lay.append((server.places.uploads / request["upload"] / "portrait").read_bytes())
            yield FOUND

        with work(server.places.socket, look) as heard:
            answer = ask(server, image=PICTURE)
        assert lay == [PICTURE]
        assert heard.requests[0]["op"] == "faces"
        assert answer.json() == {
            "object": "list",
            "detector": "yunet",
            "width": 100,
            "height": 80,
            "data": [FACE],
        }
        assert server.left() == []


@pytest.mark.parametrize("ending", ["refused", "died"])
def test_the_picture_is_gone_whatever_becomes_of_it(tmp_path: Path, ending: str) -> None:
    def fails(_request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if ending == "died":
            raise Dies
        yield BUSY

    with site(tmp_path) as server, work(server.places.socket, fails):
        answer = ask(server, image=PICTURE)
        assert answer.status_code == (429 if ending == "refused" else 503)
        assert "retry-after" in answer.headers
        assert server.left() == []


def test_what_is_no_picture_never_reaches_the_work_process(tmp_path: Path) -> None:
    with site(tmp_path, max_picture_mb=0.5, max_picture_megapixels=0.5) as server:
        refused(ask(server, image=b"no picture"), 400, "picture_unreadable")
        refused(ask(server, image=PICTURE[:400_000]), 413, "picture_too_large")
        refused(ask(server, image=b"\xff\xd8\xff" + bytes(520_000)), 413, "picture_too_large")
        refused(ask(server, other=(None, "text")), 400, "bad_request", "other")
        refused(server.http.post("/v1/faces", json={"image": "x"}), 400, "bad_request")
        refused(server.http.post("/v1/faces", content=b"--b--\r\n", headers=FORM), 400, "bad_request", "image")
        assert server.left() == []


def test_faces_want_a_key(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one",)) as server:
        refused(ask(server, image=PICTURE), 401, "invalid_api_key")


FORM = {"content-type": "multipart/form-data; boundary=b"}
