"""Sentences that were spoken before, on disk: what a network has said once it need not say again.

A file holds one sentence: a line that says what it is, a checksum, the times as JSON, the samples.  What is damaged, or
another version's, is as good as not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from halfgig import __version__
from halfgig.media.chunks import chunk_head, chunks_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.media.chunks import Chunk
    from halfgig.text.sentences import Sentence

_MAGIC = b"halfgig sentence 1\n"
_HEAD = struct.Struct(">II")  # the checksum of what follows, the length of the JSON
_ENDING = ".sentence"
_MODEL_FILES = ("manifest.json", "kokoro.weights", "config.json", "dictionary", "voices")


@dataclass(frozen=True, slots=True)
class SentenceCache:
    """Keep sentences in a folder; those that were asked for longest ago go first."""

    folder: Path
    """Where they lie."""
    most_bytes: int
    """How much all of them may take."""

    def spoken(self, key: str, speak: Callable[[], Iterator[Chunk]]) -> Iterator[Chunk]:
        """Yield the sentence of this key as it is kept, or as it is spoken now; it is kept when all of it was."""
        path = self.folder / f"{key}{_ENDING}"
        kept = self._read(path)
        if kept is not None:
            yield from kept
            return
        chunks = []
        for chunk in speak():
            chunks.append(chunk)
            yield chunk
        # What cannot be kept is spoken anew next time.
        with contextlib.suppress(OSError):
            self._write(path, encode_chunks(chunks))

    def _read(self, path: Path) -> list[Chunk] | None:
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return decode_chunks(data)

    def _write(self, path: Path, data: bytes) -> None:
        if len(data) > self.most_bytes:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_room(len(data))
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _make_room(self, for_bytes: int) -> None:
        found = sorted(((path.stat(), path) for path in self.folder.iterdir()), key=lambda each: each[0].st_mtime_ns)
        too_much = sum(facts.st_size for facts, _ in found) + for_bytes - self.most_bytes
        for facts, path in found:
            if too_much <= 0:
                return
            path.unlink(missing_ok=True)
            too_much -= facts.st_size


def sentence_key(model: Path, voice: str, speed: float, sentence: Sentence) -> str:
    """Name a sentence by all that its sound follows from; a model that is built or fetched anew is another one."""
    digest = hashlib.sha256()
    # By name: while it speaks, the network keeps files of its own there.
    found = [path.stat() for name in _MODEL_FILES if (path := model / name).exists()]
    facts = [(each.st_mtime_ns, each.st_size) for each in found]
    said = [(span.spoken, span.written) for span in sentence.spans]
    digest.update(repr((__version__, facts, voice, speed, said, sentence.pause_s)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:40]


def encode_chunks(chunks: list[Chunk]) -> bytes:
    """Return a sentence as it lies in its file."""
    head = json.dumps([chunk_head(chunk) for chunk in chunks], separators=(",", ":")).encode()
    body = head + b"".join(chunk.pcm for chunk in chunks)
    return _MAGIC + _HEAD.pack(zlib.crc32(body), len(head)) + body


def decode_chunks(data: bytes) -> list[Chunk] | None:
    """Read a sentence's file; None for what is damaged."""
    start = len(_MAGIC) + _HEAD.size
    if not data.startswith(_MAGIC) or len(data) < start:
        return None
    checksum, head_length = _HEAD.unpack_from(data, len(_MAGIC))
    if zlib.crc32(memoryview(data)[start:]) != checksum:
        return None
    try:
        told: list[dict[str, Any]] = json.loads(data[start : start + head_length])
        return list(chunks_from(told, data, start + head_length))
    except (ValueError, TypeError, KeyError):  # another version's, or made up
        return None
