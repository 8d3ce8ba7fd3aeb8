"""Kokoro at full size with seeded weights and three voices, installed as a user installs it from files at hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from halfgig.models.catalogue import find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest
from halfgig.models.installed import InstalledModels
from tests.reference.seeded_checkpoints import write_all
from tests.support.once import linked, once
from tests.tts.kokoro.g2p.worlds import GOLD, SILVER, VOCABULARY

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def checkpoint(factory: pytest.TempPathFactory) -> Path:
    """Return the folder with upstream's files, a vocabulary and small dictionaries, made once."""
    return once(factory, "kokoro-checkpoint", _write_checkpoint) / "kokoro"


def install_kokoro(factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with Kokoro in it."""
    request = InstallRequest(find_model("kokoro"), local=checkpoint(factory))
    data = once(factory, "kokoro-data", lambda folder: pull(request, InstalledModels(folder), lambda _: None))
    return linked(data, factory.mktemp("data"))


def _write_checkpoint(folder: Path) -> None:
    write_all(folder, "kokoro")
    (folder / "kokoro" / "config.json").write_text(json.dumps({"vocab": VOCABULARY}))
    for name, words in (("us_gold", GOLD), ("us_silver", SILVER), ("gb_gold", GOLD), ("gb_silver", SILVER)):
        (folder / "kokoro" / f"{name}.json").write_text(json.dumps(words))
