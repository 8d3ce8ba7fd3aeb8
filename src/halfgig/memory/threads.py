"""How many threads the networks of a cell may use."""

import os
from collections.abc import Mapping


def usable_threads(most: int, environment: Mapping[str, str] = os.environ) -> int:
    """Give the threads this cell was started for, at most `most`: each has blocks of its own, which a budget counts."""
    return max(1, min(most, int(environment.get("OMP_NUM_THREADS", "1"))))
