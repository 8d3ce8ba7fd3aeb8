"""The protocol between a cell and its parent: length-prefixed pickled tuples over a socket pair.

Both ends are the same program, so pickle is trusted here, and nowhere else.  The parent sends
("run", stage, budget_mb, target, args) or ("end",); the cell sends ("started", ru_maxrss), ("made", result)...,
("asked", question), which the parent answers by ("answered", answer), and finally ("done",), ("failed", error) or, if
the cell cannot be reused, ("worn", error).
"""

import os
import pickle

_LENGTH_BYTES = 8
_READ_BYTES = 2**16

Message = tuple[object, ...]


class HangupError(Exception):
    """Report that the other end closed the connection."""


class CellConnection:
    """Sends and receives messages over one end of a socket pair."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._buffer = bytearray()

    def send(self, message: Message) -> None:
        """Send a message; blocks while the socket's buffer is full."""
        body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        try:
            for part in (len(body).to_bytes(_LENGTH_BYTES, "big"), body):
                rest = memoryview(part)
                while rest:
                    rest = rest[os.write(self.fd, rest) :]
        except (BrokenPipeError, ConnectionResetError) as gone:
            raise HangupError from gone

    def receive(self) -> Message:
        """Block until the next message arrived and return it."""
        while (message := self.take()) is None:
            self.fill()
        return message

    def fill(self) -> None:
        """Read the available bytes, blocking until there is one."""
        try:
            data = os.read(self.fd, _READ_BYTES)
        except ConnectionResetError:
            data = b""
        if not data:
            raise HangupError
        self._buffer += data

    def take(self) -> Message | None:
        """Return the next message if it arrived completely, else None."""
        end = _LENGTH_BYTES + int.from_bytes(self._buffer[:_LENGTH_BYTES], "big")
        if len(self._buffer) < max(end, _LENGTH_BYTES + 1):
            return None
        with memoryview(self._buffer) as view:
            message: Message = pickle.loads(view[_LENGTH_BYTES:end])  # noqa: S301 - see the module's docstring
        del self._buffer[:end]
        return message
