from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.attacks.fuzzers import FUZZERS, holds

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", FUZZERS)
def test_what_is_nearly_right_is_read_or_refused_and_nothing_else(tmp_path: Path, name: str) -> None:
    for seed in (*range(150), 5790):  # of the last, the sampling of a JPEG is 0
        holds(name, tmp_path, random.Random(seed))
