"""What tests of the server share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.object_stores import s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def s3_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a real S3 server, one for all tests of this process; yield its port."""
    with s3_server(tmp_path_factory.mktemp("s3")) as port:
        yield port
