"""Questions that a job in a cell asks its parent, such as for a signature by a key that no cell may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from halfgig.cells.protocol import CellConnection

_parents: list[CellConnection] = []  # of this process, once it is a cell


def listen_to(connection: CellConnection) -> None:
    """Remember the connection to the parent, over which questions go."""
    _parents[:] = [connection]


def ask(question: bytes) -> bytes:
    """Return the parent's answer; blocks until it is there. Raises `HangupError` when the parent is gone."""
    (parent,) = _parents
    parent.send(("asked", question))
    (_, answer) = parent.receive()
    assert isinstance(answer, bytes)
    return answer
