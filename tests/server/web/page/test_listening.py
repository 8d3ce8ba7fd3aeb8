"""Listen: speech plays while it is being made."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.web.page.studio import Studio

TEXT = "The harbour was quiet. It cost $3.50 to get there, and nobody minded."
SAID = "document.querySelector('#reading .is-current')"
ENDED = "document.querySelector('#listen-pause').getAttribute('aria-label') === 'Play'"

NOTE_WORDS = """(() => {
    window.said = [];
    const note = (changes) => {
        for (const { target } of changes) if (target.className) window.said.push(target.textContent);
    };
    new MutationObserver(note).observe(document.querySelector("#reading"), { attributes: true, subtree: true });
})()"""
"""Records each word when it is highlighted."""


def listen(studio: Studio, text: str = TEXT) -> None:
    """Open Listen and play a text."""
    studio.press("tab-listen")
    studio.write(text)
    studio.press("listen-go")


def clock(studio: Studio) -> str:
    """Return the position in the speech."""
    return studio.find("listen-clock").inner_text().partition(" /")[0]


def test_speech_plays_and_marks_each_word_as_it_is_said(studio: Studio) -> None:
    studio.read(NOTE_WORDS)
    listen(studio)
    studio.until(SAID)
    studio.until(ENDED)
    words = studio.read("[...document.querySelectorAll('#reading span')].map((each) => each.textContent).join(' ')")
    assert words == TEXT
    said = studio.read("said")
    # Of 13 words: a browser that cannot draw for a while skips some.
    assert len(set(said) & set(TEXT.split())) > 1
    places = [TEXT.index(word) for word in said]
    assert places == sorted(places)


def test_the_waveform_is_drawn_from_the_sound(studio: Studio) -> None:
    listen(studio)
    studio.until("!document.querySelector('#listen-save').disabled")
    drawn = """(() => {
        const canvas = document.querySelector('#waveform');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, at) => at % 4 === 3 && value).length / (canvas.width * canvas.height);
    })()"""
    assert 0.05 < studio.read(drawn) < 0.6


def test_pause_holds_stop_ends_and_a_word_that_is_pressed_is_gone_to(studio: Studio) -> None:
    listen(studio)
    studio.until(SAID)
    studio.press("listen-pause")
    held = clock(studio)
    studio.page.wait_for_timeout(1200)
    assert clock(studio) == held
    studio.until("!document.querySelector('#listen-save').disabled")
    studio.page.locator("#reading span", has_text="nobody").click()
    assert clock(studio) > held
    assert studio.read(f"{SAID}.textContent") == "nobody"
    studio.press("listen-pause")
    studio.until("!document.querySelector('#listen-stop').disabled")
    studio.press("listen-stop")
    assert clock(studio) == "0:00"
    assert studio.find("listen-stop").is_disabled()


def test_what_was_heard_can_be_had_as_a_sound_file(studio: Studio) -> None:
    listen(studio)
    studio.until("!document.querySelector('#listen-save').disabled")
    with studio.page.expect_download() as download:
        studio.press("listen-save")
    with wave.open(io.BytesIO(Path(str(download.value.path())).read_bytes())) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (24_000, 1, 2)
        assert 3 < sound.getnframes() / 24_000 < 8


def test_it_plays_before_the_end_is_made(studio: Studio) -> None:
    listen(studio, TEXT * 400)
    studio.until(SAID)
    assert studio.find("listen-save").is_disabled()
    studio.press("listen-stop")


def test_no_words_are_answered_with_what_to_do(studio: Studio) -> None:
    listen(studio, "  ")
    assert studio.told("listen-notices") == "Write what you want to hear first."
