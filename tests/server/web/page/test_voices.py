"""Kokoro's voices on the page: grades, search, and mixes of two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.server.web.page.studio import needs_chromium, studio_of
from tests.support.serving import serving
from tests.tts.kokoro.networks.installed import install_kokoro

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.support.serving import Server


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server on which Kokoro is installed."""
    needs_chromium()
    with serving(install_kokoro(tmp_path_factory), 1024) as running:
        yield running


def test_voices_are_graded_the_best_first_and_two_are_mixed_with_a_slider(browser: Browser, speaking: Server) -> None:
    with studio_of(browser, speaking.url) as studio:
        studio.open()
        studio.press("voice-choose")
        studio.until("document.querySelectorAll('#voice-list .grade').length === 3")
        names = studio.page.locator("#voice-list li:has(.grade) b").all_inner_texts()
        assert names == ["Heart", "Emma", "Michael"]
        studio.find("voice-grade").select_option("A")
        assert studio.page.locator("#voice-list li b").all_inner_texts() == ["Heart"]
        studio.page.get_by_role("radio", name="Heart").check()
        studio.find("mix-second").select_option("bf_emma")
        studio.find("mix-share").press("ArrowRight")
        assert studio.find("mix-text").inner_text() == "6 parts Heart, 4 parts Emma"
        with studio.page.expect_request("**/v1/audio/speech") as asked:
            studio.press("voice-try")
        assert json.loads(asked.value.post_data or "")["voice"] == "af_heart(6)+bf_emma(4)"
        response = asked.value.response()
        assert response
        assert response.ok
        studio.press("voice-use")
        assert studio.find("voice-now").inner_text() == "Heart + Emma"
        studio.page.reload()
        studio.until("document.querySelector('#voice-now').textContent === 'Heart + Emma'")


def test_the_estimate_counts_with_kokoros_pace(browser: Browser, speaking: Server) -> None:
    with studio_of(browser, speaking.url) as studio:
        studio.open()
        studio.write("The harbour was quiet, and a pale morning light lay over the boats. " * 20)
        studio.until("document.querySelector('#estimate').textContent.includes('made in')")
        studio.until("document.querySelector('#voice-language').options.length")
        kokoro = studio.find("estimate").inner_text()
        studio.press("voice-choose")
        studio.find("voice-search").fill("en-us")
        studio.page.locator("input[name=voice][value=en-us]").check()
        studio.press("voice-use")
        studio.until(f"document.querySelector('#estimate').textContent !== {kokoro!r}")
