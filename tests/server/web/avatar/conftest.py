"""One browser that draws in software and one server, shared by the tests of what runs in pages of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.web.avatar.pages import KEY, ORIGIN, stage_in
from tests.server.web.page.studio import browsing, needs_chromium, window_of
from tests.support.avatars import SOFTWARE_GL
from tests.support.serving import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from tests.server.web.avatar.pages import Stage


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run a browser that has WebGL2 without a graphics card, and takes pages that a test makes up for local ones."""
    with browsing(*SOFTWARE_GL, "--disable-features=LocalNetworkAccessChecks") as running:
        yield running


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server with a key, whose speech pages of one other origin may ask for."""
    needs_chromium()
    with serving(tmp_path_factory.mktemp("server"), API_KEYS=KEY, CORS_ORIGINS=ORIGIN) as running:
        yield running


@pytest.fixture(scope="package")
def window(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """Keep a window open, which costs more than all that most tests do in it."""
    with window_of(browser, server.url) as opened:
        yield opened


@pytest.fixture
def stage(window: BrowserContext, server: Server) -> Iterator[Stage]:
    """Open a page with one avatar in a new tab."""
    with stage_in(window, server) as opened:
        yield opened
