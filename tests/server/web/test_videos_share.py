"""Shared links: created and removed by the owner of the video, usable without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.server.web.servers import Site, refused, site
from tests.support import http

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

OWNER, OTHER = {"authorization": "Bearer sk-one"}, {"authorization": "Bearer sk-two"}
KEYS = ("sk-one", "sk-two")
FILM = bytes(range(256)) * 10


def finished(server: Site) -> str:
    """Create a finished video; return its id."""
    server.http.headers.update(OWNER)
    job = server.job()
    server.finish(job.id, video__mp4=FILM, words__vtt=b"WEBVTT", thumbnail__jpg=b"\xff\xd8")
    return job.id


def shared(server: Site, job_id: str) -> str:
    """Share a video; return its link."""
    answer = server.http.post(f"/v1/videos/{job_id}/share")
    assert answer.json() == {"object": "video.share", "id": job_id, "url": answer.json()["url"]}
    return str(answer.json()["url"])


def stranger(server: Site) -> httpx.Client:
    return http.client(f"http://127.0.0.1:{server.port}")


def test_who_has_the_link_sees_the_video_without_a_key(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=KEYS) as server, stranger(server) as guest:
        url = shared(server, finished(server))
        film = guest.get(f"{url}/content")
        part = guest.get(f"{url}/content", headers={"range": "bytes=0-9"})
        words = guest.get(f"{url}/content", params={"variant": "subtitles"})
        page = guest.get(url)
    assert (film.status_code, film.content, part.status_code, part.content) == (200, FILM, 206, FILM[:10])
    assert (words.status_code, words.content) == (200, b"WEBVTT")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_the_link_opens_nothing_else(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=KEYS) as server, stranger(server) as guest:
        job_id = finished(server)
        url = shared(server, job_id)
        refused(guest.get(f"{url}/content", params={"variant": "newest"}), 400, "bad_request", "variant")
        refused(guest.get(f"/shared/{job_id}/content"), 404, "not_found")
        refused(guest.get(f"/v1/videos/{job_id}"), 401, "invalid_api_key")
        refused(guest.post(f"/v1/videos/{job_id}/share"), 401, "invalid_api_key")


def test_a_link_stays_the_same_until_it_is_taken_back(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=KEYS) as server, stranger(server) as guest:
        job_id = finished(server)
        url = shared(server, job_id)
        assert shared(server, job_id) == url
        assert server.http.delete(f"/v1/videos/{job_id}/share").status_code == 200
        refused(guest.get(f"{url}/content"), 404, "not_found")
        assert shared(server, job_id) != url


def test_a_link_ends_with_its_video(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=KEYS) as server, stranger(server) as guest:
        job_id = finished(server)
        url = shared(server, job_id)
        server.http.delete(f"/v1/videos/{job_id}")
        refused(guest.get(f"{url}/content"), 404, "not_found")


def test_only_ones_own_finished_videos_can_be_shared(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=KEYS) as server:
        job_id = finished(server)
        refused(server.http.post(f"/v1/videos/{job_id}/share", headers=OTHER), 404, "not_found")
        refused(server.http.delete(f"/v1/videos/{job_id}/share", headers=OTHER), 404, "not_found")
        refused(server.http.post(f"/v1/videos/{server.job().id}/share"), 409, "not_ready")


def test_links_are_followed_as_often_as_the_rate_allows(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=KEYS, rate_per_minute=3.0) as server, stranger(server) as guest:
        statuses = [guest.get("/shared/none/content").status_code for _ in range(4)]
    assert statuses == [404, 404, 404, 429]
