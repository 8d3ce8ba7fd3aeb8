"""The worker's side of a connection from the web process."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from halfgig.server import ipc

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUEST_S = 10.0
"""Seconds a request may take to arrive; the client is on the same machine."""


class HungUp(Exception):
    """The client closed the connection, or did not read for too long."""


class Connection:
    """A client's connection; `slow_s` is the number of seconds the client may read nothing."""

    def __init__(self, connection: socket.socket, slow_s: float) -> None:
        self._socket = connection
        self._slow_s = slow_s

    def receive(self) -> dict[str, Any]:
        """Read the request. Raises `WireBroken` for a malformed one and `HungUp` if the client is gone."""
        self._socket.settimeout(REQUEST_S)
        head = self._exactly(ipc.HEAD.size)
        message = ipc.unpacked(head, self._exactly(ipc.body_length(head)))
        if isinstance(message, bytes):
            raise ipc.WireBroken("sound where a request was expected")
        return message

    def send(self, message: Mapping[str, Any] | bytes) -> None:
        """Send a message, waiting while the client is slow. Raises `HungUp`."""
        self._socket.settimeout(self._slow_s)
        try:
            self._socket.sendall(ipc.packed(message))
        except OSError as error:
            raise HungUp(str(error)) from error

    def is_open(self) -> bool:
        """Return whether the client is still connected."""
        self._socket.settimeout(0)
        try:
            return self._socket.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        """Close the connection."""
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
