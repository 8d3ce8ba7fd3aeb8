"""How a head moves through a whole sound: chunks of 32 frames, each with chance of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.motion.stream import Stream
from halfgig.animators.sadtalker.networks.head_pose import CHUNK, LATENT, POSE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Latents = Callable[[int], Floats]


def chunks(n_frames: int) -> list[int]:
    """Return how many frames each chunk moves; the first frame keeps the portrait's pose and belongs to none."""
    full, rest = divmod(n_frames - 1, CHUNK)
    return [CHUNK] * full + [rest] * (rest > 0)


def latents_from(seed: int) -> Latents:
    """Return what draws each chunk's numbers [64]: always the same for a seed, whichever chunk is asked for first."""
    return lambda chunk: np.random.default_rng([seed, chunk]).standard_normal(LATENT, np.float32)


def motions(sound: Iterable[Floats], n_frames: int, move: Callable[[int, Floats], Floats]) -> Iterator[Floats]:
    """Yield how each frame's pose differs from the portrait's, in blocks [n, 6].

    `sound` are blocks of what a pose hears in each frame [n, 6]; `move` turns a chunk's number and what is heard in 32
    frames into motion [32, 6].  A last chunk of fewer frames hears those before it again.
    """
    stream = Stream(sound)
    stream.take(1)
    yield np.zeros((1, POSE), np.float32)
    known = np.empty((0, POSE), np.float32)
    for number, n in enumerate(chunks(n_frames)):
        known = np.concatenate([known, stream.take(n)])[-CHUNK:]
        missing = np.repeat(known[:1], CHUNK - len(known), axis=0)
        yield move(number, np.concatenate([missing, known]))[-n:]
