"""Read the zip files that torch.save writes, without torch and without running anything they hold.

`tensor_pickle` runs the pickle in it.  Tensors stay in the mapped file until one is read.
"""

from __future__ import annotations

import functools
import io
import math
import mmap
import struct
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from halfgig.errors import BadCheckpoint
from halfgig.nn.tensor_pickle import MAX_PICKLE_BYTES, STORAGE_DTYPES, Storage, TensorPickle

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAX_DIRECTORY_BYTES = 2 << 20
"""Of the zip's directory, which is read into memory: SadTalker's largest has 200 KB."""

MAX_DIMENSIONS = 16

LOCAL_HEADER = struct.Struct("<4s5H3I2H")


class Tensor:
    """A tensor that has not been read from the file yet."""

    def __init__(
        self, file: MappedZip, storage: Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
    ):
        self.file = file
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.strides = strides

    def read(self) -> NDArray[Any]:
        """Return the numbers as a read-only view into the mapped file, strides in elements as torch had them."""
        stored = self.file.storage(self.storage)
        shape, strides, offset = self.shape, self.strides, self.offset
        if not _fit_together(shape, strides, offset):
            self.file.refuse(f"a tensor of shape {shape!r:.80}, strides {strides!r:.80}, offset {offset!r:.80}")
        last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
        if math.prod(size or 1 for size in shape) > max(stored.size, 1):
            self.file.refuse(f"a tensor of shape {shape}, which is more than its {stored.size} stored numbers")
        if 0 in shape:
            return np.zeros(shape, stored.dtype)
        if last >= stored.size:
            self.file.refuse(f"a tensor of shape {shape} that ends at {last + 1} of {stored.size} stored numbers")
        in_bytes = tuple(stride * stored.itemsize for stride in strides)
        return np.lib.stride_tricks.as_strided(stored[offset:], shape, in_bytes, writeable=False)


Tree = Any
"""Nested dicts and lists with Tensors, numbers and strings as leaves."""


def _fit_together(shape: object, strides: object, offset: object) -> bool:
    if not isinstance(shape, tuple) or not isinstance(strides, tuple) or len(shape) != len(strides):
        return False
    if len(shape) > MAX_DIMENSIONS:
        return False
    return all(type(value) is int and 0 <= value < 1 << 40 for value in (*shape, *strides, offset))


@dataclass(slots=True)
class MappedZip:
    """A mapped zip file and the positions of its stored entries."""

    path: Path
    """The file, for messages."""
    content: mmap.mmap
    """The whole file, read-only; pages come and go with use."""
    entries: dict[str, tuple[int, int]]
    """Start and length in bytes of each entry, by its name below the archive's folder."""

    def refuse(self, what: str) -> NoReturn:
        """Raise BadCheckpoint with the reason."""
        raise BadCheckpoint(f"{self.path.name} holds {what}; fetch it again from where it was published")

    def entry(self, name: str) -> tuple[int, int]:
        """Return an entry's start and length in bytes."""
        if name not in self.entries:
            self.refuse(f"no entry {name!r}")
        return self.entries[name]

    def storage(self, storage: Storage) -> NDArray[Any]:
        """Return a storage's numbers as a flat read-only view."""
        if not isinstance(storage, Storage) or storage.dtype not in STORAGE_DTYPES.values():
            self.refuse(f"a tensor without a storage: a {type(storage).__name__}")
        start, length = self.entry(f"data/{storage.key}")
        dtype = np.dtype(storage.dtype)
        return np.frombuffer(self.content, dtype, length // dtype.itemsize, start)


class _BoundedReader(io.BufferedReader):
    """A file that is never read by more than the largest directory at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes, or the rest.  Raises ValueError for more than a directory may have."""
        most = MAX_DIRECTORY_BYTES + 1
        found = super().read(most if size is None or size < 0 else min(size, most))
        if len(found) == most:
            raise ValueError(f"a directory of more than {MAX_DIRECTORY_BYTES} bytes")
        return found


def open_zip(path: Path) -> MappedZip:
    """Map a file and find its entries."""
    with path.open("rb") as file:
        try:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise BadCheckpoint(f"{path.name} is empty; fetch it again") from None
    archive = MappedZip(path, content, {})
    try:
        with _BoundedReader(path.open("rb", buffering=0)) as file, zipfile.ZipFile(file) as listing:
            infos = listing.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, UnicodeError) as error:
        raise BadCheckpoint(f"{path.name} is no whole torch checkpoint ({error}); fetch it again") from error
    for info in infos:
        archive.entries[info.filename.partition("/")[2]] = _place(archive, info)
    return archive


def _place(archive: MappedZip, info: zipfile.ZipInfo) -> tuple[int, int]:
    """Find where a stored entry's bytes stand: the local header's name and padding have lengths of their own."""
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
        archive.refuse(f"a compressed or encrypted entry {info.filename!r}, which torch never writes")
    header = (
        archive.content[info.header_offset : info.header_offset + LOCAL_HEADER.size] if info.header_offset >= 0 else b""
    )
    if len(header) < LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
        archive.refuse(f"no entry {info.filename!r} where its directory places it")
    *_, name_length, extra_length = LOCAL_HEADER.unpack(header)
    start = info.header_offset + LOCAL_HEADER.size + name_length + extra_length
    if info.file_size < 0 or start + info.file_size > len(archive.content):
        archive.refuse(f"an entry {info.filename!r} that ends after the file does")
    return start, info.file_size


def read_checkpoint(path: Path) -> Tree:
    """Return the contents of a .pth or .pt file; tensors are read lazily from the mapped file.

    Raises BadCheckpoint for a file that is damaged or wants more than tensors.
    """
    archive = open_zip(path)
    start, length = archive.entry("data.pkl")
    if "byteorder" in archive.entries:
        place, size = archive.entry("byteorder")
        if archive.content[place : place + size] != b"little":
            archive.refuse("big-endian numbers")
    content = archive.content[start : start + min(length, MAX_PICKLE_BYTES + 1)]
    return TensorPickle(path.name, content, functools.partial(_tensor, archive), Tensor).tree()


def _tensor(archive: MappedZip, arguments: tuple[Any, ...]) -> Tensor:
    """Return the tensor that `_rebuild_tensor_v2` would make, whose place in the file is checked when it is read."""
    storage, offset, shape, strides, *_ = arguments
    return Tensor(archive, storage, offset, shape, strides)


def section(tree: Tree, name: str) -> dict[str, Tensor]:
    """Return one part of a checkpoint, without the `module.` prefix that data-parallel training adds."""
    part = tree.get(name) if isinstance(tree, dict) else None
    if not isinstance(part, dict):
        raise BadCheckpoint(f"the checkpoint has no part {name!r}; is it another model's?")
    return {key.removeprefix("module."): value for key, value in part.items() if isinstance(value, Tensor)}


def tensor(part: dict[str, Tensor], name: str) -> NDArray[Any]:
    """Read one tensor of a part by name."""
    if name not in part:
        raise BadCheckpoint(f"the checkpoint has no tensor {name!r}; is it another model's?")
    return part[name].read()


def folded_weight(part: dict[str, Tensor], stem: str) -> NDArray[np.float32]:
    """Read a layer's weight, weight norm folded in whichever spelling: v * g / |v|, the norm over all axes but 0.

    Raises `BadCheckpoint` for a row of zeros.
    """
    for g_name, v_name in (
        ("weight_g", "weight_v"),
        ("parametrizations.weight.original0", "parametrizations.weight.original1"),
    ):
        if f"{stem}.{v_name}" in part:
            g, v = (tensor(part, f"{stem}.{name}").astype(np.float64) for name in (g_name, v_name))
            norm = np.sqrt(np.square(v).sum(axis=tuple(range(1, v.ndim)), keepdims=True))
            if not norm.all():
                raise BadCheckpoint(
                    f"row {int(np.argmin(norm))} of {stem}.{v_name} is zeros, and weight norm divides by its length: "
                    "the network would compute NaN; fetch the checkpoint again"
                )
            return np.asarray(v * (g / norm), np.float32)
    return np.asarray(tensor(part, f"{stem}.weight"), np.float32)
