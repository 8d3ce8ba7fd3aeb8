"""Small checkpoints as torch writes them, honest and hostile."""

from __future__ import annotations

import pickle
import zipfile
from typing import TYPE_CHECKING, Any

from tests.reference.seeded_checkpoints import save_torch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def checkpoint(folder: Path, tree: Any) -> Path:
    """Write nested dicts of arrays."""
    path = folder / "small.pth"
    save_torch(tree, path)
    return path


def archive(folder: Path, pickled: bytes, entries: Mapping[str, bytes] | None = None, method: int = 0) -> Path:
    """Write a zip around any pickle."""
    path = folder / "small.pth"
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("small/data.pkl", pickled)
        for name, content in (entries or {}).items():
            file.writestr(f"small/{name}", content)
    return path


class Running:
    """Pickle as a call of a function."""

    def __init__(self, function: Any, *args: object) -> None:
        self.call = function, args

    def __reduce__(self) -> Any:
        return self.call


def running(function: Any, *args: object) -> bytes:
    """Return a pickle that calls a function when it is loaded the usual way."""
    return pickle.dumps({"net": Running(function, *args)}, protocol=2)
