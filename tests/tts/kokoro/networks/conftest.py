"""The seeded checkpoint and what is built from it, made once for all tests."""

from __future__ import annotations

import pytest

from halfgig.models.installed import Installed, InstalledModels
from halfgig.tts.kokoro.networks.build import build
from tests.support.once import once
from tests.tts.kokoro.networks.installed import checkpoint, install_kokoro
from tests.tts.kokoro.networks.world import Built


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the checkpoint's folder and the models built from it in both precisions."""
    source = checkpoint(tmp_path_factory)
    narrow = once(tmp_path_factory, "kokoro-narrow", lambda out: build(source, out, lambda _: None))
    float32 = once(tmp_path_factory, "kokoro-float32", lambda out: build(source, out, lambda _: None, narrow=False))
    return Built(source, narrow, float32)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return the seeded Kokoro as `halfgig pull` installs it."""
    return InstalledModels(install_kokoro(tmp_path_factory)).find("kokoro")
