"""Generated requests, valid and invalid by the OpenAPI document, against the whole server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from halfgig.client import Client
from halfgig.server.web.app import make_app
from halfgig.settings import Settings
from tests.end_to_end.conftest import KEY
from tests.support.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.serving import Server

ENDLESS = "/events"
"""Streams that end only with a video; they have tests of their own."""


def operations() -> list[tuple[str, str]]:
    """Return the operations of the API as path and method."""
    paths = make_app(Settings(data_dir=Path("/nowhere"))).openapi()["paths"]
    return [(path, method) for path, offered in paths.items() for method in offered if not path.endswith(ENDLESS)]


@pytest.fixture(autouse=True)
def delete_videos(server: Server) -> Iterator[None]:
    """Delete what was asked for: nobody waits for it, and it would be rendered during all later tests."""
    yield
    with Client(server.url, KEY) as client:
        for video in client.videos.list():
            client.videos.delete(video.id)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), operations())
def test_no_request_breaks_the_server_or_its_promises(server: Server, path: str, method: str) -> None:
    import schemathesis  # 0.5 s that only the worker with these tests needs
    from schemathesis.checks import CHECKS, load_all_checks

    load_all_checks()
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")

    @given(case=schema[path][method.upper()].as_strategy())
    @settings(
        max_examples=12,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def asked(case: Any) -> None:
        # A schema cannot express what a picture must show or a text contain, so such refusals are allowed.
        told = {"headers": {"Authorization": f"Bearer {KEY}"}, "timeout": PATIENCE_S}
        case.call_and_validate(**told, excluded_checks=[CHECKS.get_one("positive_data_acceptance")])

    asked()
