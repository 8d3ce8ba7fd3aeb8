"""The seeded checkpoint and what is built from it, made once for all tests."""

from __future__ import annotations

import pytest

from halfgig.animators.sadtalker.networks.build import build
from tests.animators.sadtalker.networks.world import Built, checkpoints
from tests.support.once import once


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the checkpoint's folder and the renderers built from it in both precisions."""
    checkpoint = checkpoints(tmp_path_factory)
    narrow = once(tmp_path_factory, "sadtalker-narrow", lambda out: build(checkpoint, out, lambda _: None))
    float32 = once(
        tmp_path_factory, "sadtalker-float32", lambda out: build(checkpoint, out, lambda _: None, narrow=False)
    )
    return Built(checkpoint, narrow, float32)
