"""The language between web and work, over one Unix socket: a request, then answers, then the end.

Each message is four bytes of length, one byte of kind and a body: kind `J` is a JSON object, kind `B` bytes of sound.
The asker sends one JSON request and reads until the end of the connection; closing it early takes the request back.

    {"op": "speech", "input", "voice", "format", "speed", "words"}
        -> {"type": "started", "maker"}                   before the first sound, or an error instead
        -> B...                                           the file, as it is made
        -> {"type": "words", "words": [[text, start, end], ...]}     in between, where "words" is true
        -> {"type": "done", "seconds", "characters"}
    {"op": "voices"}   -> {"type": "voices", "voices": [{"name", "language", "description", "engine"}, ...]}
    {"op": "faces", "upload"}
        -> {"type": "faces", "detector", "width", "height", "faces": [{"score", "size", "box", "points", "landmarks"}]}
    {"op": "jobs"}     -> {"type": "ok"}                  there is a new row in the book
    {"op": "cancel", "id"}  -> {"type": "ok"}             the book says that a job is cancelled
    {"op": "status"}   -> {"type": "status", ...}         queues, cells and their memory

Anything may be answered by {"type": "error", "message", "status", "code", "param", "retry", "after_s"}.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

from halfgig.errors import HalfgigError

LONGEST = 64 * 2**20
"""The most bytes of one message that are believed."""

HEAD = struct.Struct(">IB")
"""What stands before each body: its length and its kind."""

JSON, BYTES = ord("J"), ord("B")

Reply = dict[str, Any] | bytes


class WireBroken(Exception):
    """Report a message that is none, or a connection that ended in the middle of one."""


def packed(message: Mapping[str, Any] | bytes) -> bytes:
    """Return a message as it crosses the socket."""
    if isinstance(message, bytes):
        return HEAD.pack(len(message), BYTES) + message
    body = json.dumps(message, separators=(",", ":")).encode()
    return HEAD.pack(len(body), JSON) + body


def body_length(head: bytes) -> int:
    """Read how long the body behind a head is.  Raises `WireBroken`."""
    length, kind = HEAD.unpack(head)
    if length > LONGEST or kind not in (JSON, BYTES):
        raise WireBroken(f"a message of {length} bytes and kind {kind}")
    return int(length)


def unpacked(head: bytes, body: bytes) -> Reply:
    """Read a message.  Raises `WireBroken`."""
    if HEAD.unpack(head)[1] == BYTES:
        return body
    try:
        message = json.loads(body)
    except ValueError as error:
        raise WireBroken(str(error)) from error
    if not isinstance(message, dict):
        raise WireBroken("a message that is no object")
    return message


def refusal(error: HalfgigError) -> dict[str, Any]:
    """Write an error as a message."""
    return {
        "type": "error",
        "message": str(error),
        "status": error.status,
        "code": error.code,
        "param": getattr(error, "param", None) or None,
        "retry": error.retry,
        "after_s": getattr(error, "after_s", None),
    }
