"""Work that is given up between two of its steps, because somebody else's is more urgent, and made again later."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")


class Interrupted(Exception):
    """The work was given up as asked; nothing is wrong with it."""


_is_asked: ContextVar[Callable[[], bool] | None] = ContextVar("is_asked", default=None)


def interruptible(items: Iterable[Item], is_asked: Callable[[], bool]) -> Iterator[Item]:
    """Yield items whose making stops, with `Interrupted`, at its next step after `is_asked` returns True."""
    iterator = iter(items)
    while True:
        token = _is_asked.set(is_asked)
        try:
            item = next(iterator)
        except StopIteration:
            return
        finally:
            _is_asked.reset(token)
        yield item


def stop_if_asked() -> None:
    """Raise `Interrupted` if this thread's work should be given up; call it where nothing runs in the background."""
    is_asked = _is_asked.get()
    if is_asked and is_asked():
        raise Interrupted
