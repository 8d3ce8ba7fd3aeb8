"""The pronouncing dictionary: one sorted, memory-mapped file, looked up by bisection.

Built during `halfgig pull` from misaki's `us_gold.json` and `us_silver.json` (or `gb_`). A row is

    word TAB rank default-reading {TAB context "=" reading} LINE FEED

with rank "+" for the gold list and "-" for the silver one. Rows are sorted by their bytes and followed by their offsets
(uint32, little-endian) and a footer. As dicts the same entries take 56 MB; memory-mapped they use no private memory.
"""

from __future__ import annotations

import json
import mmap
import os
import re
import struct
from typing import TYPE_CHECKING, NamedTuple

from halfgig.errors import BadCheckpoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DIALECTS = {"en-us": "us", "en-gb": "gb"}
"""Languages with dictionaries, and the prefixes of their file names."""

_FOOTER = struct.Struct("<8sII")  # magic, position of the offsets, number of offsets
_MAGIC = b"hgdict1\n"
_OFFSET = struct.Struct("<I")
_BLOCK = 1 << 16
_STRING = r'"(?:[^"\\]|\\.)*"'
_MEMBER = re.compile(rf"\s*({_STRING})\s*:\s*({_STRING}|\{{[^{{}}]*\}})\s*(?P<end>[,}}])")


class Entry(NamedTuple):
    """Pronunciations of a word."""

    forms: dict[str, str]
    """By context: "DEFAULT", a part of speech ("NOUN", "VBD"), or "None" before a pause; "" is spelled out."""
    is_gold: bool
    """Whether the entry is from the checked list, not from the larger one."""


class Dictionary:
    """A dictionary written by `build_dictionary`. Raises `BadCheckpoint` for any other file."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._offsets: int
            self._count: int
            magic, self._offsets, self._count = _FOOTER.unpack(self._map[-_FOOTER.size :])
        except (ValueError, struct.error) as failure:  # an empty or a tiny file
            raise BadCheckpoint(_unreadable(path)) from failure
        if magic != _MAGIC or self._offsets + 4 * self._count + _FOOTER.size != len(self._map):
            raise BadCheckpoint(_unreadable(path))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return (self._row(index).split(b"\t", 1)[0].decode() for index in range(self._count))

    def lookup(self, word: str) -> Entry | None:
        """Return the entry with exactly this spelling; None if there is none."""
        key = word.encode("utf-8", "replace") + b"\t"
        data, start_of, length = self._map, self._start, len(key)
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            start = start_of(middle)
            if data[start : start + length] < key:
                low = middle + 1
            else:
                high = middle
        row = self._row(low) if low < self._count else b""
        return _entry(row[length:].decode()) if row.startswith(key) else None

    def _start(self, index: int) -> int:
        (start,) = _OFFSET.unpack_from(self._map, self._offsets + 4 * index)
        return int(start)

    def _row(self, index: int) -> bytes:
        start = self._start(index)
        return self._map[start : self._map.find(b"\n", start, self._offsets)]


def _unreadable(path: Path) -> str:
    return f'"{path}" is no dictionary of this version, or was cut short; build it again with: halfgig pull kokoro'


def _entry(rest: str) -> Entry:
    first, *others = rest.split("\t")
    forms = {"DEFAULT": first[1:]}
    for other in others:
        context, _, reading = other.partition("=")
        forms[context] = reading
    return Entry(forms, first[0] == "+")


def build_dictionary(gold: Path, silver: Path, out: Path) -> int:
    """Write the dictionary of a dialect from its two JSON files and return the number of words.

    The file is written atomically. Uses about 40 MB.
    """
    rows = [_written(word, readings, "-") for word, readings in _members(silver)]
    rows += [_written(word, readings, "+") for word, readings in _members(gold)]
    rows.sort()
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        count = _write(rows, part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return count


def _write(rows: list[bytes], path: Path) -> int:
    offsets, last, position = bytearray(), b"", 0
    with path.open("wb") as file:
        for row in rows:
            word = row.split(b"\t", 1)[0]
            if word == last:  # in both lists: gold ("+") sorts first
                continue
            last = word
            offsets += _OFFSET.pack(position)
            position += file.write(row)
        file.write(offsets)
        file.write(_FOOTER.pack(_MAGIC, position, len(offsets) // 4))
        file.flush()
        os.fsync(file.fileno())
    return len(offsets) // 4


def _written(word: str, readings: str | dict[str, str | None], rank: str) -> bytes:
    forms = {"DEFAULT": readings} if isinstance(readings, str) else dict(readings)
    fields = [word, rank + (forms.pop("DEFAULT", "") or "")]
    fields += [f"{context}={reading or ''}" for context, reading in sorted(forms.items())]
    return ("\t".join(fields) + "\n").encode()


def _members(path: Path) -> Iterator[tuple[str, str | dict[str, str | None]]]:
    """Yield the members of a JSON object of strings and flat objects, reading the file in blocks."""
    with path.open(encoding="utf-8") as file:
        held = file.read(_BLOCK).lstrip()
        if not held.startswith("{"):
            raise BadCheckpoint(f'"{path}" is no dictionary of misaki: it begins with {held[:20]!r}')
        held, is_whole, end = held[1:], False, ""
        while not is_whole:
            block = file.read(_BLOCK)
            held, is_whole = held + block, not block
            position = 0
            while match := _MEMBER.match(held, position):
                yield _member(match, path)
                position, end = match.end(), match["end"]
            held = held[position:]
    if end.strip(",") + held.strip() != "}":
        raise BadCheckpoint(f'"{path}" is no dictionary of misaki: after its last word comes {held.strip()[:20]!r}')


def _member(match: re.Match[str], path: Path) -> tuple[str, str | dict[str, str | None]]:
    try:
        word, readings = json.loads(match[1]), json.loads(match[2])
    except ValueError as failure:
        raise BadCheckpoint(f'"{path}" is no dictionary of misaki: {failure}') from failure
    texts = [readings] if isinstance(readings, str) else [*readings, *readings.values()]
    if not all(text is None or (isinstance(text, str) and text.isprintable()) for text in [word, *texts]):
        raise BadCheckpoint(f'"{path}" is no dictionary of misaki: it reads {word[:40]!r} as {str(readings)[:80]!r}')
    return word, readings
