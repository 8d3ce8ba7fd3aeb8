"""Ask the work process, over its Unix socket, in the language of `jobs/wire.py`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from halfgig.server import ipc
from halfgig.server.errors import Relayed, Unavailable

CONNECT_S = 5.0
"""How long a socket that nobody listens at is tried again, in seconds: a guard that starts needs about one."""

PATIENCE_S = 20.0
"""How long an answer may take before the work process is asked whether it lives, in seconds."""

ATTEMPTS = 3
"""How often a request is sent whose connection ends before the first answer: work died and is started anew."""

_PAUSE_S = 0.1
_AFTER_S = 5.0


class Conversation:
    """One request's connection; `close` takes the request back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send the request."""
        self._writer.write(ipc.packed(message))
        await self._writer.drain()

    async def receive(self) -> ipc.Reply | None:
        """Wait for the next answer; None at the end.

        Raises `Relayed` for an answer that is an error, and `WireBroken` when the connection ends in the middle of one.
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
        """Hang up, at once."""
        self._writer.transport.abort()


@dataclass(frozen=True, slots=True)
class WorkerClient:
    """Reach the work process."""

    socket: Path
    """Where it listens."""
    connect_s: float = CONNECT_S
    """How long to try, in seconds."""
    patience_s: float = PATIENCE_S
    """How long to wait for an answer without doubting, in seconds."""

    async def call(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request that has one answer.  Raises `Relayed` and `Unavailable`."""
        try:
            async with asyncio.timeout(self.patience_s), self.stream(message, probe=False) as (reply, _conversation):
                return _message(reply)
        except TimeoutError as error:
            raise Unavailable(
                f"the work process has not answered for {self.patience_s:g} s; try again", _AFTER_S
            ) from error

    async def call_patiently(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request whose one answer may take as long as the work process lives.

        Raises `Relayed` and `Unavailable`.
        """
        async with self.stream(message) as (reply, _conversation):
            return _message(reply)

    @contextlib.asynccontextmanager
    async def stream(
        self, message: Mapping[str, Any], *, probe: bool = True
    ) -> AsyncIterator[tuple[ipc.Reply, Conversation]]:
        """Send a request and give its first answer, with the conversation to hear the others from.

        The connection ends with the block.  Raises `Relayed` when the first answer is an error, and `Unavailable` when
        there is none.
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
                raise Unavailable("the work process ended before it answered, again and again; try later", _AFTER_S)
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
                        f"the work process cannot be reached ({why}); it may be starting: try again", _AFTER_S
                    ) from error
            await asyncio.sleep(_PAUSE_S)

    async def receive(self, conversation: Conversation) -> ipc.Reply | None:
        """Wait for the next answer; None at the end.

        Raises `Relayed`, `WireBroken`, and `Unavailable` when the work process does not live any more.
        """
        return await self._patiently(conversation.receive())

    async def _first(self, conversation: Conversation, message: Mapping[str, Any], *, probe: bool) -> ipc.Reply | None:
        """Wait for the first answer; None when the connection ended instead."""
        answer = _send_and_receive(conversation, message)
        return await (self._patiently(answer) if probe else answer)

    async def _patiently(self, answer: Coroutine[Any, Any, ipc.Reply | None]) -> ipc.Reply | None:
        """Wait as long as the work process lives: a long queue is no reason to give up."""
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
    raise Unavailable("the work process gave sound where a message was expected; try again", _AFTER_S)


async def _send_and_receive(conversation: Conversation, message: Mapping[str, Any]) -> ipc.Reply | None:
    try:
        await conversation.send(message)
        return await conversation.receive()
    except (ipc.WireBroken, OSError):
        return None
