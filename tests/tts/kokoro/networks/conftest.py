"""The seeded checkpoint and what is built from it, made once for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.models.installed import Installed, InstalledModels
from halfgig.tts.kokoro.networks.build import build
from tests.support.once import once
from tests.tts.kokoro.networks.installed import checkpoint, install_kokoro, thin_checkpoint
from tests.tts.kokoro.networks.world import Built

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the checkpoint's folder and the models built from it in both precisions."""
    return built_from(tmp_path_factory, checkpoint(tmp_path_factory), "kokoro")


@pytest.fixture(scope="session")
def thin(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the same of networks with an eighth of the channels."""
    return built_from(tmp_path_factory, thin_checkpoint(tmp_path_factory), "kokoro-thin")


def built_from(factory: pytest.TempPathFactory, source: Path, name: str) -> Built:
    narrow = once(factory, f"{name}-narrow", lambda out: build(source, out, lambda _: None))
    float32 = once(factory, f"{name}-float32", lambda out: build(source, out, lambda _: None, narrow=False))
    return Built(source, narrow, float32)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return a thin Kokoro as `halfgig pull` installs it."""
    return InstalledModels(install_kokoro(tmp_path_factory)).find("kokoro")


@pytest.fixture(scope="session")
def published_size(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return a Kokoro whose networks have the published size as `halfgig pull` installs it."""
    return InstalledModels(install_kokoro(tmp_path_factory, thin=False)).find("kokoro")
