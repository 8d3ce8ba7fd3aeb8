"""Signing the file that a task makes, by the cell that made it, or by cells of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig.pipeline.signing import sign, sign_by_maker

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from halfgig.cells.cell import Cell
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
    """Signs a product when it is complete.

    The cell that made it does so as its last job, unless it is kept for other work (`is_kept`), which would come after
    the key, or has no room. `fits` says whether what `cells` start may start while the product is being made. `room` is
    as for `sign`.
    """

    def __init__(
        self,
        product: Product,
        cells: SigningCells,
        room: Callable[[int], AbstractContextManager[object]],
        *,
        fits: bool,
        is_kept: bool,
    ) -> None:
        self._product, self._cells, self._room = product, cells, room
        self._fits, self._is_kept = fits, is_kept
        self._making: Making | None = None
        self._said: str | None = None

    def on_start(self) -> None:
        """Start what can be started now that the task's cell has started, or another one for a second attempt."""
        if self._fits:
            self._cells.start(has_writer=not self._is_kept)

    def on_made(self, made: StageResult) -> None:
        """Take the report on the product, which is complete."""
        self._making = self._product.making(made)

    def sign_by(self, maker: Cell) -> None:
        """Sign the product by the cell that made it, if that will do nothing else."""
        if self._making and not self._is_kept:
            each = self._product
            self._said = sign_by_maker(each.path, each.ending, self._making, self._cells, maker)

    def said(self) -> str:
        """Return what the user should know of the signed product: why it is not, if so; sign it if it is not yet."""
        if self._making and self._said is None:
            each = self._product
            self._said = sign(each.path, each.ending, self._making, self._cells, self._room)
        return self._said or self._cells.remark
