"""SadTalker, installed once for these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.animators.sadtalker.networks.installed import installed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with SadTalker in it."""
    return installed(tmp_path_factory)
