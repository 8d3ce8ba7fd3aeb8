"""How loud speech is from moment to moment, against how loud it usually is."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from halfgig.media.chunks import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.media.chunks import Chunk

HOP_S = 0.02
KEPT_S = 30.0
"""How much of the past is remembered; chunks are read ahead of the frames by less than a sentence."""

SOFTEST = 0.7
LOUDEST = 1.15
"""How much less or more a jaw opens for it."""


class Loudness:
    """Listen to chunks as they pass."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque()
        self._first = 0
        self._usual = 0.0
        self._rest = b""  # less than a hop; padded, it would put all later levels behind their time

    def heard(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Pass chunks on, remembering how loud they were."""
        for chunk in chunks:
            self._remember(chunk.pcm)
            yield chunk

    def _remember(self, pcm: bytes) -> None:
        import numpy as np

        hop = int(HOP_S * SAMPLE_RATE)
        samples = np.frombuffer(self._rest + pcm, dtype="<i2")
        end = len(samples) - len(samples) % hop
        self._rest = samples[end:].tobytes()
        whole = samples[:end].reshape(-1, hop).astype(np.float32)  # [hops, samples]
        levels = np.sqrt((whole**2).mean(axis=1))
        voiced = levels[levels > 0.15 * levels.max(initial=0.0)]
        if len(voiced):
            usual = float(np.median(voiced))
            self._usual = usual if not self._usual else 0.5 * (self._usual + usual)
        self._levels.extend(levels.tolist())

    def emphasis(self, moment_s: float) -> float:
        """Give the factor for the jaw at a moment, `SOFTEST` to `LOUDEST`; moments only move forward."""
        index = int(moment_s / HOP_S)
        while self._first < index - int(KEPT_S / HOP_S):
            self._levels.popleft()
            self._first += 1
        at = index - self._first
        near = [self._levels[i] for i in range(max(0, at - 1), min(len(self._levels), at + 3))]
        if not near or not self._usual:
            return 1.0
        return float(min(LOUDEST, max(SOFTEST, 0.55 + 0.45 * sum(near) / len(near) / self._usual)))
