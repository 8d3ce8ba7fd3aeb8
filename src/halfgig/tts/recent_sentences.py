"""Sentences that a cell spoke a moment ago, in memory, so that many listeners of the same text cost one synthesis.

For engines without a network: what they speak is made again sooner than it is read from a disk, and one listener's
book would drive a network's sentences out of the disk cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from halfgig.media.chunks import Chunk

MOST_BYTES = 4 << 20
"""Size of all sentences kept: a minute and a half of speech."""

_BYTES_OF_PHONEME = 250
"""Measured: with its share of words and tuples."""


class RecentSentences:
    """The sentences used last, at most `most_bytes` of them; used by one thread."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: dict[str, tuple[Chunk, ...]] = {}  # the least recently used first

    def spoken(self, key: str, speak: Callable[[], Iterator[Chunk]]) -> Iterator[Chunk]:
        """Yield the sentence of a key if it is kept, or speak it now and keep it once it is complete."""
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._kept[key] = kept
            yield from kept
            return
        made = []
        for chunk in speak():
            made.append(chunk)
            yield chunk
        self._keep(key, tuple(made))

    def _keep(self, key: str, chunks: tuple[Chunk, ...]) -> None:
        if _size(chunks) > self._most_bytes:
            return
        self._kept[key] = chunks
        self._bytes += _size(chunks)
        while self._bytes > self._most_bytes:
            self._bytes -= _size(self._kept.pop(next(iter(self._kept))))


def _size(chunks: tuple[Chunk, ...]) -> int:
    return sum(len(chunk.pcm) + _BYTES_OF_PHONEME * len(chunk.phonemes) for chunk in chunks)
