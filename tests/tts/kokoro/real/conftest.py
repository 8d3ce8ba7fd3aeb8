"""Kokoro with its real weights, installed once for all workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.models.catalogue import find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest
from halfgig.models.installed import Installed, InstalledModels
from halfgig.tts.kokoro.engine import KokoroEngine
from tests.support.once import once
from tests.support.real_kokoro import real_kokoro
from tests.tts.kokoro.real.spoken import PARAGRAPHS, Spoken, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return the real Kokoro as `halfgig pull` installs it."""
    request = InstallRequest(find_model("kokoro"), local=real_kokoro())
    data = once(
        tmp_path_factory, "real-kokoro-data", lambda folder: pull(request, InstalledModels(folder), lambda _: None)
    )
    return InstalledModels(data).find("kokoro")


@pytest.fixture(scope="session")
def engine(real: Installed) -> Iterator[KokoroEngine]:
    made = KokoroEngine(real.folder, threads=1, budget_mb=220)
    yield made
    made.close()


@pytest.fixture(scope="session")
def paragraphs(tmp_path_factory: pytest.TempPathFactory, engine: KokoroEngine) -> dict[str, Spoken]:
    """Return what each of three voices speaks, once for all workers."""

    def speak(folder: Path) -> None:
        for name, text in PARAGRAPHS.items():
            spoken(engine, engine.find_voice(name), text).save(folder / name)

    folder = once(tmp_path_factory, "real-kokoro-paragraphs", speak)
    return {name: Spoken.load(folder / name) for name in PARAGRAPHS}
