"""One browser, a window of it and one server, shared by tests that do not change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.web.page.studio import CALM, DEVICES, browsing, needs_chromium, studio_in, window_of
from tests.support.serving import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from tests.server.web.page.studio import Studio


ELSEWHERE = "http://localhost:8998"
"""The origin of other people's pages that may use avatars; a local name, since browsers let only those hear sound."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run a browser, in which avatars keep still: drawing them without a graphics card would slow all else."""
    with browsing("--disable-3d-apis") as running:
        yield running


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server in 512 MB with a low limit for pictures."""
    needs_chromium()
    with serving(tmp_path_factory.mktemp("server"), MAX_PICTURE_MB="1", AVATAR_ORIGINS=ELSEWHERE) as running:
        yield running


@pytest.fixture(scope="package")
def window(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """Keep a window open, which costs more than all that most tests do in it."""
    with window_of(browser, server.url, permissions=DEVICES, **CALM) as opened:
        yield opened


@pytest.fixture
def studio(window: BrowserContext, server: Server) -> Iterator[Studio]:
    """Open the page in a new tab."""
    with studio_in(window, server.url) as opened:
        yield opened.open()
