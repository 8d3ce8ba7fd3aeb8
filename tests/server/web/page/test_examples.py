"""The examples, and the snippet of Talk, in pages of another origin; model and speech recognition are stand-ins."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.server.web.page.conftest import ELSEWHERE
from tests.server.web.page.studio import WAIT_MS, browsing, studio_of, until
from tests.support.media import PRESENTER, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.serving import Server

EXAMPLES = ROOT / "examples"
TOKENS = ["Good ", "morning. ", "It costs three dollars."]
ANSWER = "".join(f"data: {json.dumps({'choices': [{'delta': {'content': each}}]})}\n\n" for each in TOKENS)
STATE = "document.querySelector('halfgig-avatar').state"

RECOGNITION = """
    window.SpeechRecognition = class extends EventTarget {
        start() { window.recognition = this; }
        stop() { this.dispatchEvent(new Event("end")); }
    };
    window.hear = (transcript, isFinal) => recognition.dispatchEvent(
        Object.assign(new Event("result"), {
            resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })],
        }));
"""
"""A speech recognition that hears what a test has it hear."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Browser]:
    """Run a browser that takes pages that a test makes up for local ones."""
    with browsing("--disable-features=LocalNetworkAccessChecks", "--disable-3d-apis") as running:
        yield running


@pytest.fixture(scope="module")
def avatar(server: Server) -> Iterator[str]:
    """Save an avatar, and return the query with its link."""
    with server.client() as http:
        saved = http.post("/v1/avatars", files={"portrait": PRESENTER.read_bytes()}).json()["id"]
        link = http.post(f"/v1/avatars/{saved}/links", json={"size": 256}).json()["url"]
        yield urlencode({"halfgig": server.url, "src": link})
        http.delete(f"/v1/avatars/{saved}")


@contextlib.contextmanager
def page_of(browser: Browser, html: str, query: str = "") -> Iterator[Page]:
    """Open a page of another origin, which also has a model; an error in it fails the test."""
    context = browser.new_context()
    page, wrong, asked = context.new_page(), [], []
    page.set_default_timeout(WAIT_MS)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script(RECOGNITION)

    def answer(route: Any) -> None:
        asked.append(route.request.post_data_json["messages"][-1]["content"])
        route.fulfill(status=200, body=ANSWER, content_type="text/event-stream")

    page.route(
        re.compile(f"{ELSEWHERE}/page"), lambda route: route.fulfill(status=200, body=html, content_type="text/html")
    )
    page.route(f"{ELSEWHERE}/v1/chat/completions", answer)
    page.asked = asked  # type: ignore[attr-defined]
    try:
        page.goto(f"{ELSEWHERE}/page?{query}")
        until(page, "document.querySelector('halfgig-avatar')?.ariaLabel")
        page.evaluate("window.said = []")
        heard = "avatar.addEventListener('word', ({ detail }) => said.push(detail.text))"
        page.evaluate(f"() => {{ const avatar = document.querySelector('halfgig-avatar'); {heard}; }}")
        yield page
    finally:
        context.close()
    assert wrong == []


def test_a_chat_speaks_the_answer_of_a_model(elsewhere: Browser, avatar: str) -> None:
    html = (EXAMPLES / "chat.html").read_text(encoding="utf-8")
    with page_of(elsewhere, html, f"{avatar}&llm={ELSEWHERE}/v1") as page:
        page.locator("#said").fill("What does it cost?")
        page.keyboard.press("Enter")
        until(page, "said.join(' ') === 'Good morning. It costs three dollars.'")
        assert page.locator("#log li").all_inner_texts() == ["What does it cost?", "".join(TOKENS)]
        assert page.asked == ["What does it cost?"]  # type: ignore[attr-defined]


def test_in_a_call_who_speaks_is_answered_and_may_interrupt(elsewhere: Browser, avatar: str) -> None:
    html = (EXAMPLES / "call.html").read_text(encoding="utf-8")
    with page_of(elsewhere, html, f"{avatar}&llm={ELSEWHERE}/v1") as page:
        page.locator("#call").click()
        until(page, "said.length > 0")
        until(page, f"{STATE} === 'listening'")
        page.evaluate("hear('what does it cost', true)")
        until(page, f"said.includes('Good') && {STATE} === 'speaking'")
        page.evaluate("hear('wait a moment', false)")
        until(page, f"{STATE} === 'listening'")
        assert page.asked == ["what does it cost"]  # type: ignore[attr-defined]
        page.locator("#call").click()
        until(page, f"{STATE} === 'idle'")


def test_the_snippet_of_the_page_works_in_a_page_of_another_origin(
    elsewhere: Browser, server: Server, avatar: str
) -> None:
    assert avatar
    with studio_of(elsewhere, server.url) as studio:
        studio.open("talk")
        studio.until("document.querySelector('halfgig-avatar')")
        studio.press("talk-snippet")
        snippet = studio.see("talk-code").input_value()
    with page_of(elsewhere, f'<!doctype html><html lang="en"><title>Mine</title>{snippet}') as page:
        page.get_by_role("button").click()
        until(page, "said.join(' ') === 'Good morning.'")
