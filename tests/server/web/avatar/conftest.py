"""One browser that draws in software, shared by the tests of what runs in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.web.page.studio import browsing
from tests.support.avatars import SOFTWARE_GL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run a browser that has WebGL2 without a graphics card."""
    with browsing(*SOFTWARE_GL) as running:
        yield running
