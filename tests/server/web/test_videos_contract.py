"""The frozen contract of `/v1/videos`: the calls, fields and statuses that OpenAI's service had, and our own fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.client import ApiError, Client
from tests.server.web.servers import Site, site
from tests.support.media import PRESENTER

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = {
    *("id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at", "seconds", "size"),
    *("prompt", "remixed_from_video_id", "error"),
}
"""Fields of a video as OpenAI's service had them."""


def client(server: Site) -> Client:
    return Client(str(server.http.base_url), most_retries=0)


def test_a_video_has_all_the_fields_from_its_creation_on(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        fields = {"model": "sora-2", "seconds": "4", "size": "720x1280"}
        job = server.job(prompt="Hello.", input_reference=PRESENTER.read_bytes(), **fields)
        queued = server.http.get(f"/v1/videos/{job.id}").json()
        assert queued.keys() > FIELDS
        assert (queued["object"], queued["status"], queued["progress"], queued["error"]) == ("video", "queued", 0, None)
        assert (queued["seconds"], queued["size"], queued["prompt"]) == ("0", "1280", "Hello.")
        server.finish(job.id, video__mp4=b"a film", thumbnail__jpg=b"a frame")
        done = server.http.get(f"/v1/videos/{job.id}").json()
        assert done.keys() == queued.keys()
        assert (done["status"], done["progress"], done["seconds"], done["size"]) == ("completed", 100, "1.5", "512x512")
        assert server.http.get(f"/v1/videos/{job.id}/content").content == b"a film"
        assert server.http.get(f"/v1/videos/{job.id}/content?variant=thumbnail").content == b"a frame"


def test_a_list_is_an_object_with_data_and_more(tmp_path: Path) -> None:
    with site(tmp_path) as server, client(server) as ours:
        ids = [server.job().id for _ in range(5)][::-1]
        page = server.http.get("/v1/videos?limit=2").json()
        assert (page["object"], page["first_id"], page["last_id"], page["has_more"]) == ("list", *ids[:2], True)
        assert [video["id"] for video in page["data"]] == ids[:2]
        assert [video.id for video in ours.videos.list()] == ids
        assert [video.id for video in ours.videos.page(ids[1], 2).videos] == ids[2:4]


def test_a_deletion_is_confirmed_in_an_object(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        gone = {"id": job.id, "object": "video.deleted", "deleted": True}
        assert server.http.delete(f"/v1/videos/{job.id}").json() == gone


def test_our_own_fields_go_in_and_come_out(tmp_path: Path) -> None:
    with site(tmp_path) as server, client(server) as ours:
        video = ours.videos.create("Hello.", voice="af_bella", fps=30, seed=4)
        assert [video.raw[name] for name in ("voice", "fps", "seed")] == ["af_bella", 30.0, 4]


def test_a_video_is_remixed(tmp_path: Path) -> None:
    with site(tmp_path) as server, client(server) as ours:
        job = server.job()
        remix = ours.videos.remix(job.id, "Other words.")
        assert ours.videos.get(remix.id).raw["remixed_from_video_id"] == job.id


def test_refusals_have_a_status_a_code_and_the_field(tmp_path: Path) -> None:
    with site(tmp_path, max_queue=0) as server, client(server) as ours:
        with pytest.raises(ApiError) as refused:
            ours.videos.create("Hi", size="1x1")
        assert (refused.value.status, refused.value.code, refused.value.param) == (400, "bad_request", "size")
        with pytest.raises(ApiError, match="sora-3") as unknown:
            ours.videos.create("Hi", model="sora-3")
        assert unknown.value.status == 404
        job = server.job()
        with pytest.raises(ApiError, match="queued") as early:
            ours.videos.download(job.id, tmp_path / "it.mp4")
        assert early.value.status == 409
        with pytest.raises(ApiError, match="MAX_QUEUE") as full:
            ours.videos.create("Hi")
        assert full.value.status == 429
