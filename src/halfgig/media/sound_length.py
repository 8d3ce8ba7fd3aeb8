"""Length of a recording, estimated without decoding it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BYTES_PER_S = 16_000
"""Of a recording that does not say its rate: 128 kbit/s."""


def estimated_seconds(path: Path) -> float:
    """Return roughly how long a recording lasts: by its header where it is a WAV, else by its size.

    0 for one that cannot be read: what decodes it tells why.
    """
    try:
        with path.open("rb") as file:
            head, size = file.read(32), os.fstat(file.fileno()).st_size
    except OSError:
        return 0.0
    rate = int.from_bytes(head[28:32], "little") if head[:4] == b"RIFF" and head[8:16] == b"WAVEfmt " else 0
    return size / (rate or BYTES_PER_S)
