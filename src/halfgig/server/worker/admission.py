"""Memory admission: cells reserve memory from a common total, and queue if it is used up."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.errors import MemoryExceeded
from halfgig.server.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ASK_EVERY_S = 0.5
"""Seconds after which a waiting caller asks the current holders again to leave."""


@dataclass(eq=False, slots=True)
class Reservation:
    """One cell's reserved memory."""

    name: str
    """The cell's stage, for status and errors: "speaking", "rendering"."""
    mb: int
    """Private memory in MB."""
    evict: Callable[[], None] | None = None
    """Asks the holder to release the memory soon, because another cell waits. None: it cannot be asked."""
    stands_still: Callable[[], bool] = lambda: False
    """Returns whether the cell is suspended, and its memory of no use for now."""
    is_spare: bool = False
    """Whether nothing depends on the cell, so that it is the first to be asked."""


def to_evict(held: Sequence[Reservation], wanted_mb: int, room_mb: int) -> list[Reservation]:
    """Return the reservations to evict so that `wanted_mb` fit into `room_mb`, no more than needed.

    Spare cells come first, then those that stand still, then the oldest. Returns all that can be evicted if even that
    is not enough; the others end with their work.
    """
    missing = sum(each.mb for each in held) + wanted_mb - room_mb
    chosen = []
    for each in sorted(held, key=lambda each: (not each.is_spare, not each.stands_still())):
        if missing > 0 and each.evict:
            chosen.append(each)
            missing -= each.mb
    return chosen


class MemoryAdmission:
    """Shares `room_mb` MB among cells, first come, first served."""

    def __init__(self, room_mb: int) -> None:
        self.room_mb = room_mb
        self._changed = threading.Condition()
        self._held: list[Reservation] = []
        self._waiting: list[Reservation] = []
        self._is_closed = False

    @contextlib.contextmanager
    def hold(
        self,
        name: str,
        mb: int,
        evict: Callable[[], None] | None = None,
        stands_still: Callable[[], bool] = lambda: False,
        check: Callable[[], None] = lambda: None,
    ) -> Iterator[None]:
        """Wait until `mb` MB fit next to the other reservations, and reserve them for the block.

        A waiting caller calls the holders' `evict` from its own thread, possibly several times; a holder that cannot
        leave at once should remember the request. `check` raises when the caller should not wait any more. Raises
        `MemoryExceeded` if `mb` can never fit, and `Unavailable` when the program is ending.
        """
        if mb > self.room_mb:
            raise MemoryExceeded(name, self.room_mb, f"it takes {mb} MB")
        reservation = Reservation(name, mb, evict, stands_still)
        self._take(reservation, check)
        try:
            yield
        finally:
            self._release(reservation)

    @contextlib.contextmanager
    def hold_spare(self, name: str, mb: int, evict: Callable[[], None]) -> Iterator[bool]:
        """Reserve `mb` MB for the block if they are free and nobody waits for any; yield whether they were.

        Nothing may depend on what they are for: others take them first.
        """
        reservation = Reservation(name, mb, evict, is_spare=True)
        with self._changed:
            is_held = not (self._is_closed or self._waiting) and self._used_mb_locked() + mb <= self.room_mb
            if is_held:
                self._held.append(reservation)
        try:
            yield is_held
        finally:
            if is_held:
                self._release(reservation)

    def close(self) -> None:
        """Refuse all waiting and future callers with `Unavailable`."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def status(self) -> dict[str, list[str]]:
        """Return names and sizes of the held and the waiting reservations."""
        with self._changed:
            return {
                "held": [f"{reservation.name} {reservation.mb} MB" for reservation in self._held],
                "waiting": [f"{reservation.name} {reservation.mb} MB" for reservation in self._waiting],
            }

    def _take(self, reservation: Reservation, check: Callable[[], None]) -> None:
        with self._changed:
            self._waiting.append(reservation)
        try:
            while not self._admit(reservation):
                check()
                for holder in self._blockers(reservation):
                    assert holder.evict
                    holder.evict()
                with self._changed:
                    if not self._fits_locked(reservation):
                        self._changed.wait(ASK_EVERY_S)
        finally:
            with self._changed:
                self._waiting.remove(reservation)
                self._changed.notify_all()

    def _admit(self, reservation: Reservation) -> bool:
        with self._changed:
            if self._is_closed:
                raise Unavailable("the program is ending; send the request again in a moment", 5)
            if not self._fits_locked(reservation):
                return False
            self._held.append(reservation)
            return True

    def _release(self, reservation: Reservation) -> None:
        with self._changed:
            self._held.remove(reservation)
            self._changed.notify_all()

    def _fits_locked(self, reservation: Reservation) -> bool:
        fits = self._used_mb_locked() + reservation.mb <= self.room_mb
        return self._is_closed or (self._waiting[0] is reservation and fits)

    def _used_mb_locked(self) -> int:
        return sum(each.mb for each in self._held)

    def _blockers(self, reservation: Reservation) -> list[Reservation]:
        with self._changed:
            return to_evict(self._held, reservation.mb, self.room_mb) if self._waiting[0] is reservation else []
