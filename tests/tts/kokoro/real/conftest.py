"""Kokoro with its real weights, installed once for all workers."""

from __future__ import annotations

import pytest

from halfgig.models.catalogue import find_model
from halfgig.models.install import pull
from halfgig.models.install_request import InstallRequest
from halfgig.models.installed import Installed, InstalledModels
from tests.support.once import once
from tests.support.real_kokoro import real_kokoro


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return the real Kokoro as `halfgig pull` installs it."""
    request = InstallRequest(find_model("kokoro"), local=real_kokoro())
    data = once(
        tmp_path_factory, "real-kokoro-data", lambda folder: pull(request, InstalledModels(folder), lambda _: None)
    )
    return InstalledModels(data).find("kokoro")
