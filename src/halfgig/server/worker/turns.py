"""Turns at work that only one can have at a time: clients in turn, and of one client's orders the short ones first.

Time is shared among clients, not among orders: a client that sends a hundred orders waits for itself.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

QUANTUM_S = 10.0
"""Seconds by which a client may be ahead of another one that waits; on a slow processor they are more."""

CREDIT = 2.0
"""Quanta that a client may catch up after it had nothing to do."""

MUCH_SHORTER = 4.0
"""How many times shorter an order is that need not wait for another one of the same client."""

KEPT_S = 2.0
"""Seconds for which a turn is kept for an order between two of its steps."""

POLL_S = 0.3
"""Seconds between checks whether an order that waits is still wanted."""


class Shares:
    """How long each client had its turn, in seconds; callers hold a lock of their own."""

    def __init__(self, quantum_s: float = QUANTUM_S) -> None:
        self.quantum_s = quantum_s
        self._used: dict[str, float] = {}

    def used_s(self, client: str) -> float:
        """Return how long a client had its turn since all had nothing to do."""
        return self._used.get(client, 0.0)

    def enter(self, client: str, others: Iterable[str]) -> None:
        """Note that a client that had nothing to do has something, next to others that have.

        It may catch up a little: with all that it missed it could keep the others waiting for as long.
        """
        present = [self.used_s(other) for other in others]
        if not present:
            self._used.clear()
        self._used[client] = max(self.used_s(client), min(present, default=0.0) - CREDIT * self.quantum_s)

    def charge(self, client: str, seconds: float) -> None:
        """Count a turn."""
        self._used[client] = self.used_s(client) + seconds


@dataclass(eq=False)
class Turn:
    """One order's place in the line; the order has its turn while `since` is set."""

    name: str
    """Names the order: a job's id."""
    client: str
    cost_s: float
    """The work in seconds of a plain video."""
    number: int
    line: Turns
    since: float | None = None
    """When its turn began, by the monotonic clock."""

    @property
    def should_yield(self) -> bool:
        """Whether somebody else's turn has come, and this order should call `give_way` as soon as it can."""
        return self.line.should_yield(self)

    def give_way(self, leave: Callable[[], None]) -> None:
        """End the turn and wait for the next; `leave` raises when the order is not wanted any more."""
        self.line.give_way(self, leave)

    @property
    def stands_aside(self) -> bool:
        """Whether the order lost its turn to another one while its work was there, and must stand still."""
        return self.since is None

    def step_aside(self) -> bool:
        """Return whether the order's work must stand still now; ask again until it may go on."""
        return self.line.step_aside(self)

    def keep(self) -> None:
        """Keep the turn for this order's next step, unless somebody else's has come."""
        self.line.keep(self)

    def forgive(self) -> None:
        """Count nothing of the turn so far, in which the order waited for others."""
        self.line.forgive(self)


def next_turn(waiting: Sequence[Turn], used_s: Callable[[str], float]) -> Turn:
    """Return whose turn comes next: the client's that had the least, and of its orders the shortest."""
    return min(waiting, key=lambda turn: (used_s(turn.client), turn.cost_s, turn.number))


def should_yield(
    holder: Turn, held_s: float, waiting: Sequence[Turn], used_s: Callable[[str], float], quantum_s: float
) -> bool:
    """Return whether the holder of a turn should leave it to one that waits.

    A much shorter order of a client that had no more does not wait for a quantum: it is soon done.
    """
    used = used_s(holder.client) + held_s

    def comes_first(turn: Turn) -> bool:
        is_short = turn.cost_s * MUCH_SHORTER < holder.cost_s
        if turn.client == holder.client:
            return is_short and held_s > quantum_s
        return used > used_s(turn.client) + (0.0 if is_short else quantum_s)

    return any(map(comes_first, waiting))


class Turns:
    """A line of orders; one has its turn. Methods may be called from any thread."""

    def __init__(self, quantum_s: float = QUANTUM_S, clock: Callable[[], float] = time.monotonic) -> None:
        self.quantum_s = quantum_s
        self._clock = clock
        self._changed = threading.Condition()
        self._shares = Shares(quantum_s)
        self._waiting: list[Turn] = []
        self._holder: Turn | None = None
        self._kept: tuple[str, float] | None = None
        self._numbers = itertools.count()

    @property
    def holder(self) -> str | None:
        """The name of the order that has its turn."""
        holder = self._holder
        return holder.name if holder else None

    @property
    def client(self) -> str | None:
        """The client whose order has its turn."""
        holder = self._holder
        return holder.client if holder else None

    def counts(self) -> Mapping[str, int]:
        """Return how many orders each client has in the line."""
        with self._changed:
            clients = [turn.client for turn in self._present_locked()]
        return {client: clients.count(client) for client in clients}

    @contextlib.contextmanager
    def hold(self, name: str, client: str, cost_s: float, leave: Callable[[], None]) -> Iterator[Turn]:
        """Wait for a turn and have it for the block; `leave` raises when the order is not wanted any more."""
        turn = Turn(name, client, cost_s, next(self._numbers), self)
        self._wait(turn, leave)
        try:
            yield turn
        finally:
            self._end(turn)

    def give_way(self, turn: Turn, leave: Callable[[], None]) -> None:
        """End an order's turn and wait for its next."""
        self._end(turn)
        self._wait(turn, leave)

    def should_yield(self, turn: Turn) -> bool:
        """Return whether an order that has its turn should give way."""
        with self._changed:
            return self._should_yield_locked(turn)

    def step_aside(self, turn: Turn) -> bool:
        """Return whether an order's work must stand still, because it is somebody else's turn; ask again and again.

        The order waits in the line meanwhile, and has its turn again when this returns False.
        """
        with self._changed:
            if turn in self._waiting:
                return not self._take_locked(turn)
            if not self._should_yield_locked(turn):
                return False
            self._end_locked(turn)
            self._waiting.append(turn)
            return True

    def keep(self, turn: Turn) -> None:
        """Keep the turn between an order and its next step, for a moment, unless the order should give way."""
        with self._changed:
            if self._holder is turn and not self._should_yield_locked(turn):
                self._kept = turn.name, self._clock() + KEPT_S

    def forgive(self, turn: Turn) -> None:
        """Count nothing of an order's turn so far."""
        with self._changed:
            if turn.since is not None:
                turn.since = self._clock()

    def _should_yield_locked(self, turn: Turn) -> bool:
        if turn.since is None:
            return False
        held_s = self._clock() - turn.since
        return should_yield(turn, held_s, self._waiting, self._shares.used_s, self.quantum_s)

    def _wait(self, turn: Turn, leave: Callable[[], None]) -> None:
        with self._changed:
            if turn.client not in {each.client for each in self._present_locked()}:
                self._charge_locked()
                self._shares.enter(turn.client, {each.client for each in self._present_locked()})
            self._waiting.append(turn)
        try:
            while not self._takes(turn):
                leave()
        except BaseException:
            with self._changed:
                self._waiting.remove(turn)
            raise

    def _takes(self, turn: Turn) -> bool:
        """Wait a little for a turn; return whether it came."""
        with self._changed:
            if not self._is_next_locked(turn):
                self._changed.wait(POLL_S)
            return self._take_locked(turn)

    def _is_next_locked(self, turn: Turn) -> bool:
        if self._holder is not None:
            return False
        if self._kept and self._clock() < self._kept[1]:
            return turn.name == self._kept[0]
        return next_turn(self._waiting, self._shares.used_s) is turn

    def _take_locked(self, turn: Turn) -> bool:
        if not self._is_next_locked(turn):
            return False
        self._waiting.remove(turn)
        self._holder, turn.since, self._kept = turn, self._clock(), None
        return True

    def _end(self, turn: Turn) -> None:
        """End a turn; an order that was not given its next one has none to end."""
        with self._changed:
            self._end_locked(turn)
            if turn in self._waiting:
                self._waiting.remove(turn)
                self._changed.notify_all()

    def _end_locked(self, turn: Turn) -> None:
        if self._holder is turn:
            self._charge_locked()
            self._holder, turn.since = None, None
            self._changed.notify_all()

    def _charge_locked(self) -> None:
        """Count the turn that goes on, up to now."""
        holder = self._holder
        if holder is not None and holder.since is not None:
            now = self._clock()
            self._shares.charge(holder.client, now - holder.since)
            holder.since = now

    def _present_locked(self) -> list[Turn]:
        return [*self._waiting, *([self._holder] if self._holder else [])]
