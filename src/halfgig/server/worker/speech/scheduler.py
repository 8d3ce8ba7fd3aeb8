"""Whose turn it is: who has heard nothing yet comes first, then one after the other, and who can wait comes last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_WAIT = 4
"""Slices that may be made for others while one that can wait is waiting; the next is its own."""


class Schedulable(Protocol):
    """A speech that is made in slices."""

    @property
    def is_background(self) -> bool:
        """Whether it gives way to those who listen."""
        ...

    @property
    def is_begun(self) -> bool:
        """Whether something of it was given already."""
        ...


T = TypeVar("T", bound=Schedulable)


def pick_next(ready: Sequence[T], passed_over: int) -> T | None:
    """Choose among those for whom a slice can be made, the one whose last turn is longest ago first.

    `passed_over` is how many slices in a row were made for those who listen.
    """
    background = next((each for each in ready if each.is_background), None)
    listening = [each for each in ready if not each.is_background]
    if background is not None and (not listening or passed_over >= LONGEST_WAIT):
        return background
    return next((each for each in listening if not each.is_begun), next(iter(listening), None))
