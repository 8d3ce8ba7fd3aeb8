"""Make and Watch: a person without knowledge of the API makes a video."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PIL import Image

from tests.server.web.page.studio import until
from tests.support import http
from tests.support.source import PACKAGE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.web.page.studio import Studio
    from tests.support.serving import Server

PRESENTER = PACKAGE / "assets" / "presenter.png"
SHORT = "Good morning."
LONG = "The harbour was quiet, and a pale morning light lay over the boats. " * 3

NOTE_FORMS = """(() => {
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function (form) {
        window.sent = [...form].filter(([, value]) => typeof value === "string");
        return send.call(this, form);
    };
})()"""
"""Records the fields of the next form that is sent: Playwright cannot read a body with files."""


@pytest.fixture
def small_portrait(tmp_path: Path) -> Path:
    """Save the presenter as a small picture."""
    path = tmp_path / "me.jpg"
    Image.open(PRESENTER).convert("RGB").resize((400, 400)).save(path, quality=90)
    return path


def choose(studio: Studio, picture: Path) -> None:
    """Choose a picture as the portrait."""
    studio.find("portrait-file").set_input_files(picture)


def watched(studio: Studio) -> str:
    """Return the id of the video shown."""
    studio.until("localStorage.getItem('halfgig.watched')")
    return str(studio.read("JSON.parse(localStorage.getItem('halfgig.watched'))"))


def test_one_press_makes_a_video_of_the_presenter_that_plays_with_subtitles(studio: Studio) -> None:
    studio.write(SHORT)
    studio.press("make-go")
    studio.see("watch-progress")
    studio.see("watch-download")
    studio.until("document.querySelector('#watch-video').duration > 0.5")
    studio.until("document.querySelector('#watch-video').textTracks[0]?.cues?.length > 0")
    cues = "[...document.querySelector('#watch-video').textTracks[0].cues].map((cue) => cue.text).join(' ')"
    assert "morning" in studio.read(cues)
    with studio.page.expect_download() as download:
        studio.press("watch-download")
    with av.open(str(download.value.path())) as file:
        assert [stream.type for stream in file.streams] == ["video", "audio"]


def test_a_label_is_in_the_corner_that_was_chosen(studio: Studio) -> None:
    studio.write(SHORT)
    studio.page.locator("summary", has_text="Options").click()
    studio.page.get_by_label("Longer side").select_option("256")
    studio.page.locator("[name=label]").fill("AI-generated")
    studio.page.get_by_label("Label's corner").select_option("top left")
    studio.press("make-go")
    studio.see("watch-download")
    with studio.page.expect_download() as download:
        studio.press("watch-download")
    with av.open(str(download.value.path())) as file:
        frame = next(file.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    plain = Image.open(PRESENTER).convert("RGB").resize(frame.shape[1::-1], Image.Resampling.BOX)
    wall = np.abs(frame - np.asarray(plain)).mean(axis=2)[:24]
    assert wall[:, :128].max() > 90
    assert wall[:, 128:].max() < 45


def test_the_newest_frame_is_shown_while_the_video_is_made(studio: Studio) -> None:
    studio.write(LONG * 12)  # so that no machine has finished before the page asks for a frame
    studio.press("make-go")
    newest = "document.querySelector('#watch-newest')"
    studio.until(f"{newest}.alt && {newest}.naturalWidth > 0")
    studio.until("document.querySelector('#watch-facts').innerText.startsWith('Frame ')")
    studio.press("watch-cancel")


def test_a_dragged_point_goes_with_the_portrait(studio: Studio, small_portrait: Path) -> None:
    choose(studio, small_portrait)
    studio.see("points-edit").click()
    handle = studio.page.get_by_role("button", name="Left eye")
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    found = handle.get_attribute("aria-label")
    studio.page.mouse.move(x, y)
    studio.page.mouse.down()
    studio.page.mouse.move(x + 20, y - 12, steps=4)
    studio.page.mouse.up()
    assert handle.get_attribute("aria-label") != found
    studio.page.keyboard.press("ArrowLeft")
    placed = studio.read("JSON.parse(localStorage.getItem('halfgig.portrait')).points")
    studio.press("points-edit")
    studio.write(SHORT)
    studio.read(NOTE_FORMS)
    studio.press("make-go")
    studio.see("watch-download")
    assert dict(studio.read("sent"))["landmarks"] == " ".join(f"{px:.1f},{py:.1f}" for px, py in placed)


def test_the_points_that_are_found_lie_on_the_face(studio: Studio, small_portrait: Path) -> None:
    choose(studio, small_portrait)
    studio.see("points-edit")
    points = np.array(studio.read("JSON.parse(localStorage.getItem('halfgig.portrait')).points"))
    by_hand = np.array([[442, 431], [583, 428], [518, 520], [455, 574], [580, 568]]) * 400 / 1024
    assert np.abs(points - by_hand).max() < 14


def test_a_chosen_picture_stands_behind_the_person_instead_of_the_colour(studio: Studio, tmp_path: Path) -> None:
    behind = tmp_path / "green.png"
    Image.new("RGB", (64, 64), (0, 160, 0)).save(behind)
    studio.find("options-now").click()
    studio.page.get_by_label("Longer side").select_option("256")
    colour = studio.page.get_by_label("Background", exact=True)
    colour.fill("navy")
    studio.find("backdrop-file").set_input_files(behind)
    studio.see("backdrop-remove")
    assert colour.is_disabled()
    studio.page.reload()
    studio.find("options-now").click()
    assert studio.see("backdrop-name").inner_text() == "green.png"
    studio.write("Hi.")
    studio.press("make-go")
    studio.see("watch-download")
    data = http.get(f"{studio.url}/v1/videos/{watched(studio)}/content").content
    with av.open(io.BytesIO(data), "r") as file:
        red, green, blue = next(file.decode(video=0)).to_ndarray(format="rgb24")[:40, :40].reshape(-1, 3).mean(0)
    assert green > 120
    assert max(red, blue) < 60  # the presenter's own is bright
    studio.press("backdrop-remove")
    assert colour.is_enabled()


def test_cancelling_ends_the_work_and_offers_to_try_again(studio: Studio, server: Server) -> None:
    studio.write(LONG)
    studio.press("make-go")
    studio.press("watch-cancel")
    assert "Cancelled" in studio.told("watch-notices")
    video = http.get(f"{server.url}/v1/videos/{watched(studio)}").json()
    assert video["error"]["code"] == "cancelled"
    studio.see("watch-retry")


def test_one_click_makes_a_cancelled_video_after_all(studio: Studio) -> None:
    studio.write(SHORT)
    studio.press("make-go")
    first = watched(studio)
    studio.press("watch-cancel")
    studio.see("watch-retry").click()
    studio.see("watch-download")
    assert watched(studio) != first


def test_a_reload_in_the_middle_finds_the_video_and_what_was_written(studio: Studio) -> None:
    studio.write(LONG)
    studio.press("make-go")
    name = watched(studio)
    studio.until("document.querySelector('#watch-bar').value >= 15")
    studio.page.reload()
    studio.see("watch-progress")
    assert watched(studio) == name
    assert studio.find("words").input_value() == LONG
    studio.press("watch-cancel")


def test_portrait_and_points_survive_a_reload(studio: Studio, small_portrait: Path) -> None:
    choose(studio, small_portrait)
    studio.see("points-edit")
    before = studio.read("JSON.parse(localStorage.getItem('halfgig.portrait'))")
    studio.page.reload()
    studio.see("points-edit")
    assert studio.read("JSON.parse(localStorage.getItem('halfgig.portrait'))") == before
    assert str(studio.read("document.querySelector('#portrait-frame img').src")).startswith("blob:")


def test_a_recording_from_the_microphone_takes_the_place_of_words(studio: Studio) -> None:
    studio.press("sound-record")
    studio.until("document.querySelector('#sound-record-text').textContent.includes('0:02')")
    studio.press("sound-record")
    studio.see("sound")
    studio.press("make-go")
    studio.see("watch-download")
    assert not studio.find("watch-words").is_visible()


def test_a_shared_link_plays_without_a_key_until_it_is_taken_back(studio: Studio) -> None:
    studio.write(SHORT)
    studio.press("make-go")
    studio.see("share").click()
    link = studio.see("share-link").input_value()
    page = studio.page.context.new_page()
    page.goto(link)
    until(page, "document.querySelector('#watch-video').duration > 0.5")
    studio.press("share-back")
    studio.find("share-box").wait_for(state="hidden")
    page.reload()
    assert "no longer works" in page.locator("[role=alert] p").inner_text()


def test_a_voice_is_searched_heard_and_chosen(studio: Studio) -> None:
    studio.write(SHORT)
    studio.press("voice-choose")
    studio.find("voice-search").fill("great britain")
    row = studio.page.locator("#voice-list li", has_text="Fable")
    with studio.page.expect_response(lambda each: each.url.endswith("/v1/audio/speech")) as heard:
        row.get_by_role("button").click()
    assert heard.value.ok
    row.get_by_role("radio").check()
    studio.press("voice-use")
    assert studio.find("voice-now").inner_text() == "Fable"
    studio.read(NOTE_FORMS)
    studio.press("make-go")
    studio.until("window.sent")
    assert dict(studio.read("sent"))["voice"] == "fable"


def test_a_photograph_from_the_camera_is_looked_at(studio: Studio) -> None:
    studio.press("portrait-camera")
    studio.until("document.querySelector('#camera-video').videoWidth > 0")
    studio.press("camera-take")
    assert "no face" in studio.told("portrait-notices").lower()  # the fake camera shows none


def test_a_pasted_picture_becomes_the_portrait(studio: Studio) -> None:
    data = io.BytesIO()
    Image.open(PRESENTER).convert("RGB").resize((300, 300)).save(data, "PNG")
    studio.page.evaluate(
        """(bytes) => {
            const pasted = new DataTransfer();
            pasted.items.add(new File([new Uint8Array(bytes)], "pasted.png", { type: "image/png" }));
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: pasted }));
        }""",
        list(data.getvalue()),
    )
    studio.see("points-edit")


def test_history_lists_what_was_made_and_deletes_it_on_the_second_press(studio: Studio) -> None:
    studio.write("A text that is only here.")
    studio.press("make-go")
    studio.see("watch-download")
    card = studio.page.locator(".video-card", has_text="A text that is only here.")
    card.get_by_role("button", name="Delete").click()
    card.get_by_role("button", name="Really delete").click()
    card.wait_for(state="detached")
    studio.see("portrait")
