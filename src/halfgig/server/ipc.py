"""The protocol between web and worker over a Unix socket: one request per connection, then replies until it closes.

Each message is four bytes of length, one byte of kind and a body: kind `J` is a JSON object, kind `B` bytes of sound.
The client sends one JSON request and reads until the connection closes; closing it early cancels the request.

    {"op": "speech", "input", "voice", "engine", "format", "speed", "words", "poses", "whole", "client"}
        -> {"type": "started", "maker", "bytes"}          before the first sound, or an error instead; "bytes", the size
                                                          of the file, where "whole" is true: all of it is made first
        -> B...                                           the sound file, in pieces
        -> {"type": "words", "offset", "start", "words": [[text, start, end], ...]}    before their sound, if "words"
        -> {"type": "poses", "start", "rate", "names", "weights"}    before their sound, where "poses" is true
        -> {"type": "done", "seconds", "characters"}
    {"op": "voices"}   -> {"type": "voices", "voices": [{"name", "language", "description", "engine"}, ...]}
    {"op": "faces", "upload", "client"}
        -> {"type": "faces", "detector", "width", "height", "faces": [{"score", "size", "box", "points", "landmarks"}]}
    {"op": "avatar", "upload", "given", "client"}         "given" are the settings that go before an avatar's file's
        -> {"type": "avatar", "settings", "notices"}      the upload's folder has the measured portrait, and its pack
    {"op": "pack", "avatar", "size", "client"}
        -> {"type": "ok"}                                 the avatar's folder has the pack
    {"op": "jobs"}     -> {"type": "ok"}                  the job store has a new row
    {"op": "cancel", "id"}  -> {"type": "ok"}             a job was cancelled in the store
    {"op": "status"}   -> {"type": "status", ...}         queues, cells and their memory

The reply to any request may be {"type": "error", "message", "status", "code", "param", "retry", "after_s"}.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

from halfgig.errors import HalfgigError
from halfgig.server.public_text import public_text

LONGEST = 64 * 2**20
"""Largest message that is accepted, in bytes."""

HEAD = struct.Struct(">IB")
"""The header of a message: length and kind of its body."""

JSON, BYTES = ord("J"), ord("B")

Reply = dict[str, Any] | bytes


class WireBroken(Exception):
    """Report a malformed message, or a connection that closed in the middle of one."""


def packed(message: Mapping[str, Any] | bytes) -> bytes:
    """Encode a message for the socket."""
    if isinstance(message, bytes):
        return HEAD.pack(len(message), BYTES) + message
    body = json.dumps(message, separators=(",", ":")).encode()
    return HEAD.pack(len(body), JSON) + body


def body_length(head: bytes) -> int:
    """Return the body's length from a header.  Raises `WireBroken`."""
    length, kind = HEAD.unpack(head)
    if length > LONGEST or kind not in (JSON, BYTES):
        raise WireBroken(f"a message of {length} bytes and kind {kind}")
    return int(length)


def unpacked(head: bytes, body: bytes) -> Reply:
    """Decode a message.  Raises `WireBroken`."""
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
    """Return the message that reports an error."""
    return {
        "type": "error",
        "message": public_text(str(error)),
        "status": error.status,
        "code": error.code,
        "param": getattr(error, "param", None) or None,
        "retry": error.retry,
        "after_s": getattr(error, "after_s", None),
    }
