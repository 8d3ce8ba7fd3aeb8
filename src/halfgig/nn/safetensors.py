"""Reader of safetensors files (a JSON header, then raw numbers); tensors are views into the mapped file.

The `safetensors` package copies each tensor it returns (docs/dependencies.md).
"""

from __future__ import annotations

import json
import math
import mmap
import struct
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from halfgig.errors import BadCheckpoint

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAX_HEADER_BYTES = 2 << 20
"""Limit of the header, which is parsed in memory; SadTalker's is 60 KB."""

MAX_DIMENSIONS = 16

LENGTH = struct.Struct("<Q")
DTYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}


class Safetensors:
    """A mapped file and the positions of its tensors."""

    def __init__(self, path: Path) -> None:
        """Map the file and validate the position of every tensor; raise BadCheckpoint for a damaged file."""
        self.path = path
        with path.open("rb") as file:
            try:
                self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError:
                raise BadCheckpoint(f"{path.name} is empty; fetch it again") from None
        header, start = self._header()
        self._places = {
            name: self._place(name, entry, start) for name, entry in header.items() if name != "__metadata__"
        }

    def refuse(self, what: str) -> NoReturn:
        """Raise BadCheckpoint with the reason."""
        raise BadCheckpoint(f"{self.path.name} holds {what}; fetch it again from where it was published")

    def _header(self) -> tuple[dict[str, Any], int]:
        if len(self._content) < LENGTH.size:
            self.refuse(f"{len(self._content)} bytes, no header")
        (length,) = LENGTH.unpack(self._content[: LENGTH.size])
        start = LENGTH.size + length
        if length > MAX_HEADER_BYTES or start > len(self._content):
            self.refuse(f"a header of {length} bytes; the limit is {MAX_HEADER_BYTES} and the file's end")
        try:
            header = json.loads(self._content[LENGTH.size : start].decode())
        except (ValueError, RecursionError) as error:
            raise BadCheckpoint(f"{self.path.name} holds a damaged header ({error}); fetch it again") from error
        if not isinstance(header, dict):
            self.refuse("a header that is no table")
        return header, start

    def _place(self, name: str, entry: object, start: int) -> tuple[str, tuple[int, ...], int]:
        """Return a tensor's dtype, shape and offset in bytes."""
        match entry:
            case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(begin), int(end)]} if kind in DTYPES:
                pass
            case _:
                self.refuse(f"a tensor {name[:80]!r} described as {str(entry)[:80]}")
        if len(shape) > MAX_DIMENSIONS or not all(type(size) is int and 0 <= size < 1 << 40 for size in shape):
            self.refuse(f"a tensor {name[:80]!r} of shape {str(shape)[:80]}")
        if math.prod(size or 1 for size in shape) > len(self._content):
            self.refuse(f"a tensor {name[:80]!r} of shape {str(shape)[:80]}, which is more than the file")
        n_bytes = math.prod(shape) * np.dtype(DTYPES[kind]).itemsize
        if begin < 0 or end - begin != n_bytes or start + end > len(self._content):
            self.refuse(f"a tensor {name[:80]!r} of {n_bytes} bytes from {begin:.3g} to {end:.3g}")
        return DTYPES[kind], tuple(shape), start + begin

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a tensor as a read-only view into the mapped file."""
        if name not in self._places:
            raise BadCheckpoint(f"{self.path.name} has no tensor {name!r}; is it another model's?")
        dtype, shape, offset = self._places[name]
        return np.frombuffer(self._content, dtype, math.prod(shape), offset).reshape(shape)
