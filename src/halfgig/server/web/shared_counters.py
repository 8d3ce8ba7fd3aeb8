"""Numbers that all web workers count together, in anonymous memory that their master maps before it forks them.

No file is involved: on a full disk a mapped file kills its process (SIGBUS) where it must grow.  Each worker writes to
a slot of its own; a slot is a list of records, a name and a number each, which a reader may look through at any time.
"""

import mmap
import struct
from collections.abc import Iterator

SLOT_BYTES = 1 << 18
"""Size of a slot; some 2,000 names fit.  Pages that were never written take no memory."""

_USED = struct.Struct("<Q")
_LENGTH = struct.Struct("<Q")
_NUMBER = struct.Struct("<d")


class SharedCounters:
    """The counters of all workers; each process counts in the slot that it `use`s."""

    def __init__(self, slots: int = 1) -> None:
        self._memory = mmap.mmap(-1, slots * SLOT_BYTES)
        self._free = list(range(1, slots))
        self._slot = 0
        self._places: dict[str, int] = {}

    def reserve(self) -> int:
        """Return a slot for a new worker; called in the master.  The last one is shared if there are too many."""
        return self._free.pop() if self._free else 0

    def use(self, slot: int) -> None:
        """Count in a slot from now on; what an earlier worker counted there stays counted."""
        self._slot = slot
        self._places = {name: at for name, at, _ in self._records(slot)}

    def release(self, slot: int, gauge: str) -> None:
        """Free the slot of a worker that has ended, and set its gauge to 0."""
        for name, at, _ in self._records(slot):
            if name == gauge:
                _NUMBER.pack_into(self._memory, at, 0.0)
        if slot:
            self._free.append(slot)

    def add(self, name: str, amount: float) -> None:
        """Add to a number; a new name that does not fit is not counted."""
        at = self._places.get(name)
        if at is None:
            at = self._added(name)
        if at is not None:
            _NUMBER.pack_into(self._memory, at, _NUMBER.unpack_from(self._memory, at)[0] + amount)

    def totals(self) -> dict[str, float]:
        """Return the sums over all slots by name."""
        found: dict[str, float] = {}
        for slot in range(len(self._memory) // SLOT_BYTES):
            for name, _, number in self._records(slot):
                found[name] = found.get(name, 0.0) + number
        return found

    def _added(self, name: str) -> int | None:
        begin = self._slot * SLOT_BYTES
        data = name.encode()
        data = data.ljust(-(-len(data) // 8) * 8)  # numbers are aligned, so that no reader sees half of one
        used = int(_USED.unpack_from(self._memory, begin)[0])
        place = begin + _USED.size + used
        at: int = place + _LENGTH.size + len(data)
        if at + _NUMBER.size > begin + SLOT_BYTES:
            return None
        self._memory[place:at] = _LENGTH.pack(len(data)) + data
        _NUMBER.pack_into(self._memory, at, 0.0)
        _USED.pack_into(self._memory, begin, at + _NUMBER.size - begin - _USED.size)
        self._places[name] = at
        return at

    def _records(self, slot: int) -> Iterator[tuple[str, int, float]]:
        begin = slot * SLOT_BYTES
        place = begin + _USED.size
        end = place + _USED.unpack_from(self._memory, begin)[0]
        while place < end:
            length = _LENGTH.unpack_from(self._memory, place)[0]
            at = place + _LENGTH.size + length
            name = self._memory[place + _LENGTH.size : at].decode().rstrip(" ")
            yield name, at, _NUMBER.unpack_from(self._memory, at)[0]
            place = at + _NUMBER.size
