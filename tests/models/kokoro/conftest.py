"""The seeded checkpoint and what is built from it, made once for all tests and removed after them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from halfgig.models.kokoro.build import build
from tests.models.kokoro.world import Built
from tests.reference.seeded_checkpoints import write_all

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Give the checkpoint's folder and the models built from it in both precisions."""
    folder = tmp_path_factory.mktemp("kokoro")
    write_all(folder, "kokoro")
    found = Built(folder / "kokoro", folder / "narrow", folder / "float32")
    build(found.checkpoint, found.narrow, lambda _: None)
    build(found.checkpoint, found.float32, lambda _: None, narrow=False)
    yield found
    shutil.rmtree(folder, ignore_errors=True)
