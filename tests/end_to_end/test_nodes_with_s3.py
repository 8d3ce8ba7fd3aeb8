"""Two whole servers with one database and one store: what one accepts the other makes, and either hands it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from halfgig.server.job_store import JobStore
from halfgig.server.postgres import PostgresDatabase, connections_to
from tests.support.object_stores import environment, s3_server
from tests.support.serving import serving
from tests.support.waiting import soon

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.postgres import Server as Postgres


@pytest.mark.slow
def test_a_video_that_one_node_accepts_is_made_by_another_one_and_handed_out_by_both(
    tmp_path: Path, postgres: Postgres
) -> None:
    url = postgres.new()
    (tmp_path / "s3").mkdir()
    with s3_server(tmp_path / "s3") as port:
        shared: dict[str, Any] = environment(port) | {"DATABASE_URL": url, "STORE_URL": "s3://tests/two", "C2PA": "off"}
        with (
            serving(tmp_path / "a", ROLES="speech", **shared) as one,
            serving(tmp_path / "b", **shared) as two,
            one.client() as at_one,
            two.client() as at_two,
        ):
            order = {"prompt": "Hello.", "size": "64x64"}
            video = at_one.post("/v1/videos", files={name: (None, value) for name, value in order.items()}).json()["id"]
            assert soon(lambda: at_two.get(f"/v1/videos/{video}").json()["status"] in ("completed", "failed"))
            files = [each.get(f"/v1/videos/{video}/content") for each in (at_two, at_one)]
            assert [file.status_code for file in files] == [200, 200]
            assert files[0].content == files[1].content != b""
            assert soon(lambda: f"{video} is done" in two.said())
            assert {tuple(node.roles) for node in JobStore(PostgresDatabase(url)).nodes()} == {
                ("speech",),
                ("speech", "puppet"),
            }
            assert at_one.delete(f"/v1/videos/{video}").status_code == 200
            assert at_two.get(f"/v1/videos/{video}/content").status_code == 404
    connections_to(url).close()
