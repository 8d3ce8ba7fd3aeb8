"""SadTalker with the seeded weights, installed as a user installs it from files at hand."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from halfgig.models.catalogue import find_model
from halfgig.models.library import Library
from halfgig.models.orders import Order
from halfgig.models.pull import pull
from tests.models.sadtalker.world import write_checkpoints

if TYPE_CHECKING:
    from pathlib import Path


def install(folder: Path) -> Path:
    """Give a data folder with SadTalker in it; YuNet is not, so that dlib finds the faces."""
    checkpoint = write_checkpoints(folder / "upstream")
    pull(Order(find_model("sadtalker"), local=checkpoint), Library(folder), lambda _: None)
    shutil.rmtree(folder / "upstream")
    return folder
