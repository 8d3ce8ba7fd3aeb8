"""The audio networks, built once for these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.animators.sadtalker.networks.audio_encoder import open_audio
from tests.animators.sadtalker.networks.hearing import built_hearing

if TYPE_CHECKING:
    from halfgig.nn.weights import Weights


@pytest.fixture(scope="session")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """Return the weights in 16 bits, as they are installed."""
    return open_audio(built_hearing(tmp_path_factory, "narrow"))
