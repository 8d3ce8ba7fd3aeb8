"""What the processes of a server say of themselves: one line an event, on stderr; what matters is kept in a file, too.

The file has two halves: when the newer one has grown to `HALF_BYTES` it becomes the older one.  Every line is one write
to its end, so the processes do not get into each other's lines.
"""

import contextlib
import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROUTINE, INFO, WARNING, ERROR = "routine", "info", "warning", "error"
"""How much a line matters; what is routine, as a request, is not kept."""

NEWER, OLDER = "log", "log.1"
"""The names of the file's halves in the folder where a server's processes meet."""

HALF_BYTES = 128 * 2**10
"""A half grows to this."""

LONGEST = 600
"""Characters of a line that are kept; the rest stands on stderr alone."""

_kept: dict[str, Path] = {}


class Line(NamedTuple):
    """One line that was kept."""

    at: float
    """When, in seconds since 1970."""
    level: str
    """INFO, WARNING or ERROR."""
    source: str
    """Who said it: guard, web, work or cell."""
    text: str
    """A sentence."""


def keep_in(folder: Path) -> None:
    """Have this process keep its lines in a folder, and those it forks."""
    _kept["folder"] = folder


def log(source: str, sentence: str, level: str = INFO, details: str = "") -> None:
    """Write a line, as "halfgig.work: it listens"; one that nobody takes is no reason to end.

    `details` stand on stderr alone: what a client has sent, tracebacks.
    """
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"halfgig.{source}: {sentence}{details}\n")
        sys.stderr.flush()
    folder = _kept.get("folder")
    if folder and level != ROUTINE:
        with contextlib.suppress(OSError):  # a full disk is no reason to end either
            _keep(folder, Line(time.time(), level, source, sentence.partition("\n")[0][:LONGEST]))


def read_log(folder: Path, most: int) -> list[Line]:
    """Read the last lines that were kept, the newest last; none where there is no file."""
    return [line for name in (OLDER, NEWER) for line in _lines(folder / name)][-most:]


def _keep(folder: Path, line: Line) -> None:
    text = json.dumps([round(line.at, 3), *line[1:]])
    descriptor = os.open(folder / NEWER, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # The break comes first: a line that a full disk has cut off does not spoil the next one.
        os.write(descriptor, b"\n" + text.encode())
        if os.fstat(descriptor).st_size > HALF_BYTES:
            _turn_over(folder, descriptor)
    finally:
        os.close(descriptor)


def _turn_over(folder: Path, descriptor: int) -> None:
    """Make the newer half the older one, unless another process has."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with contextlib.suppress(FileNotFoundError):
        if os.fstat(descriptor).st_ino == (folder / NEWER).stat().st_ino:
            (folder / NEWER).replace(folder / OLDER)


def _lines(path: Path) -> Iterator[Line]:
    with contextlib.suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
        for text in file:
            with contextlib.suppress(ValueError):
                yield _parsed(json.loads(text))


def _parsed(found: Any) -> Line:
    match found:
        case [float() | int() as at, str() as level, str() as source, str() as text]:
            return Line(at, level, source, text)
    raise ValueError(f"{found!r:.80} is no line of a log")
