from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from halfgig.server.errors import RateLimited, SessionSpent
from halfgig.server.web.rate_limit import RateLimiter
from halfgig.server.web.session_texts import SessionTexts
from halfgig.server.web.session_tokens import Session
from tests.server.web.servers import site

if TYPE_CHECKING:
    from pathlib import Path


def test_processes_forked_from_one_share_a_clients_rate() -> None:
    limiter = RateLimiter(4)
    for _ in range(4):
        child = os.fork()
        if not child:
            try:
                limiter.take("one")
            finally:
                os._exit(0)
        os.waitpid(child, 0)
    with pytest.raises(RateLimited):
        limiter.take("one")
    limiter.take("another")


def test_processes_forked_from_one_share_what_a_token_may_speak() -> None:
    texts, session = SessionTexts(), Session("avatar_1", "", 1000, 10, most_in_all=10, id="one")
    for _ in range(2):
        child = os.fork()
        if not child:
            try:
                texts.spend(session, 4)
            finally:
                os._exit(0)
        os.waitpid(child, 0)
    with pytest.raises(SessionSpent, match="8 of 10 characters"):
        texts.spend(session, 4)
    texts.spend(session, 2)


def test_addresses_of_ones_own_choosing_do_not_escape_the_rate(tmp_path: Path) -> None:
    with site(tmp_path, rate_per_minute=2) as server:
        codes = [
            server.http.get("/v1/models", headers={"x-forwarded-for": f"10.0.{each}.1"}).status_code
            for each in range(4)
        ]
    assert codes == [200, 200, 429, 429]
