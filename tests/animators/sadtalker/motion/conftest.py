"""The nets that hear, built once for these tests."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from halfgig.animators.sadtalker.networks.audio_build import open_audio
from tests.animators.sadtalker.networks.hearing import build_hearing, write_hearing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.nn.weights import Weights


@pytest.fixture(scope="session")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weights]:
    """Give the weights as they are shipped."""
    folder = write_hearing(tmp_path_factory.mktemp("hearing"))
    yield open_audio(build_hearing(folder, "narrow"))
    shutil.rmtree(folder, ignore_errors=True)
