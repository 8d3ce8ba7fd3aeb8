"""The ways to say a text in the page: several voices, SSML and a lexicon, an example of each, and wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.web.page.test_listening import ENDED, listen

if TYPE_CHECKING:
    from tests.server.web.page.studio import Studio

HEARD = "document.querySelectorAll('#reading span').length"


def try_example(studio: Studio, name: str) -> str:
    """Open Listen, fill in an example, and return its text."""
    studio.press("tab-listen")
    studio.page.get_by_text("your way").click()
    studio.page.get_by_role("button", name=name).click()
    return studio.find("words").input_value()


@pytest.mark.parametrize(
    ("name", "begins"), [("Two voices", "[voice:en-us]"), ("SSML", "<speak>"), ("A lexicon", "We run Kubernetes")]
)
def test_an_example_is_filled_in_and_plays(studio: Studio, name: str, begins: str) -> None:
    assert try_example(studio, name).startswith(begins)
    studio.press("listen-go")
    studio.until(HEARD)
    studio.until(ENDED)
    assert studio.find("listen-notices").inner_text() == ""


def test_the_lexicon_is_kept_and_sent(studio: Studio) -> None:
    try_example(studio, "A lexicon")
    with studio.page.expect_request("**/v1/audio/speech") as sent:
        studio.press("listen-go")
    assert (sent.value.post_data_json or {})["lexicon"] == "Kubernetes = koo-ber-NET-eez"
    studio.page.reload()
    assert studio.find("lexicon").input_value() == "Kubernetes = koo-ber-NET-eez"


def test_a_wrong_line_is_told_in_a_sentence(studio: Studio) -> None:
    try_example(studio, "A lexicon")
    studio.find("lexicon").fill("Kubernetes")
    studio.press("listen-go")
    assert "ine 1 of the lexicon" in studio.told("listen-notices")


def test_markup_that_is_not_supported_is_told_in_a_sentence(studio: Studio) -> None:
    listen(studio, "<speak>Hello <audio/></speak>")
    assert "<audio> is not supported" in studio.told("listen-notices")
