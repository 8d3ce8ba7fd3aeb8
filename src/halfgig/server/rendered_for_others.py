"""How many groups of frames this node has rendered for videos that other nodes lead: a number in a file.

The worker counts, and the web reads it for `/metrics`.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from halfgig.errors import OutputUnwritable
from halfgig.storage.atomic_write import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

NAME = "rendered_for_others"
"""The file's name in the folder shared by the server's processes."""

_lock = threading.Lock()


def count_group(run: Path) -> None:
    """Count a group; one that a full disk keeps from being counted is left out."""
    with _lock, contextlib.suppress(OSError, OutputUnwritable), atomic_write(run / NAME) as part:
        part.write_text(f"{rendered_groups(run) + 1}\n", encoding="ascii")


def rendered_groups(run: Path) -> int:
    """Return the number of groups so far; 0 if none was ever counted."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        return int((run / NAME).read_text(encoding="ascii"))
    return 0
