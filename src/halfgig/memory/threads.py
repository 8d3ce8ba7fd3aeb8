"""How many threads the networks of a cell may use."""

import os


def usable_threads(most: int) -> int:
    """Give the threads this cell was started for, at most `most`: each has blocks of its own, which a budget counts."""
    return max(1, min(most, int(os.environ.get("OMP_NUM_THREADS", "1"))))
