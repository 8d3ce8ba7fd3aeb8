"""What is computed once for all tests of the networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.animators.sadtalker.networks.installed import figures

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def thin(data_dir: Path) -> Path:
    """Return the folder with the built weights of a thin SadTalker."""
    return data_dir / "models" / "sadtalker"


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    """Return how far each network at its published size is from the original, by precision and what was compared."""
    return {precision: figures(tmp_path_factory, precision) for precision in ("narrow", "float32")}
