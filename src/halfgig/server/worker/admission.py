"""Memory admission: reservations of cells within what they may keep together, and the queue for them."""

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
"""Seconds after which who waits asks again those who could leave."""


@dataclass(eq=False, slots=True)
class Reservation:
    """One cell's share of the memory."""

    name: str
    """Who sits there, for a person: "speaking", "rendering"."""
    mb: int
    """What it may keep, MB."""
    evict: Callable[[], None] | None = None
    """Asks the holder to leave when it can, as another cell waits.  None: it stays until its work is done."""


def leavers(held: Sequence[Reservation], wanted_mb: int, room_mb: int) -> list[Reservation]:
    """Choose whom to ask to leave so that `wanted_mb` fit: those who can, the longest there first, no more than needed.

    All who can when that is still not enough: who cannot leave will be done one day.
    """
    missing = sum(seat.mb for seat in held) + wanted_mb - room_mb
    asked = []
    for seat in held:
        if missing > 0 and seat.evict:
            asked.append(seat)
            missing -= seat.mb
    return asked


class MemoryAdmission:
    """Share `room_mb` MB among cells, first come, first served."""

    def __init__(self, room_mb: int) -> None:
        self.room_mb = room_mb
        self._changed = threading.Condition()
        self._held: list[Reservation] = []
        self._waiting: list[Reservation] = []
        self._is_closed = False

    @contextlib.contextmanager
    def hold(self, name: str, mb: int, evict: Callable[[], None] | None = None) -> Iterator[None]:
        """Wait until `mb` fit next to the other reservations, and reserve them for the block.

        A waiting caller calls the `evict` of those who sit there, from its own thread and more than once; a holder that
        cannot leave at once should take note and leave when it can.  Raises `MemoryExceeded` for what can never fit,
        and `Unavailable` when the program ends.
        """
        if mb > self.room_mb:
            raise MemoryExceeded(name, self.room_mb, f"it takes {mb} MB")
        seat = Reservation(name, mb, evict)
        self._take(seat)
        try:
            yield
        finally:
            with self._changed:
                self._held.remove(seat)
                self._changed.notify_all()

    def close(self) -> None:
        """Turn away all who wait, and who comes now."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def status(self) -> dict[str, list[str]]:
        """Return the names of holders and of those that wait."""
        with self._changed:
            return {
                "held": [f"{seat.name} {seat.mb} MB" for seat in self._held],
                "waiting": [f"{seat.name} {seat.mb} MB" for seat in self._waiting],
            }

    def _take(self, seat: Reservation) -> None:
        with self._changed:
            self._waiting.append(seat)
        try:
            while not self._is_seated(seat):
                for holder in self._to_ask(seat):
                    assert holder.evict
                    holder.evict()
                with self._changed:
                    if not self._may_sit_locked(seat):
                        self._changed.wait(ASK_EVERY_S)
        finally:
            with self._changed:
                self._waiting.remove(seat)
                self._changed.notify_all()

    def _is_seated(self, seat: Reservation) -> bool:
        with self._changed:
            if self._is_closed:
                raise Unavailable("the program is ending; send the request again in a moment", 5)
            if not self._may_sit_locked(seat):
                return False
            self._held.append(seat)
            return True

    def _may_sit_locked(self, seat: Reservation) -> bool:
        used_mb = sum(each.mb for each in self._held)
        return self._is_closed or (self._waiting[0] is seat and used_mb + seat.mb <= self.room_mb)

    def _to_ask(self, seat: Reservation) -> list[Reservation]:
        with self._changed:
            return leavers(self._held, seat.mb, self.room_mb) if self._waiting[0] is seat else []
