"""An animator that waits instead of computing: how well cells share a video, on a machine with few processors."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.spec import SPEC as PUPPET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.events import Event
    from halfgig.media.chunks import Chunk
    from halfgig.tts.speech import Speech

FRAME_S = 0.2
"""Seconds a frame takes."""

SIDE = 64


class Waiter:
    """Waits for each frame, which shows its number."""

    size = (SIDE, SIDE)

    def __init__(self, fps: float) -> None:
        self._fps = fps

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[int]:  # noqa: ARG002
        """Yield the number of each frame."""
        seconds = sum(chunk.seconds for chunk in chunks)
        yield from range(round(seconds * self._fps))

    def render(self, move: int) -> NDArray[np.uint8]:
        """Return a grey frame after a while."""
        time.sleep(FRAME_S)
        return np.full((SIDE, SIDE, 3), move % 256, np.uint8)

    def kept(self, encoded: int) -> int:
        """Return `encoded`: nothing else is kept."""
        return encoded


def measure(_job: RenderJob) -> Iterator[Event]:
    """Measure nothing."""
    yield from ()


def make(job: RenderJob) -> Waiter:
    """Return the animator."""
    return Waiter(job.request.fps)


SPEC = PUPPET._replace(name="waits", title="waiting", measure=measure, make=make)
