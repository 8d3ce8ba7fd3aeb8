"""The seeded checkpoint and what is built from it, made once for all tests and removed after them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from halfgig.models.catalogue import find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest
from halfgig.models.installed import Installed, InstalledModels
from halfgig.tts.kokoro.networks.build import build
from tests.reference.seeded_checkpoints import write_all
from tests.tts.kokoro.g2p.worlds import GOLD, SILVER, VOCABULARY
from tests.tts.kokoro.networks.world import Built

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


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the seeded Kokoro with its three voices, a small dictionary and a vocabulary, as `halfgig pull` does."""
    home = tmp_path_factory.mktemp("home")
    (built.checkpoint / "config.json").write_text(json.dumps({"vocab": VOCABULARY}))
    for name, words in (("us_gold", GOLD), ("us_silver", SILVER), ("gb_gold", GOLD), ("gb_silver", SILVER)):
        (built.checkpoint / f"{name}.json").write_text(json.dumps(words))
    return pull(
        InstallRequest(find_model("kokoro"), local=built.checkpoint), InstalledModels(home / "data"), lambda _: None
    )
