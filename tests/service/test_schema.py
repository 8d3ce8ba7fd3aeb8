"""Requests nobody thought of: what the API's own description allows, and what it does not, against the whole server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from tests.service.conftest import KEY

if TYPE_CHECKING:
    from schemathesis import Case
    from schemathesis.schemas import BaseSchema

    from tests.serving import Server


@pytest.fixture
def described(server: Server) -> BaseSchema:
    """Read the server's description of itself; streams without an end are left to their own tests."""
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    return schema.exclude(path_regex="/events$")


lazy = schemathesis.pytest.from_fixture("described")


@lazy.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.slow
def test_no_request_breaks_the_server_or_its_promises(case: Case[Any]) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, timeout=60)
