"""The page: its files need no key, are revalidated, and load nothing from other hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from halfgig.server.web.errors import handle_errors
from halfgig.server.web.static import page_routes
from tests.server.web.servers import refused, site

if TYPE_CHECKING:
    from pathlib import Path


def page_in(folder: Path) -> TestClient:
    app = FastAPI(docs_url=None, redoc_url=None)
    handle_errors(app)
    app.include_router(page_routes(folder))
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "text/html; charset=utf-8"), ("/page/main.js", "text/javascript; charset=utf-8")],
)
def test_the_page_needs_no_key_and_may_ask_nothing_of_any_other_host(tmp_path: Path, path: str, kind: str) -> None:
    with site(tmp_path, api_keys=("sk-one",)) as server:
        answer = server.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert policy["media-src"] == "'self' blob:"
    assert not any("http" in sources or "unsafe" in sources for sources in policy.values())
    assert answer.headers["permissions-policy"] == "camera=(self), microphone=(self)"
    assert (answer.headers["x-content-type-options"], answer.headers["referrer-policy"]) == ("nosniff", "no-referrer")


def test_a_file_is_sent_again_only_when_it_has_changed(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text("one")
    page = page_in(tmp_path)
    first = page.get("/page/app.js")
    seen = {"if-none-match": first.headers["etag"]}
    again = page.get("/page/app.js", headers=seen)
    (tmp_path / "app.js").write_text("two")
    changed = page.get("/page/app.js", headers=seen)
    assert (first.headers["cache-control"], again.status_code, again.content) == ("no-cache", 304, b"")
    assert (changed.status_code, changed.text) == (200, "two")


@pytest.mark.parametrize(
    "name", ["..%2Fsecret.js", "%2e%2e%2fsecret.js", ".hidden.js", "notes.txt", "below%2Fmore.js", "none.js", "a%00.js"]
)
def test_nothing_but_the_pages_own_files_is_served(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.js").write_text("secret")
    folder = tmp_path / "page"
    (folder / "below").mkdir(parents=True)
    for inside in (".hidden.js", "notes.txt", "below/more.js"):
        (folder / inside).write_text("not for the public")
    assert page_in(folder).get(f"/page/{name}").status_code == 404


def test_a_file_that_is_not_there_is_told_in_openais_shape(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        refused(server.http.get("/page/none.js"), 404, "not_found")


def test_a_head_of_the_page_is_answered_without_its_body(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        answer = server.http.head("/")
    assert (answer.status_code, answer.content) == (200, b"")
