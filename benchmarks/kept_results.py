"""Results of a long benchmark, kept in a file as they come, so that it goes on where it was broken off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class KeptResults:
    """Results by name, as JSON holds them, a line each; `path` None keeps them in memory alone.

    Several processes may add to one file; a line that was broken off is computed again.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, Sequence[Any]] = {}
        if path and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    name, values = json.loads(line)
                except ValueError:
                    continue
                self._known[name] = values

    def result(self, name: str, make: Callable[[], Sequence[Any]]) -> Sequence[Any]:
        """Return a result that is known, or make and keep it."""
        if name not in self._known:
            self._known[name] = made = make()
            if self._path:
                with self._path.open("a", encoding="utf-8") as file:
                    print(json.dumps((name, made)), file=file)
        return self._known[name]
