"""Checks whether the web process is ready, without blocking."""

import contextlib
import socket

REQUEST = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\nUser-Agent: halfgig-supervisor\r\n\r\n"

ANYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach a server bound to all interfaces
"""For an address that means all interfaces, the address to connect to."""


class Probe:
    """Sends a request over one connection at a time; `step` continues it without waiting."""

    def __init__(self, address: str, port: int) -> None:
        self._where = (ANYWHERE.get(address, address), port)
        self._socket: socket.socket | None = None
        self._is_sent = False

    def step(self) -> bool:
        """Continue the request; return True once a response arrived."""
        found = self._socket or self._connected()
        try:
            if not self._is_sent:
                found.sendall(REQUEST)
                self._is_sent = True
            answered = found.recv(64).startswith(b"HTTP/")
        except BlockingIOError:
            return False
        except OSError:  # web does not listen yet, or it ended
            answered = False
        self.close()
        return answered

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._is_sent = None, False

    def _connected(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._where[0] else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        with contextlib.suppress(OSError):  # in progress, or refused: sending fails then
            self._socket.connect(self._where)
        return self._socket
