"""Errors: each is a sentence with advice, and nothing the user entered is lost."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.server.web.page.studio import studio_of
from tests.support.cgroup import fenced
from tests.support.serving import free_port, serving, start
from tests.support.source import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.server.web.page.studio import Studio
    from tests.support.serving import Server

KEY = "sk-a-key-for-tests"
LONG = "The harbour was quiet, and a pale morning light lay over the boats. " * 24
"""So long that no machine has finished before the page asks for a frame."""


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server that requires a key."""
    with serving(tmp_path_factory.mktemp("locked"), API_KEYS=KEY) as running:
        yield running


def offer(studio: Studio, key: str) -> None:
    """Enter a key into the dialog."""
    studio.see("key-dialog")
    studio.find("key").fill(key)
    studio.page.keyboard.press("Enter")


def test_a_wrong_key_is_told_and_the_right_one_is_kept_in_this_browser(browser: Browser, locked: Server) -> None:
    with studio_of(browser, locked.url) as studio:
        studio.open()
        offer(studio, "wrong")
        studio.until("document.querySelector('#key-error').textContent.includes('API_KEYS')")
        offer(studio, KEY)
        studio.find("key-dialog").wait_for(state="hidden")
        studio.write("Good morning.")
        studio.press("make-go")
        studio.see("watch-download")
        studio.until("document.querySelector('#watch-video').duration > 0.5")
        assert studio.read("document.querySelector('#watch-video').src").startswith("blob:")
        studio.page.reload()
        studio.see("watch-download")
        assert not studio.find("key-dialog").is_visible()
        kept = "JSON.stringify([{ ...localStorage }, document.cookie])"
        assert studio.read(kept).count(KEY) == 1


def test_a_key_that_is_not_to_be_kept_is_gone_after_a_reload(browser: Browser, locked: Server) -> None:
    with studio_of(browser, locked.url) as studio:
        studio.open()
        studio.see("key-dialog")
        studio.find("key-keep").uncheck()
        offer(studio, KEY)
        studio.find("key-dialog").wait_for(state="hidden")
        studio.page.reload()
        studio.see("key-dialog")


def test_a_picture_too_large_is_refused_and_made_smaller_with_one_click(studio: Studio, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    presenter = Image.open(PACKAGE / "assets" / "presenter.png").convert("RGB")
    presenter.resize((1500, 1500)).save(large, compress_level=1)
    studio.find("portrait-file").set_input_files(large)
    assert re.search(r"MB.*The page can make it smaller", studio.told("portrait-notices"))
    studio.page.get_by_role("button", name="Make it smaller").click()
    studio.see("points-edit")


def test_a_picture_without_a_face_can_be_given_its_points_by_hand(studio: Studio, tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    Image.new("RGB", (320, 240), (90, 120, 110)).save(empty)
    studio.find("portrait-file").set_input_files(empty)
    assert studio.told("portrait-notices").startswith("No face was found in this picture. Choose")
    studio.press("make-go")
    assert studio.told("make-notices").startswith("The picture has no face yet")
    studio.page.get_by_role("button", name="Place the points myself").click()
    assert studio.page.locator(".handle").count() == 5
    studio.page.keyboard.press("ArrowDown")
    assert studio.read("JSON.parse(localStorage.getItem('halfgig.portrait')).isMoved")


def test_what_is_no_picture_is_refused_by_name(studio: Studio, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no picture")
    studio.find("portrait-file").set_input_files(text)
    assert "“notes.txt” is not a picture" in studio.told("portrait-notices")


def test_a_damaged_picture_is_refused_with_what_to_do(studio: Studio, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing of it")
    studio.find("portrait-file").set_input_files(damaged)
    assert "Save it as JPEG or PNG" in studio.told("portrait-notices")


def test_a_server_killed_in_the_middle_is_waited_for_and_the_video_is_made(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with fenced(512) as fence:
        first = start(fence, tmp_path / "data", port)
        first.wait_until_ready()
        with studio_of(browser, first.url) as studio:
            studio.open()
            studio.write(LONG)
            studio.press("make-go")
            studio.until("document.querySelector('#watch-facts').textContent.startsWith('Frame')")
            first.stop(signal.SIGKILL)
            studio.see("watch-lost")
            assert "still being made" in studio.find("watch-lost").inner_text()
            assert "kept" in studio.find("link").inner_text()
            again = start(fence, tmp_path / "data", port)
            again.wait_until_ready()
            studio.see("watch-download")
            assert studio.find("link").inner_text() == ""
        again.stop()


def test_where_streams_do_not_come_through_the_page_asks_instead(studio: Studio) -> None:
    studio.page.route("**/events", lambda route: route.abort())
    studio.write("Good morning.")
    studio.press("make-go")
    studio.see("watch-download")


def test_no_key_given_is_told_with_where_to_give_one(browser: Browser, locked: Server) -> None:
    with studio_of(browser, locked.url) as studio:
        studio.open()
        studio.see("key-cancel").click()
        assert studio.told("notices") == "This server requires a key. Press the key at the top to enter one."


def test_a_wish_sent_while_the_server_is_away_arrives_once_when_it_is_back(studio: Studio) -> None:
    studio.write("Sent while nobody was there.")
    studio.page.context.set_offline(True)
    studio.press("make-go")
    studio.until("document.querySelector('#sending-text').textContent.includes('Retrying')")
    studio.page.context.set_offline(False)
    studio.see("watch-download")
    assert studio.page.locator(".video-card", has_text="Sent while nobody was there.").count() == 1
