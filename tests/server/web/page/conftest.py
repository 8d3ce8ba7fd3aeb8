"""One browser and one server, shared by tests that do not change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.web.page.studio import browsing, needs_chromium, studio_of
from tests.support.serving import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.server.web.page.studio import Studio


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run a browser."""
    with browsing() as running:
        yield running


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server in 512 MB with a low limit for pictures."""
    needs_chromium()
    with serving(tmp_path_factory.mktemp("server"), MAX_PICTURE_MB="1") as running:
        yield running


@pytest.fixture
def studio(browser: Browser, server: Server) -> Iterator[Studio]:
    """Open the page in a new window."""
    with studio_of(browser, server.url) as opened:
        yield opened.open()
