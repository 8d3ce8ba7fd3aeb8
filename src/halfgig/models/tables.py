"""The table beside a built model's weights: what is in them, and which version of halfgig wrote them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from halfgig.errors import BadCheckpoint

if TYPE_CHECKING:
    from pathlib import Path


def read_table(path: Path, version: int, model: str) -> dict[str, Any]:
    """Read a built model's table; `model` is its name for a person: "Kokoro".

    Raises `BadCheckpoint` where there is none, and for one that another version of halfgig built.
    """
    pull = f"halfgig pull {model.lower()}"
    try:
        table: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BadCheckpoint(f"there is no built {model} in {path.parent} ({error}); build it with: {pull}") from error
    if table.get("format") != version:
        raise BadCheckpoint(f"{model} in {path.parent} was built by another version; build it again with: {pull}")
    return table
