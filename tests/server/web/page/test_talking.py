"""Talk: an avatar is saved, says what is typed, is stopped, mirrored, recorded, and put into other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.web.page.studio import studio_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

    from tests.server.web.page.studio import Studio
    from tests.support.serving import Server

SLOWLY = """(() => {
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
        this.playbackRate = 1 / 16;
        return play.call(this);
    };
})()"""
"""Slows what plays from now on sixteen times, so that a second of video leaves time to stop it."""
NOTE_STATES = """(() => {
    const face = document.querySelector("halfgig-avatar");
    window.states = [];
    new MutationObserver(() => states.push(face.state)).observe(face, { attributeFilter: ["state"] });
})()"""
"""Notes the avatar's states from now on: a short one may begin and end between two looks at the page."""
HAS_SPOKEN = "states.includes('speaking') && states.at(-1) === 'idle'"


@pytest.fixture(scope="module")
def avatar(window: BrowserContext, server: Server) -> Iterator[str]:
    """Save an avatar of the presenter on the page, and delete it there; return its name."""
    with studio_in(window, server.url) as studio:
        studio.open("talk")
        studio.see("talk-empty")
        studio.see("talk-name").fill("Ada")
        studio.press("talk-save")
        studio.until("document.querySelector('halfgig-avatar')?.ariaLabel === 'Ada'")
    yield "Ada"
    with studio_in(window, server.url) as studio:
        studio.open("talk")
        studio.page.on("dialog", lambda dialog: dialog.accept())
        studio.see("talk-delete").click()
        studio.see("talk-empty")


@pytest.fixture
def talking(studio: Studio, avatar: str) -> Studio:
    """Open the view with the one avatar there is."""
    studio.open("talk")
    studio.until(f"document.querySelector('halfgig-avatar')?.ariaLabel === '{avatar}'")
    return studio


def say(studio: Studio, text: str) -> None:
    """Have the avatar say a text, and note its states."""
    studio.read(NOTE_STATES)
    studio.find("talk-words").fill(text)
    studio.page.keyboard.press("Enter")


def test_an_avatar_says_what_is_typed_and_stops_in_the_middle(talking: Studio) -> None:
    assert talking.find("talk-avatar").locator("option").all_inner_texts() == ["Ada"]
    say(talking, "Hello.")
    talking.until(HAS_SPOKEN)
    assert talking.find("talk-log").locator("li").all_inner_texts() == ["Hello."]
    talking.read(SLOWLY)
    say(talking, "One two three.")
    talking.until("states.at(-1) === 'speaking'")
    talking.press("talk-stop")
    talking.until("document.querySelector('#talk-log li:last-child').innerText.endsWith('stopped')")
    talking.until("states.at(-1) === 'idle'")


def test_what_it_says_is_recorded_in_the_browser(talking: Studio) -> None:
    talking.press("talk-record")
    say(talking, "Hello.")
    talking.until(HAS_SPOKEN)
    with talking.page.expect_download() as saved:
        talking.press("talk-record")
    assert saved.value.suggested_filename in ("avatar.webm", "avatar.mp4")
    assert saved.value.path().stat().st_size > 1000


def test_the_microphone_moves_its_lips_until_it_is_switched_off(talking: Studio) -> None:
    talking.press("talk-mirror")
    talking.until("document.querySelector('#talk-mirror[aria-pressed=true]')")
    talking.press("tab-make")
    talking.until("document.querySelector('#talk-mirror[aria-pressed=false]')")
    talking.press("tab-talk")


def test_a_snippet_for_other_pages_has_a_link_that_needs_no_key(talking: Studio, server: Server) -> None:
    talking.press("talk-snippet")
    snippet = talking.see("talk-code").input_value()
    assert f'src="{server.url}/halfgig-avatar.js"' in snippet
    assert "&amp;signature=" in snippet
    assert "token" not in snippet  # this server has no keys


def test_on_a_phone_the_face_and_what_it_should_say_are_seen_together(talking: Studio) -> None:
    before = talking.page.viewport_size
    assert before
    talking.page.set_viewport_size({"width": 390, "height": 844})
    talking.until("document.getElementById('talk-form').getBoundingClientRect().bottom < innerHeight")
    assert talking.read("document.querySelector('halfgig-avatar').getBoundingClientRect().top") > 0
    assert talking.read("document.querySelector('halfgig-avatar').getBoundingClientRect().width") > 200
    talking.page.set_viewport_size(before)


def test_on_a_phone_what_is_pressed_stays_where_it_is_while_it_speaks(talking: Studio) -> None:
    before = talking.page.viewport_size
    assert before
    talking.page.set_viewport_size({"width": 390, "height": 844})
    talking.until("document.getElementById('talk-form').getBoundingClientRect().bottom < innerHeight")
    place = "Math.round(document.getElementById('talk-form').getBoundingClientRect().top + scrollY)"
    at_rest = talking.read(place)
    talking.read(f"""(() => {{
        const face = document.querySelector("halfgig-avatar");
        window.places = [];
        new MutationObserver(() => places.push({place})).observe(face, {{ attributeFilter: ["state"] }});
    }})()""")
    for _ in range(2):  # the second line makes what was said longer
        say(talking, "Hi.")
        talking.until(HAS_SPOKEN)
    assert set(talking.read("places")) == {at_rest}
    talking.page.set_viewport_size(before)
