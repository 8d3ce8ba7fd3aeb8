"""An animator that waits instead of computing: how well cells and nodes share a video, where processors are few.

Imported by PLUGINS=waiting, it registers itself, for servers.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import halfgig.animators.registry as animators
from halfgig.animators.puppet.spec import SPEC as PUPPET
from halfgig.requests import option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.events import Event
    from halfgig.media.chunks import Chunk
    from halfgig.requests import VideoRequest
    from halfgig.tts.speech import Speech

SIDE = 64


@dataclass(frozen=True, slots=True)
class WaitingOptions:
    """How long it waits."""

    frame_s: float = option(
        0.2, "seconds a frame takes", refusal="{value:g} s a frame is out of range; choose from {least:g} to {most:g}",
        least=0.0, most=60.0,
    )  # fmt: skip
    """Seconds a frame takes, 0 to 60."""


class Waiter:
    """Waits for each frame, which shows its number."""

    size = (SIDE, SIDE)

    def __init__(self, fps: float, frame_s: float) -> None:
        self._fps = fps
        self._frame_s = frame_s

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[int]:  # noqa: ARG002
        """Yield the number of each frame."""
        seconds = sum(chunk.seconds for chunk in chunks)
        yield from range(round(seconds * self._fps))

    def render(self, move: int) -> NDArray[np.uint8]:
        """Return a grey frame after a while."""
        time.sleep(self._frame_s)
        return np.full((SIDE, SIDE, 3), move % 256, np.uint8)

    def kept(self, encoded: int) -> int:
        """Return `encoded`: nothing else is kept."""
        return encoded


def measure(_job: RenderJob) -> Iterator[Event]:
    """Measure nothing."""
    yield from ()


def make(job: RenderJob) -> Waiter:
    """Return the animator."""
    return Waiter(job.request.fps, job.options.frame_s)


def check(_request: VideoRequest) -> None:
    """Accept any request."""


SPEC = PUPPET._replace(
    name="waits",
    title="waiting",
    measure=measure,
    make=make,
    check=check,
    options_type=WaitingOptions,
    frame_group=25,
    track=None,
)
animators.register(SPEC)
