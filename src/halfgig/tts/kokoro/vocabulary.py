"""Kokoro's vocabulary, from the published config.json: the token of each letter of its alphabet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from halfgig.errors import BadCheckpoint

if TYPE_CHECKING:
    from pathlib import Path

FILE = "config.json"
"""The name of the file, as published and as installed."""


def read_vocabulary(folder: Path) -> dict[str, int]:
    """Return the token of each letter from the configuration in a folder.  Raises `BadCheckpoint`."""
    try:
        vocabulary = json.loads((folder / FILE).read_text(encoding="utf-8"))["vocab"]
        return {str(letter): _token(token) for letter, token in vocabulary.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        raise BadCheckpoint(
            f'Kokoro\'s vocabulary cannot be read from "vocab" in {str(folder / FILE)!r} ({reason}); '
            f"pull it again with the published {FILE}"
        ) from error


def _token(number: object) -> int:
    if not isinstance(number, int):
        raise TypeError(f"{number!r:.40} is no token")
    return number
