"""Speech on its way from the cell that speaks to the cell that renders: chunks in a file, one after the other."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from halfgig.speech.speaker import Chunk


def write_chunk(chunk: Chunk, file: IO[bytes]) -> None:
    """Append a chunk."""
    pickle.dump(chunk, file, protocol=pickle.HIGHEST_PROTOCOL)


def read_chunks(path: Path) -> Iterator[Chunk]:
    """Yield the chunks in their order, one in memory at a time."""
    with path.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)  # noqa: S301 - halfgig wrote it a moment ago
