"""A session's token speaks as much as it may at all nodes together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.server.errors import SessionSpent
from halfgig.server.postgres import PostgresDatabase
from halfgig.server.web.session_texts import SessionTexts
from halfgig.server.web.session_tokens import Session
from halfgig.server.web.shared_session_texts import SharedSessionTexts
from tests.server.test_job_store import address, store

if TYPE_CHECKING:
    from halfgig.server.job_store import JobStore

__all__ = ["address", "store"]

FAR = 4_000_000_000
"""A time that no test reaches, in seconds since 1970."""


def session(name: str = "one", most: int = 10, expires_at: int = FAR) -> Session:
    return Session("avatar_1", "", expires_at, most, most_in_all=most, id=name)


def nodes(store: JobStore) -> tuple[SharedSessionTexts, SharedSessionTexts]:
    """Return what two nodes count with."""
    one, two = (SharedSessionTexts(store._database, SessionTexts()) for _ in range(2))
    return one, two


def test_what_a_token_spoke_at_one_node_counts_at_the_other(store: JobStore) -> None:
    one, two = nodes(store)
    one.spend(session(), 6)
    two.check(session(), 4)
    with pytest.raises(SessionSpent, match="has spoken 6 of 10 characters, and the text has 5"):
        two.spend(session(), 5)
    two.spend(session(), 4)
    for node in (one, two):
        with pytest.raises(SessionSpent, match="has spoken 10 of 10"):
            node.check(session(), 1)
        node.spend(session("another"), 5)


def test_a_text_that_is_too_long_counts_nothing_and_a_check_neither(store: JobStore) -> None:
    one, two = nodes(store)
    for _ in range(3):
        one.check(session(), 10)
        with pytest.raises(SessionSpent):
            one.spend(session(), 11)
    two.spend(session(), 10)


def test_tokens_that_have_expired_are_forgotten(store: JobStore) -> None:
    one, two = nodes(store)
    one.spend(session("old", expires_at=1000), 6)
    two.spend(session(), 6)
    with store._database.open() as database:
        assert [name for (name,) in database.execute("SELECT name FROM session_texts").fetchall()] == ["one avatar_1"]


def test_a_node_counts_alone_while_the_database_is_away() -> None:
    node = SharedSessionTexts(PostgresDatabase("postgresql://tester@127.0.0.1:9/none"), SessionTexts())
    node.spend(session(), 6)
    with pytest.raises(SessionSpent, match="has spoken 6 of 10"):
        node.spend(session(), 5)
