"""The page in a real browser: Chromium from Debian's packages, driven by Playwright."""

from __future__ import annotations

import contextlib
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.waiting import PATIENCE_S, pause_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), "")
"""The browser; the one without windows takes a quarter less of the processor."""

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

DEVICES = ("camera", "microphone")
"""What pages may use without a question."""

SMALL = """
    if (location.protocol.startsWith("http"))
        localStorage["halfgig.options"] ??= JSON.stringify({ size: "256", fps: "12" });
"""
"""Has the page offer a small video, of few frames, until a test chooses another."""

CALM: Any = {"reduced_motion": "reduce"}
"""Options of windows that need not be drawn all the time: without a graphics card that would slow all else."""

WAIT_MS = round(1000 * PATIENCE_S)
"""Longest wait for something to appear on the page, in milliseconds."""

SHORTEST_PAUSE_MS = 100.0
"""Shortest pause between two checks of the page."""


def needs_chromium() -> None:
    """Skip the test, with the reason, if there is no browser."""
    if not CHROMIUM:
        pytest.skip("needs Chromium in PATH: apt-get install chromium-headless-shell")


class Driver:
    """Playwright, one for all browsers that are open: it refuses to be started twice in a thread."""

    def __init__(self) -> None:
        self._browsers = 0
        self._started: Any = None

    def __enter__(self) -> Playwright:
        """Return the one that runs, or start it."""
        from playwright.sync_api import sync_playwright

        if not self._browsers:
            self._started = sync_playwright().start()
        self._browsers += 1
        running: Playwright = self._started
        return running

    def __exit__(self, *error: object) -> None:
        """End it with the last browser."""
        self._browsers -= 1
        if not self._browsers:
            self._started.stop()


DRIVER = Driver()


@contextlib.contextmanager
def browsing(*flags: str) -> Iterator[Browser]:
    """Run a browser until the block ends; `flags` are added to its command line."""
    needs_chromium()
    with DRIVER as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


class Studio:
    """The page as a person uses it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.wrong: list[str] = []
        """Errors thrown by the page, and violations of its content security policy."""
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.wrong.append(message.text)

    def open(self, view: str = "make") -> Studio:
        """Open a view and wait until the page has started."""
        self.page.goto(f"{self.url}/#{view}")
        self.until("document.querySelector('[aria-current=page]')")
        return self

    def find(self, name: str) -> Locator:
        """Return the element with an id."""
        return self.page.locator(f"#{name}")

    def see(self, name: str, within_ms: int = WAIT_MS) -> Locator:
        """Wait until an element is visible."""
        found = self.find(name)
        found.wait_for(state="visible", timeout=within_ms)
        return found

    def press(self, name: str) -> None:
        """Press a button."""
        self.find(name).click()

    def write(self, text: str) -> None:
        """Enter the text."""
        self.find("words").fill(text)

    def told(self, place: str) -> str:
        """Wait for an error message in an element and return it."""
        notice = self.page.locator(f"#{place} [role=alert] p")
        notice.wait_for(state="visible")
        return notice.inner_text()

    def read(self, expression: str) -> Any:
        """Evaluate an expression in the page."""
        return self.page.evaluate(expression)

    def until(self, expression: str) -> None:
        """Wait until an expression is true in the page."""
        until(self.page, expression)


def until(page: Page, expression: str, within_ms: int = WAIT_MS) -> None:
    """Wait until an expression is true; polled from outside, since the page's policy forbids eval."""
    start = time.monotonic()
    while (waited_s := time.monotonic() - start) < within_ms / 1000:
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(max(SHORTEST_PAUSE_MS, 1000 * pause_s(waited_s)))
    raise TimeoutError(f"not so after {within_ms} ms: {expression}")


@contextlib.contextmanager
def window_of(browser: Browser, url: str, **options: Any) -> Iterator[BrowserContext]:
    """Open a browser window for many tests, with one tab on a server: with it open, others start in half the time."""
    window = browser.new_context(**options)
    window.add_init_script(SMALL)
    try:
        window.new_page().goto(f"{url}/healthz")
        yield window
    finally:
        window.close()


@contextlib.contextmanager
def tab_of(window: BrowserContext, *origins: str) -> Iterator[Page]:
    """Open a tab of its own for a test; of what these origins keep in the browser nothing is left to the next test."""
    try:
        yield window.new_page()
    finally:
        first, *others = window.pages
        for each in others:
            each.close()
        window.set_offline(False)
        session = window.new_cdp_session(first)
        for origin in origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        session.detach()


@contextlib.contextmanager
def studio_in(window: BrowserContext, url: str) -> Iterator[Studio]:
    """Open a tab on a server; an error in the page fails the test."""
    with tab_of(window, url) as page:
        studio = Studio(page, url)
        yield studio
    assert studio.wrong == []


@contextlib.contextmanager
def studio_of(browser: Browser, url: str, **options: Any) -> Iterator[Studio]:
    """Open a new browser window on a server; an error in the page fails the test."""
    context = browser.new_context(permissions=DEVICES, **CALM, **options)
    context.add_init_script(SMALL)
    studio = Studio(context.new_page(), url)
    try:
        yield studio
    finally:
        context.close()
    assert studio.wrong == []
