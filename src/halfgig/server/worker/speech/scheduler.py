"""Choice of the stream that speaks next: streams without any sound yet, then the others in turn, then background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PASSED_OVER = 4
"""Slices made for foreground streams while a background stream is ready; the next slice is the background's."""


class Schedulable(Protocol):
    """A stream, as the scheduler sees it."""

    @property
    def is_background(self) -> bool:
        """Whether foreground streams come first."""
        ...

    @property
    def is_begun(self) -> bool:
        """Whether any of its sound was made already."""
        ...


T = TypeVar("T", bound=Schedulable)


def pick_next(ready: Sequence[T], passed_over: int) -> T | None:
    """Return the stream that speaks next; `ready` is sorted by last turn, the longest ago first.

    `passed_over` is the number of slices in a row made for foreground streams.
    """
    background = next((each for each in ready if each.is_background), None)
    foreground = [each for each in ready if not each.is_background]
    if background is not None and (not foreground or passed_over >= MOST_PASSED_OVER):
        return background
    return next((each for each in foreground if not each.is_begun), next(iter(foreground), None))
