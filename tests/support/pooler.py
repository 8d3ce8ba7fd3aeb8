"""A relay in front of Postgres that swallows notifications, as a pooler in transaction mode does."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTIFICATION = b"A"
"""The first byte of Postgres's message that tells a notification."""

HEAD_BYTES = 5
"""Bytes of a message's kind and length, which counts itself but not the kind."""


@contextlib.contextmanager
def swallowing(url: str) -> Iterator[str]:
    """Yield another address of a database, at which no notification arrives."""
    place = url.partition("@")[2].partition("/")[0]
    port = int(place.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, port), daemon=True).start()
        here = f"127.0.0.1:{listener.getsockname()[1]}"
        yield f"{url.replace(place, here)}?sslmode=disable&gssencmode=disable"


def _accept(listener: socket.socket, port: int) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=_pass_all, args=(client, server), daemon=True).start()
            threading.Thread(target=_pass_but_notifications, args=(server, client), daemon=True).start()


def _pass_all(client: socket.socket, server: socket.socket) -> None:
    with contextlib.suppress(OSError), client, server:
        while data := client.recv(65536):
            server.sendall(data)
        server.shutdown(socket.SHUT_RDWR)


def _pass_but_notifications(server: socket.socket, client: socket.socket) -> None:
    with contextlib.suppress(OSError), server.makefile("rb") as messages:
        while len(head := messages.read(HEAD_BYTES)) == HEAD_BYTES:
            body = messages.read(int.from_bytes(head[1:]) + 1 - HEAD_BYTES)
            if head[:1] != NOTIFICATION:
                client.sendall(head + body)
        client.shutdown(socket.SHUT_RDWR)
