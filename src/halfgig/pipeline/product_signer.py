"""Signing the file that a task makes, by cells that start and work next to the task's own where memory allows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple, Self

from halfgig.pipeline.signing import sign

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

    from halfgig.origin.manifest import Making
    from halfgig.pipeline.reports import StageResult
    from halfgig.pipeline.signing import SigningCells


class Product(NamedTuple):
    """A file that a task makes, and whose manifest is wanted."""

    path: Path
    """Its path; it is complete once the task reports its result."""
    ending: str
    """Ending of the name that it will have: "mp3"."""
    making: Callable[[StageResult], Making]
    """Returns how it was made."""
    has_ingredients: bool = True
    """Whether files of others go into it."""


class ProductSigner:
    """Signs a product in a thread of its own while the cell that made it ends; use as a context manager.

    It does so if there is room for both (`fits`), and else when that has ended. `room` is as for `sign`.
    """

    def __init__(
        self,
        product: Product,
        cells: SigningCells,
        room: Callable[[int], AbstractContextManager[object]],
        *,
        fits: bool,
    ) -> None:
        self._product, self._cells, self._room, self._fits = product, cells, room, fits
        self._made: StageResult | None = None
        self._thread: threading.Thread | None = None
        self._said = ""
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._wait()

    def on_start(self) -> None:
        """Start what can be started now that the task's cell has started, or another one for a second attempt."""
        self._wait()
        if self._fits:
            self._cells.start()

    def on_made(self, made: StageResult) -> None:
        """Sign the product, which is complete."""
        self._made = made
        if self._fits:
            self._start()

    def said(self) -> str:
        """Wait until the product is signed; return what the user should know of that: why it is not, if so."""
        if self._made and not self._thread:
            self._start()
        self._wait()
        if self._failure:
            raise self._failure
        return self._said

    def _start(self) -> None:
        self._failure = None
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _wait(self) -> None:
        if self._thread:
            self._thread.join()

    def _work(self) -> None:
        assert self._made
        try:
            making = self._product.making(self._made)
            failed = sign(self._product.path, self._product.ending, making, self._cells, self._room)
            self._said = failed or self._cells.remark
        except BaseException as failure:  # noqa: BLE001 - raised again in the thread that waits
            self._failure = failure
