"""The networks with real weights compute what upstream's PyTorch computes (tests/reference/golden/kokoro_real.npz)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.real_kokoro import REFERENCE
from tools.golden.kokoro import check

if TYPE_CHECKING:
    from halfgig.models.installed import Installed
    from tools.golden.figures import Figure

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def figures(real: Installed) -> list[Figure]:
    return list(check(real.folder, REFERENCE / "golden"))


def test_every_figure_is_within_its_tolerance(figures: list[Figure]) -> None:
    assert [figure.line() for figure in figures if not figure.is_met] == []


@pytest.mark.parametrize(("what", "cases"), [("durations", 4), ("pitch", 4), ("features", 2), ("log-mel in dB", 4)])
def test_every_text_is_compared(figures: list[Figure], what: str, cases: int) -> None:
    assert sum(figure.what.startswith(f"{what}, ") for figure in figures) == cases
