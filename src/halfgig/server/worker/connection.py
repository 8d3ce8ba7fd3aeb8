"""A client's connection, on the worker's side."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from halfgig.server import ipc

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUEST_S = 10.0
"""How long a request may take to arrive, in seconds: it comes from the same machine."""


class HungUp(Exception):
    """Report that the client is gone."""


class Connection:
    """A connection; `slow_s` is how long the client may take nothing, in seconds."""

    def __init__(self, connection: socket.socket, slow_s: float) -> None:
        self._socket = connection
        self._slow_s = slow_s

    def receive(self) -> dict[str, Any]:
        """Read the request.  Raises `WireBroken` and `HungUp`."""
        self._socket.settimeout(REQUEST_S)
        head = self._exactly(ipc.HEAD.size)
        message = ipc.unpacked(head, self._exactly(ipc.body_length(head)))
        if isinstance(message, bytes):
            raise ipc.WireBroken("sound where a request was expected")
        return message

    def send(self, message: Mapping[str, Any] | bytes) -> None:
        """Send an answer, waiting for the client to take it.  Raises `HungUp`."""
        self._socket.settimeout(self._slow_s)
        try:
            self._socket.sendall(ipc.packed(message))
        except OSError as error:
            raise HungUp(str(error)) from error

    def is_open(self) -> bool:
        """Return whether the client is still there."""
        self._socket.settimeout(0)
        try:
            return self._socket.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _exactly(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            try:
                more = self._socket.recv(min(length - len(data), 2**16))
            except OSError as error:
                raise HungUp(str(error)) from error
            if not more:
                raise HungUp("it ended in the middle of a message" if data else "it said nothing")
            data += more
        return bytes(data)
