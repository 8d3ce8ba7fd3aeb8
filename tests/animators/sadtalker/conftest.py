"""SadTalker, installed once for these tests and removed after them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.animators.sadtalker.networks.installed import install

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a data folder with SadTalker in it."""
    folder = install(tmp_path_factory.mktemp("data"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
