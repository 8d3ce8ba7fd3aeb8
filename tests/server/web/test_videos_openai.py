"""Videos through OpenAI's own client."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import openai
import pytest

from tests.server.web.servers import Site, site
from tests.support.media import PRESENTER
from tests.support.waiting import soon

if TYPE_CHECKING:
    from pathlib import Path

# OpenAI is closing its own service; the interface stays.
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


def client(server: Site) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.http.base_url}/v1", api_key="none", max_retries=0)


def finish_next(server: Site) -> None:
    """Act as the worker process: complete the next video."""
    assert soon(lambda: bool(server.jobs.open_jobs()))
    job = server.jobs.open_jobs()[0]
    server.jobs.begin(job.id)
    server.jobs.update_progress(job.id, {"stage": "rendering", "done": 1, "total": 38, "unit": "frames", "left_s": 0.1})
    server.finish(job.id, video__mp4=b"a film", thumbnail__jpg=b"a frame")


def test_a_video_is_asked_for_polled_and_downloaded(tmp_path: Path) -> None:
    with site(tmp_path) as server, client(server) as openai_client:
        thread = threading.Thread(target=finish_next, args=[server])
        thread.start()
        video = openai_client.videos.create_and_poll(
            model="puppet", prompt="Hello.", input_reference=PRESENTER, seconds="4", size="720x1280"
        )
        thread.join()
        film = openai_client.videos.download_content(video.id)
        frame = openai_client.videos.download_content(video.id, variant="thumbnail")
        assert (video.status, video.progress, video.seconds, video.size) == ("completed", 100, "1.5", "512x512")
        assert (film.read(), frame.read()) == (b"a film", b"a frame")


def test_our_own_fields_go_in_and_come_out(tmp_path: Path) -> None:
    with site(tmp_path) as server, client(server) as openai_client:
        video = openai_client.videos.create(prompt="Hello.", extra_body={"voice": "af_bella", "fps": 30, "seed": 4})
        assert video.model_extra
        assert [video.model_extra[name] for name in ("voice", "fps", "seed")] == ["af_bella", 30.0, 4]


def test_the_list_is_walked_page_by_page(tmp_path: Path) -> None:
    with site(tmp_path) as server, client(server) as openai_client:
        ids = [server.job().id for _ in range(5)]
        assert [video.id for video in openai_client.videos.list(limit=2)] == ids[::-1]


def test_a_video_is_retrieved_remixed_and_deleted(tmp_path: Path) -> None:
    with site(tmp_path) as server, client(server) as openai_client:
        job = server.job()
        remix = openai_client.videos.remix(job.id, prompt="Other words.")
        assert openai_client.videos.retrieve(remix.id).remixed_from_video_id == job.id
        assert openai_client.videos.delete(job.id).deleted
        with pytest.raises(openai.NotFoundError, match="there is no video"):
            openai_client.videos.retrieve(job.id)


def test_refusals_are_the_clients_own_errors(tmp_path: Path) -> None:
    with site(tmp_path, max_queue=0) as server, client(server) as openai_client:
        with pytest.raises(openai.BadRequestError) as refused:
            openai_client.videos.create(prompt="Hi", size="1x1")  # type: ignore[arg-type]
        assert (refused.value.code, refused.value.param) == ("bad_request", "size")
        with pytest.raises(openai.NotFoundError, match="sora-3"):
            openai_client.videos.create(prompt="Hi", model="sora-3")
        job = server.job()
        with pytest.raises(openai.ConflictError, match="queued"):
            openai_client.videos.download_content(job.id)
        with pytest.raises(openai.RateLimitError, match="MAX_QUEUE"):
            openai_client.videos.create(prompt="Hi")
