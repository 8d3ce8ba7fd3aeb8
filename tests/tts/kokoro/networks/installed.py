"""Kokoro with seeded weights and three voices, installed as a user does from files at hand: thin, and at its size."""

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
from tests.tts.kokoro.networks.thin import write_thin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def checkpoint(factory: pytest.TempPathFactory) -> Path:
    """Return the folder with upstream's files, a vocabulary and small dictionaries, made once."""
    return once(factory, "kokoro-checkpoint", lambda folder: _write(folder, write_all)) / "kokoro"


def thin_checkpoint(factory: pytest.TempPathFactory) -> Path:
    """Return a folder like that of `checkpoint`, whose networks have an eighth of the channels."""
    return once(factory, "kokoro-thin-checkpoint", lambda folder: _write(folder, write_thin)) / "kokoro"


def install_kokoro(factory: pytest.TempPathFactory, *, thin: bool = True) -> Path:
    """Return a data folder with a thin Kokoro in it, or with one whose networks have the published size."""
    source = thin_checkpoint(factory) if thin else checkpoint(factory)
    request = InstallRequest(find_model("kokoro"), local=source)
    name = "kokoro-thin-data" if thin else "kokoro-data"
    data = once(factory, name, lambda folder: pull(request, InstalledModels(folder), lambda _: None))
    return linked(data, factory.mktemp("data"))


def _write(folder: Path, write_networks: Callable[[Path, str], object]) -> None:
    write_networks(folder, "kokoro")
    (folder / "kokoro" / "config.json").write_text(json.dumps({"vocab": VOCABULARY}))
    for name, words in (("us_gold", GOLD), ("us_silver", SILVER), ("gb_gold", GOLD), ("gb_silver", SILVER)):
        (folder / "kokoro" / f"{name}.json").write_text(json.dumps(words))
