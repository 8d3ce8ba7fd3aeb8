"""A client has one rate on all nodes together, counted by the database that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.server.errors import RateLimited
from halfgig.server.postgres import connections_to
from halfgig.server.shared_rates import SharedRates
from tests.server.test_job_store import address, store
from tests.server.web.servers import site

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.job_store import JobStore
    from tests.support.postgres import Server

__all__ = ["address", "store"]


def test_what_one_node_counts_the_others_count_too(store: JobStore) -> None:
    nodes = [SharedRates(store._database, 0.01) for _ in range(2)]  # a token comes back after 100 minutes
    nodes[0].take("one")
    for node in nodes:
        with pytest.raises(RateLimited) as refused:
            node.take("one")
        assert 3600 < refused.value.after_s <= 6000
        node.take(f"another of {id(node)}")


def test_a_minutes_worth_may_come_at_once_and_comes_back_with_time(store: JobStore) -> None:
    rates = SharedRates(store._database, 3)
    for _ in range(3):
        rates.take("one")
    with store._database.open() as session:
        session.execute("UPDATE rates SET full_at = full_at + 3600")  # a slow machine has not waited meanwhile
    with pytest.raises(RateLimited):
        rates.take("one")
    with store._database.open() as session:
        session.execute("UPDATE rates SET full_at = full_at - 3660")
    rates.take("one")


def test_requests_are_let_through_while_the_database_is_away_as_far_as_the_node_alone_counts(tmp_path: Path) -> None:
    nowhere = "postgresql://tester@127.0.0.1:9/none"
    with site(tmp_path, rate_per_minute=2, database_url=nowhere) as server:
        codes = [server.http.get("/v1/models").status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_two_servers_of_one_database_give_a_client_one_rate(tmp_path: Path, postgres: Server) -> None:
    url = postgres.new()
    with (
        site(tmp_path / "a", rate_per_minute=1, database_url=url) as one,
        site(tmp_path / "b", rate_per_minute=1, database_url=url) as two,
    ):
        codes = [each.http.get("/v1/models").status_code for each in (one, two)]
    connections_to(url).close()
    assert codes == [200, 429]
