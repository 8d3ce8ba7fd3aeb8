"""SadTalker with the seeded weights, installed as a user installs it from files at hand."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from halfgig.models.catalogue import find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest
from halfgig.models.installed import InstalledModels
from tests.animators.sadtalker.networks.world import write_checkpoints

if TYPE_CHECKING:
    from pathlib import Path


def install(folder: Path) -> Path:
    """Give a data folder with SadTalker in it; YuNet is not, so that dlib finds the faces."""
    checkpoint = write_checkpoints(folder / "upstream")
    pull(InstallRequest(find_model("sadtalker"), local=checkpoint), InstalledModels(folder), lambda _: None)
    shutil.rmtree(folder / "upstream")
    return folder
