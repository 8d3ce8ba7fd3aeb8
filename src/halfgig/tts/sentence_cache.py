"""Disk cache of synthesised sentences, so that a network does not speak the same sentence twice.

A file contains one sentence: a magic line, a checksum, the times as JSON, the samples. A file that is damaged or of
another version counts as missing.
"""

from __future__ import annotations

import contextlib
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
    from halfgig.tts.base import Voice

_MAGIC = b"halfgig sentence 1\n"
_HEAD = struct.Struct(">II")  # checksum of the rest, length of the JSON
_SUFFIX = ".sentence"
_MODEL_FILES = ("manifest.json", "kokoro.weights", "config.json", "dictionary", "voices")


@dataclass(frozen=True, slots=True)
class SentenceCache:
    """Cache of sentences in a folder; the least recently used are removed first."""

    folder: Path
    """Folder of the cache."""
    most_bytes: int
    """Maximum total size in bytes."""

    def spoken(self, key: str, speak: Callable[[], Iterator[Chunk]]) -> Iterator[Chunk]:
        """Yield the cached sentence of a key, or speak it now and cache it once it is complete."""
        path = self.folder / f"{key}{_SUFFIX}"
        cached = self._read(path)
        if cached is not None:
            yield from cached
            return
        chunks = []
        for chunk in speak():
            chunks.append(chunk)
            yield chunk
        # A sentence that cannot be cached is spoken again next time.
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
        self._evict(len(data))
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _evict(self, new_bytes: int) -> None:
        entries = sorted(((path.stat(), path) for path in self.folder.iterdir()), key=lambda each: each[0].st_mtime_ns)
        excess = sum(status.st_size for status, _ in entries) + new_bytes - self.most_bytes
        for status, path in entries:
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= status.st_size


def sentence_key(model: Path | None, voice: Voice, speed: float, sentence: Sentence) -> str:
    """Return a hash of everything that determines the sound: words, phonemes, voice, speed, engine and model files."""
    import hashlib  # its library takes 3 MB, and not every cell needs a key

    digest = hashlib.sha256()
    # Named files only: while speaking, the network creates temporary files in this folder.
    stats = [path.stat() for name in _MODEL_FILES if model and (path := model / name).exists()]
    model_state = [(each.st_mtime_ns, each.st_size) for each in stats]
    spans = [(span.spoken, span.written, span.phonemes) for span in sentence.spans]
    made_by = (__version__, voice.engine, model_state, voice.name, voice.language, speed)
    facts = (*made_by, spans, sentence.pause_s, sentence.is_open)
    digest.update(repr(facts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:40]


def encode_chunks(chunks: list[Chunk]) -> bytes:
    """Encode the chunks of a sentence as the contents of a file."""
    head = json.dumps([chunk_head(chunk) for chunk in chunks], separators=(",", ":")).encode()
    body = head + b"".join(chunk.pcm for chunk in chunks)
    return _MAGIC + _HEAD.pack(zlib.crc32(body), len(head)) + body


def decode_chunks(data: bytes) -> list[Chunk] | None:
    """Decode the contents of a file; None if they are damaged."""
    start = len(_MAGIC) + _HEAD.size
    if not data.startswith(_MAGIC) or len(data) < start:
        return None
    checksum, head_length = _HEAD.unpack_from(data, len(_MAGIC))
    if zlib.crc32(memoryview(data)[start:]) != checksum:
        return None
    try:
        heads: list[dict[str, Any]] = json.loads(data[start : start + head_length])
        return list(chunks_from(heads, data, start + head_length))
    except (ValueError, TypeError, KeyError):  # written by another version
        return None
