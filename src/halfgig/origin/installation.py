"""The number of this installation: random, made at first use, the same in every file that it marks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from halfgig.origin.payload import INSTALLATIONS
from halfgig.storage.made_once import made_once

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN = 0
"""The number where none can be kept: the folder is read-only, or the file is damaged."""


def read_installation(path: Path) -> int:
    """Return the number in a file, 1 to 65535, and create the file if it is missing; `UNKNOWN` where that fails."""
    new = int.from_bytes(os.urandom(4)) % (INSTALLATIONS - 1) + 1
    try:
        number = int(made_once(path, f"{new}\n".encode(), 0o644))
    except (OSError, ValueError):
        return UNKNOWN
    return number if 0 < number < INSTALLATIONS else UNKNOWN
