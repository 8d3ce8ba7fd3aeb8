"""A cell's networks use the threads it was started for, and no more than their budget was measured with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.resources.limits import usable_threads

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.mark.parametrize(
    ("environment", "threads"), [({"OMP_NUM_THREADS": "2"}, 2), ({"OMP_NUM_THREADS": "64"}, 4), ({}, 1)]
)
def test_a_host_with_many_processors_gives_no_more_threads_than_were_planned(
    environment: Mapping[str, str], threads: int
) -> None:
    assert usable_threads(4, environment) == threads
