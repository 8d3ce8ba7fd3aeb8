"""A disk that is full or read-only is a state: what is there can be read and removed, and work goes on afterwards."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import subprocess
from typing import TYPE_CHECKING

import pytest

from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.errors import Unavailable
from halfgig.server.job import NewJob
from halfgig.server.job_store import JobStore
from halfgig.server.paths import ServerPaths
from halfgig.server.web.operations import check_disk
from halfgig.settings import Settings
from tests.server.web.avatars import measuring, save, saved
from tests.server.web.servers import refused, site
from tests.support.serving import Server, serving
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

LONG = "One two three four five six seven eight nine ten. " * 8


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a file system in memory; skip the test, with the reason, where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    made = subprocess.run(mount, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"needs to mount a file system: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        if subprocess.run(["umount", str(folder)], check=False).returncode:
            subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(disk: Path) -> None:
    """Write until there is not a byte left."""
    with contextlib.suppress(OSError), (disk / "filler").open("ab", buffering=0) as file:
        for size in (2**16, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))


def create(http: httpx.Client, prompt: str = "Hello.") -> httpx.Response:
    """Ask for a small video."""
    return http.post("/v1/videos", files={"prompt": (None, prompt), "size": (None, "64")})


def status_of(http: httpx.Client, video: str) -> str:
    """Return the status of a video."""
    answer = http.get(f"/v1/videos/{video}")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["status"])


def holds_while_full(server: Server, http: httpx.Client, disk: Path, open_video: str) -> None:
    """Check what is promised on a disk with no byte left, again after the reserve is used up as well."""
    for _ in range(2):
        fill(disk)
        listed = http.get("/v1/videos")
        assert listed.status_code == 200, server.said()
        assert status_of(http, open_video) in ("queued", "in_progress")
        assert "MB are free" in refused(create(http), 507, "storage_full")
        ready = http.get("/readyz")
        assert (ready.status_code, "the disk is full" in ready.text) == (503, True)
        assert [http.get(path).status_code for path in ("/healthz", "/metrics", "/v1/memory", "/")] == [200] * 4
    assert "SIGBUS" not in server.said()


def test_a_full_disk_is_survived_and_work_goes_on_by_itself(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "server", "24m") as disk,
        serving(tmp_path, WORKERS="2") as server,
        server.client() as http,
    ):
        done, unwanted, waiting = (create(http, text).json()["id"] for text in ("Hello.", LONG, LONG))
        assert soon(lambda: status_of(http, done) == "completed")
        assert soon(lambda: status_of(http, unwanted) == "in_progress")
        holds_while_full(server, http, disk, waiting)
        assert http.post(f"/v1/videos/{unwanted}/cancel").json()["error"]["code"] == "cancelled"
        assert http.delete(f"/v1/videos/{done}").status_code == 200
        assert http.get(f"/v1/videos/{done}").status_code == 404
        (disk / "filler").unlink()
        assert soon(lambda: http.get("/readyz").status_code == 200)
        assert soon(lambda: status_of(http, waiting) == "completed"), server.said()


def test_a_read_only_disk_can_be_read_and_goes_on_when_it_can_be_written(tmp_path: Path) -> None:
    with small_disk(tmp_path / "server", "24m") as disk:
        paths = ServerPaths.of(Settings(data_dir=tmp_path))
        draft = NewJob(f"video_{'0' * 24}", "", VideoRequest(SpeechRequest("Hello.")))
        job = JobStore(paths.job_store).accept(draft, 1).job
        JobStore(paths.job_store).writer(job.id, 0).complete({})
        paths.job(job.id).mkdir(parents=True)
        (paths.job(job.id) / "video.mp4").write_bytes(b"a video")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with site(tmp_path) as server:
            assert server.http.get("/v1/videos").json()["data"][0]["id"] == job.id
            assert server.http.get(f"/v1/videos/{job.id}/content").content == b"a video"
            assert "can only be read" in refused(create(server.http), 507, "storage_full")
            refused(server.http.delete(f"/v1/videos/{job.id}"), 507, "storage_full")
            with pytest.raises(Unavailable, match="can only be read"):
                check_disk(server.places.root)
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
            assert server.http.delete(f"/v1/videos/{job.id}").status_code == 200
            assert server.left() == []


def test_avatars_on_a_disk_without_room_can_be_read_and_deleted(tmp_path: Path) -> None:
    with small_disk(tmp_path / "server", "24m") as disk, site(tmp_path) as server, measuring(server):
        first, second = saved(server), saved(server)
        fill(disk)
        assert "MB are free" in refused(save(server), 507, "storage_full")
        assert [each["id"] for each in server.http.get("/v1/avatars").json()["data"]] == [second, first]
        assert server.http.delete(f"/v1/avatars/{first}").status_code == 200
        (disk / "filler").unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert "can only be read" in refused(save(server), 507, "storage_full")
        assert server.http.get(f"/v1/avatars/{second}").status_code == 200
        assert "can only be read" in refused(server.http.delete(f"/v1/avatars/{second}"), 507, "storage_full")
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert server.http.delete(f"/v1/avatars/{second}").status_code == 200
        assert [path.name for path in disk.glob("avatars/*")] == []


def test_a_disk_that_fails_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(tmp_path) as server:
        server.job()

        def fails(_path: object) -> os.statvfs_result:
            raise OSError(errno.EIO, "Input/output error")

        with monkeypatch.context() as failing:
            failing.setattr(os, "statvfs", fails)
            assert "Input/output error" in refused(create(server.http), 507, "storage_full")
            assert server.http.get("/v1/videos").status_code == 200
        assert create(server.http).status_code == 202


def test_a_job_store_that_cannot_be_written_is_507_with_a_time_to_come_back(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            answer = server.http.post(f"/v1/videos/{job.id}/cancel")
            read = server.http.get(f"/v1/videos/{job.id}")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        refused(answer, 507, "storage_full")
        assert int(answer.headers["retry-after"]) > 0
        assert read.status_code == 200
        assert server.http.post(f"/v1/videos/{job.id}/cancel").status_code == 200
