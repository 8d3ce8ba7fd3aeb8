"""Asks web whether it is ready, without ever waiting for the answer."""

import contextlib
import socket

QUESTION = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\nUser-Agent: halfgig-supervisor\r\n\r\n"

ANYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask a server bound so
"""For an address that means all of the machine's, the one to ask at."""


class Probe:
    """Ask over one connection at a time; `step` goes on with it and tells what is known."""

    def __init__(self, address: str, port: int) -> None:
        self._where = (ANYWHERE.get(address, address), port)
        self._socket: socket.socket | None = None
        self._asked = False

    def step(self) -> bool:
        """Go on asking; True once there was an answer."""
        found = self._socket or self._connected()
        try:
            if not self._asked:
                found.sendall(QUESTION)
                self._asked = True
            answered = found.recv(64).startswith(b"HTTP/")
        except BlockingIOError:
            return False
        except OSError:  # nobody listens yet, or whoever did is gone
            answered = False
        self.close()
        return answered

    def close(self) -> None:
        """Ask no more."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._asked = None, False

    def _connected(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._where[0] else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        with contextlib.suppress(OSError):  # under way, or refused: sending tells
            self._socket.connect(self._where)
        return self._socket
