"""The number of this installation: random, made at first use, the same in every file that it marks."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from halfgig.origin.payload import INSTALLATIONS

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN = 0
"""The number where none can be kept: the folder is read-only, or the file is damaged."""


def installation_of(path: Path | None) -> int | None:
    """Return the number in a file, as `read_installation` does; None if there is no file because nothing is marked."""
    return None if path is None else read_installation(path)


def read_installation(path: Path) -> int:
    """Return the number in a file, 1 to 65535, and create the file if it is missing; `UNKNOWN` where that fails."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        if not path.exists():
            part.write_text(f"{int.from_bytes(os.urandom(4)) % (INSTALLATIONS - 1) + 1}\n", encoding="ascii")
            try:
                os.link(part, path)  # of two processes that begin together, the first one's number stays
            except FileExistsError:
                pass
            except OSError:  # a file system without links
                part.replace(path)
            part.unlink(missing_ok=True)
    try:
        number = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return UNKNOWN
    return number if 0 < number < INSTALLATIONS else UNKNOWN
