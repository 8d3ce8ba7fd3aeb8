"""SadTalker, installed once for these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.animators.sadtalker.networks.installed import installed, pulled
from tests.support.once import linked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a thin SadTalker in it."""
    return installed(tmp_path_factory)


@pytest.fixture(scope="session")
def published_size(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with a SadTalker in it whose networks have the published size."""
    return linked(pulled(tmp_path_factory) / "data", tmp_path_factory.mktemp("data"))
