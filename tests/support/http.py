"""Requests to the tests' own servers, without the system's certificates: reading them takes 20 ms for each client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from tests.support.waiting import PATIENCE_S

if TYPE_CHECKING:
    from typing import Any


def client(url: str = "", **options: Any) -> httpx.Client:
    """Return a client of the server at `url`; its owner closes it."""
    return httpx.Client(base_url=url, timeout=PATIENCE_S, verify=False, **options)


def get(url: str, **options: Any) -> httpx.Response:
    with client() as http:
        return http.get(url, **options)


def post(url: str, **options: Any) -> httpx.Response:
    with client() as http:
        return http.post(url, **options)
