"""SadTalker with the seeded weights, as it is installed, built once for these tests and removed after them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from halfgig.models.sadtalker.audio_build import build_audio
from halfgig.models.sadtalker.build import build
from halfgig.models.sadtalker.reconstruction_build import build_reconstruction
from tests.models.sadtalker.world import write_checkpoints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a data folder with SadTalker in it."""
    folder = tmp_path_factory.mktemp("data")
    checkpoint = write_checkpoints(folder / "upstream")
    model = folder / "models" / "sadtalker"
    model.mkdir(parents=True)
    build(checkpoint, model, lambda _: None)
    build_audio(checkpoint, model)
    build_reconstruction(checkpoint, model)
    facts = {"sources": [{"place": "seeded", "sha256": "", "part": ""}], "files": {"renderer.weights": {"size": 1}}}
    (model / "manifest.json").write_text(json.dumps({"installed": facts}))
    shutil.rmtree(folder / "upstream")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
