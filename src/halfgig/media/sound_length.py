"""Length of a recording, estimated without decoding it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BYTES_PER_S = 16_000
"""Of a recording that does not say its rate: 128 kbit/s."""


def estimated_seconds(path: Path) -> float:
    """Return roughly how long a recording lasts: by its header where it is a WAV, else by its size."""
    with path.open("rb") as file:
        head = file.read(32)
    rate = int.from_bytes(head[28:32], "little") if head[:4] == b"RIFF" and head[8:16] == b"WAVEfmt " else 0
    return path.stat().st_size / (rate or BYTES_PER_S)
