"""The networks with real weights compute what upstream's PyTorch computes (tests/reference/golden/kokoro_real.npz)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from tests.support.once import once
from tests.support.real_kokoro import REFERENCE
from tools.golden.figures import Figure
from tools.golden.kokoro import check

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.models.installed import Installed

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory, real: Installed) -> list[Figure]:
    """Return everything that there are golden numbers for, compared once for all workers."""

    def compare(folder: Path) -> None:
        found = [asdict(figure) for figure in check(real.folder, REFERENCE / "golden")]
        (folder / "figures.json").write_text(json.dumps(found))

    found = json.loads((once(tmp_path_factory, "real-kokoro-figures", compare) / "figures.json").read_text())
    return [Figure(**each) for each in found]


def test_every_figure_is_within_its_tolerance(figures: list[Figure]) -> None:
    assert [figure.line() for figure in figures if not figure.is_met] == []


@pytest.mark.parametrize(("what", "cases"), [("durations", 4), ("pitch", 4), ("features", 2), ("log-mel in dB", 4)])
def test_every_text_is_compared(figures: list[Figure], what: str, cases: int) -> None:
    assert sum(figure.what.startswith(f"{what}, ") for figure in figures) == cases
