"""The seeded checkpoint and what is built from it, made once for all tests and removed after them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from halfgig.animators.sadtalker.networks.build import build
from tests.animators.sadtalker.networks.world import Built, write_checkpoints

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Give the checkpoint's folder and the renderers built from it in both precisions."""
    folder = tmp_path_factory.mktemp("sadtalker")
    found = Built(write_checkpoints(folder), folder / "narrow", folder / "float32")
    for place in (found.narrow, found.float32):
        place.mkdir()
        build(found.checkpoint, place, lambda _: None, narrow=place == found.narrow)
    yield found
    shutil.rmtree(folder, ignore_errors=True)
