"""The wire between a cell and its parent: pickled tuples, each behind its length.

Both ends are the same program, so pickle is trusted here, and here only.  To the cell goes
("run", stage, budget_mb, target, args) or ("end",); from it come ("started", ru_maxrss), ("made", result)...,
and last ("done",), ("failed", error) or, when the cell is of no further use, ("worn", error).
"""

import os
import pickle

_LENGTH_BYTES = 8
_READ_BYTES = 2**16

Message = tuple[object, ...]


class HangupError(Exception):
    """Report that the other end is gone."""


class CellConnection:
    """Send and receive messages over one end of a socket pair."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._held = bytearray()

    def send(self, message: Message) -> None:
        """Send a message, waiting until the other end has taken all but what the socket holds."""
        body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        try:
            for part in (len(body).to_bytes(_LENGTH_BYTES, "big"), body):
                rest = memoryview(part)
                while rest:
                    rest = rest[os.write(self.fd, rest) :]
        except (BrokenPipeError, ConnectionResetError) as gone:
            raise HangupError from gone

    def receive(self) -> Message:
        """Wait for the next message."""
        while (message := self.take()) is None:
            self.fill()
        return message

    def fill(self) -> None:
        """Read once what has arrived, waiting for the first byte."""
        try:
            data = os.read(self.fd, _READ_BYTES)
        except ConnectionResetError:
            data = b""
        if not data:
            raise HangupError
        self._held += data

    def take(self) -> Message | None:
        """Return the next message if all of it has arrived."""
        end = _LENGTH_BYTES + int.from_bytes(self._held[:_LENGTH_BYTES], "big")
        if len(self._held) < max(end, _LENGTH_BYTES + 1):
            return None
        with memoryview(self._held) as view:
            message: Message = pickle.loads(view[_LENGTH_BYTES:end])  # noqa: S301 - see the module's docstring
        del self._held[:end]
        return message
