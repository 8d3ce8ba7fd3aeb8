"""The log of a server's processes: loggers named "halfgig.web" and so on, one line an event, the important lines kept.

Each program calls `configure` once; a program that embeds halfgig does not, and routes the loggers as it likes.  Kept
lines stand in a file of two halves: when the newer one has grown to `HALF_BYTES` it becomes the older one.  Every line
is one write to the file's end, so the processes do not get into each other's lines.
"""

import contextlib
import fcntl
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROUTINE, INFO, WARNING, ERROR = logging.DEBUG + 5, logging.INFO, logging.WARNING, logging.ERROR
"""How much a line matters; routine lines, such as requests, are not kept."""

NAMES = {ROUTINE: "routine", INFO: "info", WARNING: "warning", ERROR: "error"}
"""The levels by name, as kept lines have them."""

NEWER, OLDER = "log", "log.1"
"""The names of the file's halves in the folder that a server's processes share."""

HALF_BYTES = 128 * 2**10
"""A half grows to this."""

LONGEST = 600
"""Most characters of a kept line; the rest is on stderr alone."""


class Line(NamedTuple):
    """One kept line."""

    at: float
    """When, in seconds since 1970."""
    level: str
    """One of `NAMES`."""
    source: str
    """The process: supervisor, web, worker or cell."""
    text: str
    """A sentence."""


def configure(folder: Path | None = None) -> None:
    """Print this process's lines on stderr, and keep the important ones in a folder; forked processes do the same."""
    logger = logging.getLogger("halfgig")
    logger.handlers = [_StderrHandler(), *([_FileHandler(folder)] if folder else [])]
    logger.setLevel(ROUTINE)
    logger.propagate = False


def log(source: str, sentence: str, level: int = INFO, details: str = "") -> None:
    """Log a line, as "halfgig.worker: it listens".

    `details` go to stderr alone: what a client sent, tracebacks.
    """
    logging.getLogger(f"halfgig.{source}").log(level, "%s", sentence, extra={"details": details})


def counted(count: int, one: str, many: str = "") -> str:
    """Format a number of things, as "1 frame", "2 frames"; `many` is a plural that is not formed by an s."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def read_log(folder: Path, most: int) -> list[Line]:
    """Return the last kept lines, the newest last; none where there is no file."""
    return [line for name in (OLDER, NEWER) for line in _lines(folder / name)][-most:]


class _StderrHandler(logging.Handler):
    """Writes lines on stderr; a stderr that nobody reads is no reason to end."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{record.name}: {record.getMessage()}{getattr(record, 'details', '')}\n")
            sys.stderr.flush()


class _FileHandler(logging.Handler):
    """Keeps lines in a folder; a full disk is no reason to end."""

    def __init__(self, folder: Path) -> None:
        super().__init__(INFO)
        self._folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().partition("\n")[0][:LONGEST]
        source = record.name.removeprefix("halfgig.")
        with contextlib.suppress(OSError):
            _keep(self._folder, Line(record.created, NAMES.get(record.levelno, "info"), source, text))


def _keep(folder: Path, line: Line) -> None:
    text = json.dumps([round(line.at, 3), *line[1:]])
    descriptor = os.open(folder / NEWER, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # The break comes first: a line that a full disk cut off does not spoil the next one.
        os.write(descriptor, b"\n" + text.encode())
        if os.fstat(descriptor).st_size > HALF_BYTES:
            _turn_over(folder, descriptor)
    finally:
        os.close(descriptor)


def _turn_over(folder: Path, descriptor: int) -> None:
    """Make the newer half the older one, unless another process did."""
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
