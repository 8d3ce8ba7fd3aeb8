"""API keys and rate limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.server.errors import RateLimited, Unauthorized
from halfgig.server.web.access import Keys, digest
from halfgig.server.web.rate_limit import RateLimiter
from tests.server.web.servers import site

if TYPE_CHECKING:
    from pathlib import Path

FREE = ["/healthz", "/readyz", "/docs", "/docs/docs.js", "/openapi.json"]
LOCKED = ["/v1/models", "/v1/audio/voices", "/v1/videos", "/v1/memory", "/metrics", "/v1/nothing", "/docs/../v1/models"]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:  # noqa: D102
        return self.now


def test_any_of_the_keys_opens() -> None:
    keys = Keys(["one", "two"])
    assert keys.owner_of("Bearer two") == digest("two") != keys.owner_of("bearer one")


def test_an_owner_does_not_tell_the_key() -> None:
    assert "secret" not in Keys(["secret"]).owner_of("Bearer secret")


@given(st.text())
def test_nothing_but_a_key_opens(said: str) -> None:
    with pytest.raises(Unauthorized):
        Keys(["\N{KEY}" * 40]).owner_of(said)


def test_without_keys_all_requests_have_one_owner() -> None:
    assert Keys([]).owner_of("Bearer anything") == Keys([]).owner_of("") == ""


@pytest.mark.parametrize("path", LOCKED)
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic sk-right", "sk-right"])
def test_what_a_key_guards_answers_401_without_it(tmp_path: Path, path: str, header: str) -> None:
    with site(tmp_path, api_keys=("sk-right",)) as server:
        answer = server.http.get(path, headers={"authorization": header})
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (401, "authentication_error", "invalid_api_key")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "sk-right" not in answer.text


def test_a_key_opens_what_it_guards(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-right",)) as server:
        codes = [
            server.http.get(path, headers={"authorization": "Bearer sk-right"}).status_code
            for path in ("/v1/models", "/metrics", "/v1/memory")
        ]
    assert codes == [200, 200, 200]


def test_health_and_documents_need_no_key(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-right",)) as server:
        assert 401 not in [server.http.get(path).status_code for path in FREE]


def test_a_minutes_worth_of_requests_may_come_at_once_and_no_more() -> None:
    limiter = RateLimiter(3, clock=Clock())
    for _ in range(3):
        limiter.take("one")
    with pytest.raises(RateLimited):
        limiter.take("one")
    limiter.take("another")


def test_whoever_waits_as_long_as_told_may_ask_again() -> None:
    clock = Clock()
    limiter = RateLimiter(6, clock=clock)
    for _ in range(6):
        limiter.take("one")
    with pytest.raises(RateLimited) as caught:
        limiter.take("one")
    clock.now += caught.value.after_s + 1e-6
    limiter.take("one")


def test_a_flood_of_names_does_not_grow_the_table() -> None:
    limiter = RateLimiter(1, most=10, clock=Clock())
    for number in range(1000):
        limiter.take(str(number))
    with pytest.raises(RateLimited):
        limiter.take("999")
    limiter.take("1")  # forgotten, so it may make a request


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    with site(tmp_path, rate_per_minute=2) as server:
        answers = [server.http.get("/v1/models") for _ in range(3)]
        health = server.http.get("/healthz")
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == "rate_limit_exceeded"
    assert 0 < int(answers[2].headers["retry-after"]) <= 30
    assert health.status_code == 200


def test_each_key_has_its_own_rate(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("a", "b"), rate_per_minute=1) as server:
        asked = [server.http.get("/v1/models", headers={"authorization": f"Bearer {key}"}) for key in "aab"]
    assert [answer.status_code for answer in asked] == [200, 429, 200]
