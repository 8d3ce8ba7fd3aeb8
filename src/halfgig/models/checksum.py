"""Checksums as publishers state them: SHA-256, or git's own of a file's content."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BLOCK_BYTES = 1 << 18


def sha256_of(path: Path) -> str:
    """Give a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_sha1_of(path: Path) -> str:
    """Give the name git has for a file's content, in hexadecimal: what the hub states for small files."""
    digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def is_checksum(text: str) -> bool:
    """Tell whether a text is a checksum that can be held against a file."""
    return len(text) in {40, 64} and all(letter in "0123456789abcdef" for letter in text)


def checksum_like(path: Path, stated: str) -> str:
    """Give a file's checksum of the kind of `stated`."""
    return git_sha1_of(path) if len(stated) == 40 else sha256_of(path)
