"""What a cell runs that is paused when its parent ends."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from halfgig.cells.parent import wake_when_parent_ends

if TYPE_CHECKING:
    from collections.abc import Iterator


def work(go: str) -> Iterator[int]:
    """Return who we are and wait."""
    wake_when_parent_ends()
    yield os.getpid()
    while not Path(go).exists():
        time.sleep(0.01)
