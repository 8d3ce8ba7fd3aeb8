"""Verify: a file is chosen, and the page says where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.web.page.studio import Studio
    from tests.support.serving import Server

TEXT = "The mark that nobody hears is found again in this file, whatever it is called. " * 2


def test_the_page_finds_the_mark_in_speech_of_this_server(studio: Studio, server: Server) -> None:
    with server.client() as client:
        speech = client.post(
            "/v1/audio/speech", json={"model": "espeak", "input": TEXT, "voice": "en-us", "response_format": "wav"}
        )
    studio.press("tab-verify")
    file = {"name": "found.wav", "mimeType": "audio/wav", "buffer": speech.content}
    studio.find("verify-file").set_input_files(file)  # type: ignore[arg-type]
    studio.until("document.querySelector('#verify-text').textContent.includes('It is synthetic')")
    lines = studio.find("verify-found").inner_text()
    assert "mark in the sound: installation" in lines


def test_a_file_that_cannot_be_checked_is_told_in_a_sentence(studio: Studio) -> None:
    studio.press("tab-verify")
    file = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no sound at all"}
    studio.find("verify-file").set_input_files(file)  # type: ignore[arg-type]
    studio.until("document.querySelector('#verify-notices [role=alert]')")
    assert not studio.find("verify-text").inner_text()
