"""The page in a real browser: Chromium from Debian's packages, driven by Playwright."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""

FLAGS = (
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)

WAIT_MS = round(1000 * PATIENCE_S)
"""Longest wait for what the page shows, in milliseconds."""

LOOK_EVERY_MS = 40
"""Between two looks at the page."""


def needs_chromium() -> None:
    """Skip the test, with the reason, where there is no browser to run it in."""
    if not CHROMIUM:
        pytest.skip("needs Chromium in PATH: apt-get install chromium")


@contextlib.contextmanager
def browsing() -> Iterator[Browser]:
    """Run a browser until the block ends."""
    needs_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Studio:
    """Use the page as somebody does who sits before it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.wrong: list[str] = []
        """What the page threw, or was refused by its own policy."""
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.wrong.append(message.text)

    def open(self, view: str = "make") -> Studio:
        """Open a view and wait until the page has begun."""
        self.page.goto(f"{self.url}/#{view}")
        self.until("document.querySelector('[aria-current=page]')")
        return self

    def find(self, name: str) -> Locator:
        """Find an element by the name index.html gives it."""
        return self.page.locator(f"#{name}")

    def see(self, name: str, within_ms: int = WAIT_MS) -> Locator:
        """Wait until an element is shown."""
        found = self.find(name)
        found.wait_for(state="visible", timeout=within_ms)
        return found

    def press(self, name: str) -> None:
        """Press a button."""
        self.find(name).click()

    def write(self, text: str) -> None:
        """Write the words."""
        self.find("words").fill(text)

    def told(self, place: str) -> str:
        """Wait for the sentence of an error at a place, and give it."""
        notice = self.page.locator(f"#{place} [role=alert] p")
        notice.wait_for(state="visible")
        return notice.inner_text()

    def read(self, expression: str) -> Any:
        """Compute something in the page."""
        return self.page.evaluate(expression)

    def until(self, expression: str) -> None:
        """Wait until something in the page is so."""
        until(self.page, expression)


def until(page: Page, expression: str, within_ms: int = WAIT_MS) -> None:
    """Wait until something in a page is so; asked from outside, as its policy lets nothing be evaluated in it."""
    for _ in range(within_ms // LOOK_EVERY_MS):
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(LOOK_EVERY_MS)
    raise TimeoutError(f"not so after {within_ms} ms: {expression}")


@contextlib.contextmanager
def studio_of(browser: Browser, url: str, **options: Any) -> Iterator[Studio]:
    """Open a browser window of its own on a server; what goes wrong in the page fails the test."""
    context = browser.new_context(**{"permissions": ["camera", "microphone"], **options})
    studio = Studio(context.new_page(), url)
    try:
        yield studio
    finally:
        context.close()
    assert studio.wrong == []
