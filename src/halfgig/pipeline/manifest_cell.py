"""The job of the cell that signs; kept apart from its parent's side, whose imports the cell does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.cells.questions import ask
from halfgig.origin.signing import embed_manifest, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.origin.manifest import Making
    from halfgig.origin.signing import Credentials


def load() -> Iterator[None]:
    """Load what `embed` needs, and prepare a manifest, as the first takes ten times as long as those that follow."""
    prepare()
    yield None


def embed(path: Path, making: Making, who: Credentials, key: str) -> Iterator[None]:
    """Put a manifest into a file, signed by a private key in PEM, or by the parent if that is "".

    Raises `SigningFailed`, and `ValueError` for a key together with files of strangers.
    """
    if key and making.ingredients:
        raise ValueError("the cell that reads ingredients must not get the key")
    embed_manifest(path, making, who, key or ask)
    yield None
