"""A third animator, of its own folder: it shows the portrait upright, and upside down while there is sound.

Imported by PLUGINS=tests.plugins.flip, it registers itself; nothing in the package names it.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import halfgig.animators.registry as animators
from halfgig.animators.base import AnimatorSpec
from halfgig.capacity.memory_costs import StageCost
from halfgig.capacity.throughput import Throughput
from halfgig.events import Progress
from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE
from halfgig.media.provenance import COMPOSITE
from halfgig.requests import option, options_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.events import Event
    from halfgig.media.chunks import Chunk
    from halfgig.requests import VideoRequest
    from halfgig.tts.speech import Speech

PICTURE = "picture.npy"


@dataclass(frozen=True, slots=True)
class FlipOptions:
    """How the portrait is shown."""

    shade: float = option(
        1.0, "brightness", refusal="a shade of {value:g} is out of range; choose from {least:g} to {most:g}", least=0.1,
        most=1.0,
    )  # fmt: skip
    """A factor on the brightness, 0.1 to 1."""


class Flipper:
    """Turns the portrait over while something can be heard."""

    def __init__(self, job: RenderJob) -> None:
        import numpy as np

        self._rgb: NDArray[np.uint8] = np.load(job.folder / PICTURE)
        self.size = (self._rgb.shape[1], self._rgb.shape[0])

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[bool]:  # noqa: ARG002
        """Yield for each frame whether it shows the picture upside down."""
        per_frame = BYTES_PER_SAMPLE * round(SAMPLE_RATE / fps)
        held = b""
        for chunk in chunks:
            held += chunk.pcm
            while len(held) >= per_frame:
                yield max(map(abs, array("h", held[:per_frame]))) > 500
                held = held[per_frame:]

    def render(self, move: bool) -> NDArray[np.uint8]:
        """Return the picture, upside down where the move says so."""
        return self._rgb[::-1].copy() if move else self._rgb

    def kept(self, encoded: int) -> int:
        """Return `encoded`: nothing else is kept."""
        return encoded


def measure(job: RenderJob) -> Iterator[Event]:
    """Read the portrait at the size that is wanted."""
    import numpy as np
    from PIL import Image

    yield Progress("measuring", 0, None, "faces")
    with Image.open(job.portrait) as image:
        rgb = np.asarray(image.convert("RGB").resize((job.request.size, job.request.size)), float)
    np.save(job.folder / PICTURE, (rgb * job.options.shade).astype(np.uint8))


def make(job: RenderJob) -> Flipper:
    """Load the picture."""
    return Flipper(job)


def costs(size: int) -> tuple[StageCost, ...]:
    """Return what its cell takes."""
    return (StageCost("flip", f"flips of {size} pixels", f"rendering flip {size}", 80, 160),)


def throughput(_size: int) -> Throughput:
    """Return how fast it is."""
    return Throughput(1.0, 0.05, 1)


def check(request: VideoRequest) -> None:
    """Check its own option."""
    for each in options_of(FlipOptions):
        each.check(request.options.get(each.name, each.default))


animators.register(
    AnimatorSpec("flip", "the flip", costs, throughput, COMPOSITE, measure, (PICTURE,), make, FlipOptions, check)
)
