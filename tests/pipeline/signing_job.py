"""A cell's job whose file is there already; apart from its tests, whose imports would not fit into a small cell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from halfgig.pipeline.reports import StageResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def made() -> Iterator[StageResult]:
    """Report a file of a second."""
    yield StageResult(1.0, "espeak 1.52, voice en-us")


def made_without_c2pa() -> Iterator[StageResult]:
    """Report a file, in a process that can no longer import c2pa."""
    sys.modules["c2pa"] = None  # type: ignore[assignment]
    yield from made()


def made_in_a_second_attempt(first: Path) -> Iterator[StageResult]:
    """Report a file, but run out of memory afterwards unless the file `first` is there already."""
    yield from made()
    if not first.exists():
        first.touch()
        raise MemoryError
