"""Tests that share a server run one after the other in one worker, the longest folders first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.schedule import LONG, TOGETHER, order, unit

HOME = Path(__file__).parents[1]


@dataclass
class Item:
    """A test, as far as its order goes."""

    nodeid: str


@pytest.mark.parametrize("folder", [*TOGETHER, *LONG])
def test_the_folders_named_are_there(folder: str) -> None:
    assert any((HOME / folder).rglob("test_*.py"))


@pytest.mark.parametrize(
    "conftest", [path.relative_to(HOME) for path in (HOME / "tests").rglob("conftest.py")], ids=str
)
def test_what_a_folder_shares_is_made_in_one_worker(conftest: Path) -> None:
    if 'scope="package"' in (HOME / conftest).read_text():
        assert unit(f"{conftest.parent}/test_one.py::test_it") == unit(f"{conftest.parent}/test_other.py::test_it")


def test_modules_that_were_shuffled_apart_come_together_and_long_ones_first() -> None:
    page, end, short = TOGETHER[0], TOGETHER[1], "tests/text/"
    names = [f"{short}test_a.py::test_1", f"{end}test_b.py::test_1", f"{page}test_d.py::test_2"]
    items = [Item(name) for name in (*names, f"{short}test_c.py::test_1", f"{page}test_a.py::test_1")]
    order(items)  # type: ignore[arg-type]
    assert [item.nodeid for item in items] == [
        f"{page}test_d.py::test_2",
        f"{page}test_a.py::test_1",
        f"{end}test_b.py::test_1",
        f"{short}test_a.py::test_1",
        f"{short}test_c.py::test_1",
    ]
