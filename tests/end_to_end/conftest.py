"""One server, shared by tests that do not change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.serving import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk-a-key-for-tests"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server in 512 MB that requires a key."""
    with serving(tmp_path_factory.mktemp("server"), API_KEYS=f"{KEY},another", SLOW_CLIENT_SECONDS="5") as running:
        yield running
