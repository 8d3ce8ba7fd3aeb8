"""The audio networks, opened once for these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.animators.sadtalker.networks.audio_encoder import open_audio

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.nn.weights import Weights


@pytest.fixture(scope="session")
def hearing(data_dir: Path) -> Weights:
    """Return the thin weights in 16 bits, as they are installed."""
    return open_audio(data_dir / "models" / "sadtalker")
