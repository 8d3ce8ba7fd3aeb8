"""The job of the cell that signs; kept apart from its parent's side, whose imports the cell does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.cells.questions import ask
from halfgig.origin.signing import embed_manifest, import_c2pa

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.origin.manifest import Making
    from halfgig.origin.signing import Credentials


def load() -> Iterator[None]:
    """Load what `embed` needs."""
    import_c2pa()
    yield None


def embed(path: Path, making: Making, who: Credentials) -> Iterator[None]:
    """Put a manifest into a file, signed by the parent. Raises `SigningFailed`."""
    embed_manifest(path, making, who, ask)
    yield None
