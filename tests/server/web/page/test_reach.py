"""Accessibility: no serious axe-core findings, everything works by keyboard, widths from 320 pixels."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from tests.server.web.page.studio import Studio

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

FOUND = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.filter((each) => ["serious", "critical"].includes(each.impact))
        .map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join(" ")}`);
}"""


def axe() -> str:
    """Return axe-core's script from the package that ships it; skip if it is not installed."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("needs axe-core: pip install axe-playwright-python")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def faults(studio: Studio) -> list[str]:
    """Run axe-core on the current page in its light and in its dark colours."""
    if not studio.read("'axe' in window"):
        studio.read(axe())  # through the debugger, since the page's policy blocks other scripts
    found = []
    for scheme in SCHEMES:
        studio.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # axe-core would judge colours in the middle of a transition.
        studio.until("!document.getAnimations().some((each) => each instanceof CSSTransition)")
        assert studio.read(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
        found += [f"{scheme}: {each}" for each in studio.page.evaluate(FOUND)]
    return found


@pytest.mark.parametrize("view", ["make", "listen", "talk", "verify", "operate"])
def test_axe_finds_no_serious_fault(studio: Studio, view: str) -> None:
    studio.open(view)
    if view == "make":
        for fold in studio.page.locator("summary.row:visible").all():
            fold.click()
    if view == "operate":
        studio.until("document.querySelectorAll('#memory-chart .area').length")
    assert faults(studio) == []


def test_axe_finds_no_serious_fault_in_dialogs_errors_and_results(studio: Studio, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.txt"
    nothing.write_text("nothing")
    studio.press("voice-choose")
    studio.until("document.querySelectorAll('#voice-list li').length > 3")
    assert faults(studio) == []
    studio.press("voice-close")
    studio.press("key-button")
    assert faults(studio) == []
    studio.press("key-cancel")
    studio.find("portrait-file").set_input_files(nothing)
    studio.told("portrait-notices")
    assert faults(studio) == []
    studio.write("Good morning.")
    studio.press("make-go")
    studio.see("share").click()
    studio.see("share-link")
    assert faults(studio) == []


def test_a_video_is_made_with_the_keyboard_alone(studio: Studio) -> None:
    keyboard = studio.page.keyboard
    keyboard.press("Tab")
    assert studio.read("document.activeElement.textContent") == "Skip to the text"
    keyboard.press("Enter")
    assert studio.read("document.activeElement.id") == "words"
    keyboard.press("ControlOrMeta+A")
    keyboard.type("Good morning.")
    for _ in range(20):
        keyboard.press("Tab")
        if studio.read("document.activeElement.id") == "make-go":
            break
    keyboard.press("Enter")
    studio.see("watch-download")


@pytest.mark.parametrize("view", ["make", "listen", "talk", "verify", "operate"])
def test_nothing_is_wider_than_the_window(studio: Studio, view: str) -> None:
    studio.open(view)
    for width in (1440, 820, 390, 320):
        studio.page.set_viewport_size({"width": width, "height": 800})
        studio.until(f"innerWidth === {width}")
        assert studio.read("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width


def test_the_switch_of_colours_is_kept(studio: Studio) -> None:
    studio.press("theme")
    studio.press("theme")
    dark = studio.read("getComputedStyle(document.body).backgroundColor")
    studio.page.reload()
    studio.see("make-go")
    assert studio.read("document.documentElement.dataset.theme") == "dark"
    assert studio.read("getComputedStyle(document.body).backgroundColor") == dark
