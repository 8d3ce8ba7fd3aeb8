"""Signing a file of the server by cells that start while it is being made, where their memory is free anyway."""

from __future__ import annotations

import contextlib
import functools
import threading
from typing import TYPE_CHECKING, Self

from halfgig.pipeline.signing import STAGE, SigningCells, sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    from halfgig.origin.manifest import Making
    from halfgig.server.worker.videos.context import Admission
    from halfgig.settings import Settings


class FileSigning:
    """The signing of one file; leaving the `with` block ends its cells and gives their memory back.

    Until the file is complete they have spare memory, and end as soon as others want it; then `sign` starts new ones.
    """

    def __init__(self, settings: Settings, admission: Admission, *, ingredients: bool) -> None:
        self._cells = SigningCells(settings, ingredients=ingredients)
        self._admission = admission
        self._lock = threading.Lock()
        self._spare = contextlib.ExitStack()
        self._has_begun = False
        self._is_spare = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._cells.end()
            self._is_spare = False
            self._spare.close()

    def begin(self) -> None:
        """Start the cells if there is memory that nobody has or waits for; only the first call does anything."""
        with self._lock:
            if self._has_begun:
                return
            self._has_begun = True
            spare = self._admission.hold_spare(STAGE, self._cells.mb, self._leave)
            self._is_spare = self._spare.enter_context(spare)
            if self._is_spare:
                self._cells.start()

    def sign(self, path: Path, ending: str, making: Making, check: Callable[[], None] = lambda: None) -> str:
        """Sign the complete file; return why it is not signed, in words, where that failed.

        While it waits for memory, `check` raises when it should not any more. Raises what the admission raises, too.
        """
        try:
            return sign(path, ending, making, self._cells, functools.partial(self._room, check))
        finally:
            self._cells.end()  # if there is never as much memory, too

    @property
    def remark(self) -> str:
        """What the user should know of a file that was signed."""
        return self._cells.remark

    @contextlib.contextmanager
    def _room(self, check: Callable[[], None], mb: int) -> Iterator[None]:
        """Reserve memory in place of the spare one; cells that would have to wait for it end before."""

        def wait() -> None:
            self._cells.end()
            check()

        with self._lock:
            self._is_spare = False
            self._spare.close()
        with self._admission.hold(STAGE, mb, None, lambda: False, wait):
            try:
                yield
            finally:
                self._cells.end()

    def _leave(self) -> None:
        """End the cells and release the spare memory, which others want."""
        with self._lock:
            if self._is_spare:  # and the file is not being signed since this was asked
                self._is_spare = False
                self._cells.end()
                self._spare.close()
