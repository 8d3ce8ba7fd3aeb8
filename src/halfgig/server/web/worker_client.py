"""Client of the worker process, over its Unix socket; the messages are those of `server/ipc.py`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from halfgig.server import ipc
from halfgig.server.errors import Relayed, Unavailable

CONNECT_S = 5.0
"""Seconds to keep trying a socket nobody listens on: a starting supervisor needs about one."""

PATIENCE_S = 20.0
"""Seconds to wait for a reply before checking whether the worker process is alive."""

ATTEMPTS = 3
"""Attempts for a request whose connection ends before the first reply, because the worker process crashed."""

_PAUSE_S = 0.1
_AFTER_S = 5.0


class Conversation:
    """The connection of one request; `close` cancels the request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send the request."""
        self._writer.write(ipc.packed(message))
        await self._writer.drain()

    async def receive(self) -> ipc.Reply | None:
        """Return the next reply; None at the end.

        Raises `Relayed` for a reply that is an error, and `WireBroken` if the connection ends in the middle of one.
        """
        try:
            head = await self._reader.read(1)
            if not head:
                return None
            head += await self._reader.readexactly(ipc.HEAD.size - 1)
            body = await self._reader.readexactly(ipc.body_length(head))
        except asyncio.IncompleteReadError as error:
            raise ipc.WireBroken("the connection ended in the middle of a message") from error
        except OSError as error:
            raise ipc.WireBroken(str(error)) from error
        reply = ipc.unpacked(head, body)
        if isinstance(reply, dict) and reply.get("type") == "error":
            raise Relayed(reply)
        return reply

    def close(self) -> None:
        """Close the connection at once."""
        self._writer.transport.abort()


@dataclass(frozen=True, slots=True)
class WorkerClient:
    """Sends requests to the worker process."""

    socket: Path
    """The worker process's Unix socket."""
    connect_s: float = CONNECT_S
    """Seconds to keep trying to connect."""
    patience_s: float = PATIENCE_S
    """Seconds to wait for a reply before checking the worker process."""

    async def call(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the only reply to a request.  Raises `Relayed` and `Unavailable`."""
        try:
            async with asyncio.timeout(self.patience_s), self.stream(message, probe=False) as (reply, _conversation):
                return _message(reply)
        except TimeoutError as error:
            raise Unavailable(
                f"the worker process has not answered for {self.patience_s:g} s; try again", _AFTER_S
            ) from error

    async def call_patiently(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the only reply to a request, however long it takes, while the worker process is alive.

        Raises `Relayed` and `Unavailable`.
        """
        async with self.stream(message) as (reply, _conversation):
            return _message(reply)

    @contextlib.asynccontextmanager
    async def stream(
        self, message: Mapping[str, Any], *, probe: bool = True
    ) -> AsyncIterator[tuple[ipc.Reply, Conversation]]:
        """Send a request; yield its first reply and the conversation that has the others.

        The connection is closed at the end of the block.  Raises `Relayed` if the first reply is an error, and
        `Unavailable` if there is none.
        """
        conversation: Conversation | None = None
        try:
            for _attempt in range(ATTEMPTS):
                conversation = await self._connected()
                reply = await self._first(conversation, message, probe=probe)
                if reply is not None:
                    break
                conversation.close()
                await asyncio.sleep(_PAUSE_S)
            else:
                raise Unavailable("the worker process ended before it answered, again and again; try later", _AFTER_S)
            yield reply, conversation
        finally:
            if conversation is not None:
                conversation.close()

    async def _connected(self) -> Conversation:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.connect_s
        while True:
            try:
                return Conversation(*await asyncio.open_unix_connection(self.socket))
            except OSError as error:
                if loop.time() > deadline:
                    why = error.strerror or error
                    raise Unavailable(
                        f"the worker process cannot be reached ({why}); it may be starting: try again", _AFTER_S
                    ) from error
            await asyncio.sleep(_PAUSE_S)

    async def receive(self, conversation: Conversation) -> ipc.Reply | None:
        """Return the next reply; None at the end.

        Raises `Relayed`, `WireBroken`, and `Unavailable` if the worker process is gone.
        """
        return await self._patiently(conversation.receive())

    async def _first(self, conversation: Conversation, message: Mapping[str, Any], *, probe: bool) -> ipc.Reply | None:
        """Return the first reply; None if the connection ended instead."""
        answer = _send_and_receive(conversation, message)
        return await (self._patiently(answer) if probe else answer)

    async def _patiently(self, answer: Coroutine[Any, Any, ipc.Reply | None]) -> ipc.Reply | None:
        """Wait as long as the worker process is alive: a long queue is no reason to give up."""
        waiting = asyncio.ensure_future(answer)
        try:
            while not (await asyncio.wait({waiting}, timeout=self.patience_s))[0]:
                await self.call({"op": "status"})
            return await waiting
        finally:
            waiting.cancel()


def _message(reply: ipc.Reply) -> dict[str, Any]:
    if isinstance(reply, dict):
        return reply
    raise Unavailable("the worker process gave sound where a message was expected; try again", _AFTER_S)


async def _send_and_receive(conversation: Conversation, message: Mapping[str, Any]) -> ipc.Reply | None:
    try:
        await conversation.send(message)
        return await conversation.receive()
    except (ipc.WireBroken, OSError):
        return None
