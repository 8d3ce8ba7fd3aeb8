"""SadTalker's renderer: a portrait once, a sound's movements once, then frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.arena import Arena
from halfgig.animators.sadtalker.networks.build import FORMAT, MANIFEST, WEIGHTS
from halfgig.animators.sadtalker.networks.context import LayerContext, inside
from halfgig.animators.sadtalker.networks.decoder import decoded
from halfgig.animators.sadtalker.networks.encoder import SIZE, VOLUME, appearance, compressed
from halfgig.animators.sadtalker.networks.keypoints import key_points
from halfgig.animators.sadtalker.networks.mapping import mapped, windows_of
from halfgig.animators.sadtalker.networks.motion import dense_motion
from halfgig.animators.sadtalker.networks.pose import turned
from halfgig.animators.sadtalker.networks.warp import warped
from halfgig.nn.buffers import give_back, keep_large_blocks_apart
from halfgig.nn.kernels import Multiplier
from halfgig.nn.tiles import ThreadPool
from halfgig.nn.weights import Weights, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


MOST_THREADS = 2
"""What budgets are measured with; on four a cell keeps 278 MB instead of 243."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """What is computed once for a portrait; it can be kept on disk."""

    volume: Floats
    """The appearance volume, [64, 64, 16, 32]."""
    points: Floats
    """Its fifteen key points as if it looked straight ahead, [15, 3], x, y, z in -1..1."""

    def save(self, path: Path) -> None:
        """Write it to a file."""
        with path.open("wb") as file:
            np.savez(file, volume=self.volume, points=self.points)

    @staticmethod
    def load(path: Path) -> Portrait:
        """Read it from a file that `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return Portrait(file["volume"], file["points"])


@dataclass(frozen=True, slots=True)
class Angles:
    """Force a head's angles, in degrees, a number a frame; None leaves what the sound gave."""

    yaw: Floats | None = None
    """To the side, [frames]."""
    pitch: Floats | None = None
    """Up and down, [frames]."""
    roll: Floats | None = None
    """Towards a shoulder, [frames]."""


class Renderer:
    """A built renderer; only a cell may, with OpenBLAS on one thread."""

    def __init__(self, model_dir: Path, threads: int) -> None:
        keep_large_blocks_apart()
        weights = Weights(model_dir / WEIGHTS, read_table(model_dir / MANIFEST, FORMAT, "SadTalker")["tensors"])
        self.context = LayerContext(weights, ThreadPool(threads), Arena(), Multiplier())

    def portrait(self, image: NDArray[np.uint8]) -> Portrait:
        """Compute what a picture [256, 256, 3], red first, gives for all frames."""
        numbers = np.asarray(image, np.float32) / np.float32(255)
        assert numbers.shape == (SIZE, SIZE, 3)
        volume = appearance(self.context, numbers)
        self.context.arena.keep_only()
        points = key_points(self.context, numbers)
        self.rest()
        return Portrait(volume, points)

    def points(self, portrait: Portrait, kind: str, coefficients: Floats, angles: Angles | None = None) -> Floats:
        """Return each frame's key points [frames, 15, 3] from coefficients [frames, 70 ("crop") or 73 ("full")]."""
        return self.turned_points(portrait, kind, windows_of(coefficients), angles)

    def turned_points(self, portrait: Portrait, kind: str, windows: Floats, angles: Angles | None = None) -> Floats:
        """Return the key points [frames, 15, 3] of a stretch of frames from their windows [frames, 70 or 73, 27]."""
        forced = angles or Angles()
        heads = mapped(self.context, kind, windows)
        return turned(portrait.points, heads, forced.yaw, forced.pitch, forced.roll)

    def frame(self, portrait: Portrait, source: Floats, driving: Floats) -> Floats:
        """Render a frame [256, 256, 3] in 0..1, red first.

        `source` are the key points [15, 3] that the portrait's own coefficients give, `driving` those of the frame.
        """
        small = compressed(self.context, portrait.volume)
        places, visible = dense_motion(self.context, small, source, driving)
        self.context.arena.keep_only()
        rows, columns, depth, channels = VOLUME
        moved = self.context.map("warped", rows, columns, 1, depth * channels)
        warped(self.context, portrait.volume, places, inside(moved))
        picture = decoded(self.context, moved, visible)
        self.context.arena.keep_only()
        return picture

    def rest(self) -> None:
        """Return all memory but that of the weights in use."""
        self.context.arena.keep_only()
        give_back()

    def close(self) -> None:
        """End the threads."""
        self.context.pool.close()
