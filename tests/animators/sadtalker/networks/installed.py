"""SadTalker with the seeded weights, installed as a user installs it from files at hand."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from halfgig.models.catalogue import find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest
from halfgig.models.installed import InstalledModels
from tests.animators.sadtalker.networks.world import checkpoints, write_checkpoints
from tests.support.once import linked, once

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def installed(factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with SadTalker in it."""
    checkpoint = checkpoints(factory)
    return linked(once(factory, "sadtalker-data", lambda data: _pull(checkpoint, data)), factory.mktemp("data"))


def install(folder: Path) -> Path:
    """Install the same in a folder, for a caller without pytest."""
    _pull(write_checkpoints(folder / "upstream"), folder)
    shutil.rmtree(folder / "upstream")
    return folder


def _pull(checkpoint: Path, data: Path) -> None:
    pull(InstallRequest(find_model("sadtalker"), local=checkpoint), InstalledModels(data), lambda _: None)
