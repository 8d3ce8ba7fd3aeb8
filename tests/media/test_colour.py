from __future__ import annotations

import pytest
from PIL import ImageColor

from halfgig.media.colour import NAMES, parse_colour


@pytest.mark.parametrize(
    ("text", "colour"),
    [("navy", (0, 0, 128)), (" Navy ", (0, 0, 128)), ("#fa0", (255, 170, 0)), ("#0A3d62", (10, 61, 98))],
)
def test_a_colour_is_read(text: str, colour: tuple[int, int, int]) -> None:
    assert parse_colour(text) == colour


@pytest.mark.parametrize("text", ["", "#12", "#12345", "#ggg", "blurple", "fa0", "rgb(1,2,3)"])
def test_what_is_no_colour_is_none(text: str) -> None:
    assert parse_colour(text) is None


def test_the_names_are_those_of_css() -> None:
    assert {name: parse_colour(name) for name in NAMES} == {
        name: ImageColor.getrgb(name) for name in ImageColor.colormap
    }
