"""Head poses over a whole video: predicted from the audio in chunks of 32 frames, or forced along a list of angles."""

from __future__ import annotations

import itertools
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.head_pose import CHUNK, LATENT, POSE
from halfgig.animators.sadtalker.options import SadTalkerOptions
from halfgig.errors import BadSetting
from halfgig.requests import options_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Latents = Callable[[int], Floats]


class RowStream:
    """Rows that arrive in blocks of one length and are taken in blocks of another."""

    def __init__(self, blocks: Iterable[Floats]) -> None:
        self._blocks = iter(blocks)
        self._buffered: list[Floats] = []

    def take(self, n: int) -> Floats:
        """Return the next `n` rows, or fewer at the end of the stream; `n` is at least one."""
        while sum(map(len, self._buffered)) < n and (block := next(self._blocks, None)) is not None:
            self._buffered.append(block)
        rows = np.concatenate(self._buffered)
        self._buffered = [rows[n:]]
        return rows[:n]


def tee_blocks(blocks: Iterable[Floats]) -> tuple[Iterator[Floats], Iterator[Floats]]:
    """Return two independent iterators over the same blocks; a block is freed when both have passed it.

    `itertools.tee` frees its blocks 57 at a time, which would keep 9 MB of audio windows.
    """
    source = iter(blocks)
    queues: tuple[deque[Floats], deque[Floats]] = deque(), deque()

    def reader(own: deque[Floats]) -> Iterator[Floats]:
        while True:
            if not own:
                if (block := next(source, None)) is None:
                    return
                for queue in queues:
                    queue.append(block)
            yield own.popleft()

    return reader(queues[0]), reader(queues[1])


def chunk_lengths(n_frames: int) -> list[int]:
    """Return the number of frames in each chunk; frame 0 keeps the portrait's pose and is in no chunk."""
    full, rest = divmod(n_frames - 1, CHUNK)
    return [CHUNK] * full + [rest] * (rest > 0)


def latents_from(seed: int) -> Latents:
    """Return a function from a chunk's index to its random vector [64], which depends only on seed and index."""
    return lambda chunk: np.random.default_rng([seed, chunk]).standard_normal(LATENT, np.float32)


def pose_offsets(audio: Iterable[Floats], n_frames: int, predict: Callable[[int, Floats], Floats]) -> Iterator[Floats]:
    """Yield each frame's difference from the portrait's pose, in blocks [n, 6].

    `audio` yields blocks [n, 6] of audio features, one row per frame. `predict` maps a chunk's index and the features
    of 32 frames [32, 6] to pose offsets [32, 6]. A shorter last chunk is filled up with the frames before it.
    """
    stream = RowStream(audio)
    stream.take(1)
    yield np.zeros((1, POSE), np.float32)
    recent = np.empty((0, POSE), np.float32)
    for index, n in enumerate(chunk_lengths(n_frames)):
        recent = np.concatenate([recent, stream.take(n)])[-CHUNK:]
        missing = np.repeat(recent[:1], CHUNK - len(recent), axis=0)
        yield predict(index, np.concatenate([missing, recent]))[-n:]


def angle_path(name: str, stops: Sequence[float], n_frames: int) -> Floats:
    """Return one angle per frame [frames], moving from stop to stop at constant speed; all angles are in degrees.

    `name` is the angle's name in error messages. Raises `BadSetting` for an empty list or a stop beyond 90 degrees.
    """
    if not stops:
        raise BadSetting(f"there is no {name} to turn to; give one angle or more, in degrees")
    next(each for each in options_of(SadTalkerOptions) if each.name == name).check(tuple(stops))
    moves = [(start, stop) for start, stop in itertools.pairwise(stops) if start != stop]
    if n_frames == 1 or not moves:  # the original divides by zero here
        return np.full(n_frames, stops[0], np.float32)
    step = sum(abs(stop - start) for start, stop in moves) / (n_frames - 1)
    sampled = [np.arange(start, stop, step if stop > start else -step) for start, stop in moves]
    angles = np.concatenate(sampled)[:n_frames]
    return np.pad(angles, (0, n_frames - len(angles)), mode="edge").astype(np.float32)
