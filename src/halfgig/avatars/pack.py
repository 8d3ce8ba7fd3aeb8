"""The pack: an avatar in one file, its rig, settings, pictures and maps.  docs/pack.md describes the format.

It is read without a numeric library, so that a web process can look at one.
"""

from __future__ import annotations

import json
import math
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from halfgig.errors import BadPack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAGIC = b"HGAVATAR"

VERSION = 1
"""Version of the format; a pack of another version is refused."""

ALIGNED = 8
"""Multiple of bytes at which a section starts, so that it can be read in place as numbers."""

MOST_BYTES = 64 << 20
MOST_HEADER_BYTES = 2 << 20
MOST_SECTIONS = 64
MOST_NUMBERS = 1 << 24
"""Largest pack and header in bytes, most sections, and most numbers of one section."""

PICTURES = ("image/jpeg", "image/png", "image/webp")
NUMBERS = {"u8": 1, "i8": 1, "u16": 2, "i16": 2, "f16": 2, "f32": 4}
"""Types of sections: pictures, and arrays of little-endian numbers with the bytes of one."""

_START = struct.Struct("<8sII")
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
_HELP = "make it again with: halfgig avatar PORTRAIT -o NAME.avatar"


class Section(NamedTuple):
    """A named part of a pack."""

    name: str
    """Lower case letters, digits, and `_ . -`; at most 40."""
    type: str
    """One of `PICTURES` or `NUMBERS`."""
    shape: tuple[int, ...]
    """Height and width of a picture, sizes of an array's axes, the slowest first."""
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """An avatar as read from a file."""

    rig: dict[str, Any]
    """The rig as in docs/rig.md; `halfgig.face.rig.rig_from` checks it."""
    settings: dict[str, Any]
    """What the avatar was saved with: name, voice, speed, mood."""
    drawing: dict[str, Any]
    """Numbers that a browser draws from; empty in a pack that is only spoken with."""
    sections: dict[str, Section]
    """By name, in the order of the file."""


def write_pack(
    rig: Mapping[str, Any],
    settings: Mapping[str, Any],
    sections: Sequence[Section],
    drawing: Mapping[str, Any] | None = None,
) -> bytes:
    """Return the bytes of a pack; the same values give the same bytes."""
    rows: list[dict[str, Any]] = []
    offset = 0
    for each in sections:
        rows.append({"name": each.name, "type": each.type, "shape": each.shape, "offset": offset,
                     "length": len(each.data)})  # fmt: skip
        offset += _padded(len(each.data))
    header = {"rig": rig, "settings": settings, "drawing": drawing or {}, "sections": rows}
    text = json.dumps(header, separators=(",", ":"), allow_nan=False, ensure_ascii=True).encode("ascii")
    text = text.ljust(_padded(_START.size + len(text)) - _START.size)
    body = b"".join(each.data.ljust(_padded(len(each.data)), b"\0") for each in sections)
    return _START.pack(MAGIC, VERSION, len(text)) + text + body


def read_pack(data: bytes) -> Pack:
    """Return a pack from its bytes.  Raises `BadPack` if they are none, cut short, or over the limits."""
    if len(data) > MOST_BYTES:
        raise BadPack(f"the pack has {len(data) >> 20} MB, over the limit of {MOST_BYTES >> 20} MB; {_HELP}")
    if len(data) < _START.size or data[: len(MAGIC)] != MAGIC:
        raise BadPack(f"the file is no pack: it does not start with {MAGIC.decode()}; {_HELP}")
    _, version, length = _START.unpack_from(data)
    if version != VERSION:
        raise BadPack(f"the pack has version {version}, but this halfgig reads version {VERSION}; {_HELP}")
    start = _START.size + length
    if length > MOST_HEADER_BYTES or start > len(data) or start % ALIGNED:
        _refuse(f"its header of {length} bytes does not fit in {len(data)}")
    header = _header(data[_START.size : start])
    rows = header["sections"]
    if not isinstance(rows, list) or len(rows) > MOST_SECTIONS:
        _refuse(f"it must list its sections, {MOST_SECTIONS} at most")
    sections = [_section(row, memoryview(data)[start:]) for row in rows]
    named = {each.name: each for each in sections}
    if len(named) != len(sections):
        _refuse("two sections have the same name")
    return Pack(header["rig"], header["settings"], header["drawing"], named)


def _padded(length: int) -> int:
    return -(-length // ALIGNED) * ALIGNED


def _refuse(why: str) -> NoReturn:
    raise BadPack(f"the pack is damaged: {why}; {_HELP}")


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        _refuse("its header is no JSON")
    kinds = {"rig": dict, "settings": dict, "drawing": dict, "sections": list}
    if not isinstance(header, dict) or set(header) != set(kinds):
        _refuse(f"its header must have {', '.join(kinds)}")
    for name, kind in kinds.items():
        if not isinstance(header[name], kind):
            _refuse(f"{name} is {'no list' if kind is list else 'no object'} in its header")
    return header


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _section(row: object, body: memoryview) -> Section:
    """Return a section from its row in the header and the bytes after the header."""
    if not isinstance(row, dict) or set(row) != {"name", "type", "shape", "offset", "length"}:
        _refuse("a section must have name, type, shape, offset and length")
    name, kind, shape, offset, length = (row[key] for key in ("name", "type", "shape", "offset", "length"))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        _refuse(f"a section's name {str(name)[:40]!r} is no name")
    if not isinstance(kind, str) or (kind not in PICTURES and kind not in NUMBERS):
        _refuse(f"section {name} has the unknown type {str(kind)[:40]!r}")
    if not isinstance(shape, list) or not 1 <= len(shape) <= 4 or not all(_is_count(each, 1) for each in shape):
        _refuse(f"section {name} has no sizes")
    if not _is_count(offset) or not _is_count(length) or offset % ALIGNED or offset + length > len(body):
        _refuse(f"section {name} lies outside its {len(body)} bytes: it is cut short")
    if math.prod(shape) > MOST_NUMBERS or (kind in NUMBERS and math.prod(shape) * NUMBERS[kind] != length):
        _refuse(f"section {name} has sizes {shape} but {length} bytes")
    return Section(name, kind, tuple(shape), bytes(body[offset : offset + length]))


def _is_count(value: object, least: int = 0) -> bool:
    return type(value) is int and least <= value <= MOST_BYTES
