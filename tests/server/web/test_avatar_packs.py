"""Avatars for pages: packs, links that expire, sessions' tokens, and what pages of other origins may do with them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.server.web import session_tokens
from tests.server.web.avatars import PACK, measuring, save
from tests.server.web.servers import Site, refused, site
from tests.server.web.workers import BUSY, DONE, STARTED, speaks, work

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

MINE = {"authorization": "Bearer sk-one"}
PAGE, STRANGER = "https://page.example", "https://other.example"
SPEECH = {"model": "tts-1", "voice": "en-us", "input": "Hello."}


def avatar_of(server: Site) -> str:
    """Save an avatar with the first key, and return its path."""
    with measuring(server):
        answer = save(server, "sk-one")
    server.places.socket.unlink()
    assert answer.status_code == 201, answer.text
    return f"/v1/avatars/{answer.json()['id']}"


def token_of(server: Site, avatar: str, **wishes: int) -> dict[str, str]:
    """Return the header with a new token for an avatar."""
    answer = server.http.post(f"{avatar}/sessions", json=wishes, headers=MINE)
    assert answer.status_code == 201, answer.text
    return {"authorization": f"Bearer {answer.json()['token']}"}


def speak(server: Site, headers: dict[str, str], heard: list[Any] | None = None, **changes: Any) -> httpx.Response:
    """Ask a stand-in for the worker process for speech; `heard` collects what it was asked."""
    with work(server.places.socket, speaks(STARTED, b"sound", DONE)) as worker:
        answer = server.http.post("/v1/audio/speech", json=SPEECH | changes, headers=headers)
    server.places.socket.unlink()
    if heard is not None:
        heard += worker.requests
    return answer


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that lets tokens and links age by seconds."""

    def age(seconds: float) -> None:
        at = time.time() + seconds
        monkeypatch.setattr(session_tokens, "now", lambda: at)

    return age


def test_a_pack_is_sent_once_and_then_only_confirmed(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one", "sk-two")) as server:
        avatar = avatar_of(server)
        first = server.http.get(f"{avatar}/pack", headers=MINE)
        assert (first.status_code, first.content) == (200, PACK)
        assert first.headers["cache-control"] == "private, no-cache"
        again = server.http.get(f"{avatar}/pack", headers=MINE | {"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert server.http.head(f"{avatar}/pack", headers=MINE).headers["content-length"] == str(len(PACK))
        refused(server.http.get(f"{avatar}/pack"), 401, "invalid_api_key")
        theirs = {"authorization": "Bearer sk-two"}
        refused(server.http.get(f"{avatar}/pack", headers=theirs), 404, "not_found")
        refused(server.http.post(f"{avatar}/sessions", headers=theirs), 404, "not_found")
        refused(server.http.post(f"{avatar}/links", headers=theirs), 404, "not_found")


def test_a_pack_of_another_size_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one",)) as server:
        avatar = avatar_of(server)
        with measuring(server) as asked:
            for _ in range(2):
                assert server.http.get(f"{avatar}/pack?size=256", headers=MINE).content == b"another pack"
        assert [(each["op"], each["size"]) for each in asked] == [("pack", 256)]
        refused(server.http.get(f"{avatar}/pack?size=300", headers=MINE), 400, "bad_request", "size")


def test_a_link_gives_the_pack_to_anyone_until_it_expires(tmp_path: Path, later: Any) -> None:
    with site(tmp_path, api_keys=("sk-one",)) as server:
        avatar = avatar_of(server)
        link = server.http.post(f"{avatar}/links", json={"expires_in": 120}, headers=MINE).json()["url"]
        answer = server.http.get(link)
        assert answer.content == PACK
        assert answer.headers["cache-control"].startswith("public, max-age=1")
        refused(server.http.get(link.replace("signature=", "signature=x")), 401, "invalid_token")
        refused(server.http.get(link.replace("expires=", "expires=9")), 401, "invalid_token")
        refused(server.http.get(link.replace("/pack", "")), 401, "invalid_api_key")
        refused(server.http.delete(link), 401, "invalid_api_key")
        later(121)
        assert "was valid until" in refused(server.http.get(link), 401, "token_expired")


def test_a_token_gives_its_avatar_and_speech_and_nothing_else(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one",)) as server:
        avatar, other = avatar_of(server), avatar_of(server)
        token = token_of(server, avatar)
        assert server.http.get(avatar, headers=token).status_code == 200
        assert server.http.get(f"{avatar}/pack", headers=token).content == PACK
        assert speak(server, token).content == b"sound"
        for method, path in (
            ("GET", other),
            ("GET", f"{other}/pack"),
            ("GET", "/v1/avatars"),
            ("POST", f"{avatar}/sessions"),
            ("POST", f"{avatar}/links"),
            ("DELETE", avatar),
            ("GET", "/v1/videos"),
            ("POST", "/v1/videos"),
            ("GET", "/v1/log"),
            ("GET", "/v1/audio/voices"),
            ("POST", f"{avatar}/pack"),
        ):
            refused(server.http.request(method, path, headers=token), 403, "not_allowed")


def test_a_token_counts_as_the_key_that_made_it(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one",), rate_per_minute=6.0) as server:
        avatar = avatar_of(server)
        token = token_of(server, avatar)
        heard: list[Any] = []
        speak(server, token, heard)
        speak(server, MINE, heard)
        by_token, by_key = (each["client"] for each in heard)
        assert by_token == by_key
        assert [server.http.get(avatar, headers=token).status_code for _ in range(3)] == [200, 200, 429]
        refused(server.http.get(avatar, headers=MINE), 429, "rate_limit_exceeded")


def test_a_token_bounds_the_text_of_a_speech(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one",)) as server:
        token = token_of(server, avatar_of(server), characters=10)
        assert speak(server, token, input="x" * 10).status_code == 200
        told = refused(speak(server, token, input="x" * 11), 413, "text_too_long", "input")
        assert "11 characters, and this token allows 10" in told


def test_a_token_bounds_the_text_of_all_its_speeches(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one",), session_characters=500) as server:
        avatar = avatar_of(server)
        token, other = token_of(server, avatar, max_characters=100), token_of(server, avatar, max_characters=100)
        assert speak(server, token, input="x" * 60).status_code == 200
        told = refused(
            server.http.post("/v1/audio/speech", json=SPEECH | {"input": "x" * 41}, headers=token), 403, "session_spent"
        )
        assert "spoken 60 of 100 characters, and the text has 41" in told
        assert [speak(server, token, input="x" * n).status_code for n in (40, 1)] == [200, 403]
        assert speak(server, other, input="x" * 100).status_code == 200
        usual = server.http.post(f"{avatar}/sessions", headers=MINE).json()
        assert usual["max_characters"] == 500


def test_speech_that_the_worker_refuses_costs_a_token_nothing(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one",)) as server:
        token = token_of(server, avatar_of(server), max_characters=60)
        with work(server.places.socket, speaks(BUSY)):
            assert server.http.post("/v1/audio/speech", json=SPEECH, headers=token).status_code == 429
        server.places.socket.unlink()
        assert speak(server, token, input="x" * 60).status_code == 200


def test_tokens_that_are_forged_or_old_are_refused_clearly(tmp_path: Path, later: Any) -> None:
    with site(tmp_path, api_keys=("sk-one",)) as server:
        avatar = avatar_of(server)
        token = token_of(server, avatar, expires_in=60)
        head, signature = token["authorization"].split(".")
        for forged in (f"{head}.{signature[:-2]}xx", f"{head[:-3]}AAA.{signature}", "Bearer hgs_", "Bearer hgs_a.b"):
            refused(server.http.get(avatar, headers={"authorization": forged}), 401, "invalid_token")
        refused(speak(server, {"authorization": "Bearer hgs_" + "x" * 2000}), 401, "invalid_token")
        later(61)
        assert "was valid until" in refused(server.http.get(avatar, headers=token), 401, "token_expired")


def test_a_token_ends_with_its_avatar_and_with_its_key(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("sk-one",)) as server:
        avatar, kept = avatar_of(server), avatar_of(server)
        token, other = token_of(server, avatar), token_of(server, kept)
        server.http.delete(avatar, headers=MINE)
        assert "was deleted" in refused(speak(server, token), 401, "invalid_token")
    with site(tmp_path, api_keys=("sk-two",)) as server:
        refused(server.http.get(kept, headers=other), 401, "invalid_token")
    with site(tmp_path, api_keys=("sk-one", "sk-two")) as server:  # any other process has the same secret
        assert server.http.get(kept, headers=other).status_code == 200
        secret = server.places.root / "secret"
        assert secret.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("keys", [(), ("sk-one",)])
def test_pages_of_chosen_origins_may_use_avatars_and_nothing_else(tmp_path: Path, keys: tuple[str, ...]) -> None:
    with site(tmp_path, api_keys=keys, avatar_origins=(PAGE,)) as server:
        avatar = avatar_of(server)
        token = token_of(server, avatar)
        there = {"origin": PAGE, "sec-fetch-site": "cross-site"}
        asked = {**there, "access-control-request-headers": "authorization,content-type"}
        preflight = server.http.options("/v1/audio/speech", headers=asked | {"access-control-request-method": "POST"})
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, PAGE)
        answers = [speak(server, token | there), server.http.get(f"{avatar}/pack", headers=token | there)]
        assert [each.status_code for each in answers] == [200, 200]
        assert [each.headers["access-control-allow-origin"] for each in answers] == [PAGE, PAGE]

        for path, method in ((avatar, "DELETE"), ("/v1/videos", "POST"), (f"{avatar}/sessions", "POST")):
            preflight = server.http.options(path, headers=asked | {"access-control-request-method": method})
            assert "access-control-allow-origin" not in preflight.headers
            if not keys:  # which no page elsewhere has
                refused(server.http.request(method, path, headers=there), 403, "cross_site")
        stranger = {"origin": STRANGER, "sec-fetch-site": "cross-site"}
        answer = server.http.get(f"{avatar}/pack", headers=token | stranger)
        assert "access-control-allow-origin" not in answer.headers
        assert answer.status_code == (200 if keys else 403)


def test_pages_that_may_call_all_of_the_api_may_still_do_so(tmp_path: Path) -> None:
    with site(tmp_path, cors_origins=(STRANGER,), avatar_origins=(PAGE,)) as server:
        avatar = avatar_of(server)
        asked = {"origin": STRANGER, "access-control-request-method": "DELETE"}
        assert server.http.options(avatar, headers=asked).headers["access-control-allow-origin"] == STRANGER
        answer = server.http.delete(avatar, headers={"origin": STRANGER, "sec-fetch-site": "cross-site"})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, STRANGER)
