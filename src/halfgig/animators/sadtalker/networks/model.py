"""SadTalker's renderer: appearance and key points once per portrait, then one frame at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.build import FORMAT, MANIFEST, WEIGHTS
from halfgig.animators.sadtalker.networks.context import Arena, LayerContext, inside
from halfgig.animators.sadtalker.networks.decoder import decode
from halfgig.animators.sadtalker.networks.encoder import SIZE, appearance, compressed
from halfgig.animators.sadtalker.networks.keypoints import key_points
from halfgig.animators.sadtalker.networks.mapping import mapped, rotated_points, windows_of
from halfgig.animators.sadtalker.networks.motion import dense_motion
from halfgig.animators.sadtalker.networks.warp import warp_into
from halfgig.nn.buffers import give_back, keep_large_blocks_apart
from halfgig.nn.kernels import Multiplier
from halfgig.nn.tiles import ThreadPool
from halfgig.nn.weights import Weights, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


MOST_THREADS = 2
"""Threads the memory budgets were measured with; on four threads a cell keeps 278 MB instead of 243."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """The renderer's inputs that depend on the portrait alone; computed once and kept on disk."""

    volume: Floats
    """The appearance volume, [64, 64, 16, 32]."""
    points: Floats
    """The fifteen canonical key points (frontal view), [15, 3], x, y, z in -1..1."""

    def save(self, path: Path) -> None:
        """Write the portrait to an .npz file."""
        with path.open("wb") as file:
            np.savez(file, volume=self.volume, points=self.points)

    @staticmethod
    def load(path: Path) -> Portrait:
        """Read a portrait from a file that `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return Portrait(file["volume"], file["points"])


@dataclass(frozen=True, slots=True)
class Angles:
    """Forced head angles in degrees, one per frame; None keeps the predicted angles."""

    yaw: Floats | None = None
    """To the side, [frames]."""
    pitch: Floats | None = None
    """Up and down, [frames]."""
    roll: Floats | None = None
    """Towards a shoulder, [frames]."""


class Renderer:
    """The renderer over its built weights; created only inside a cell, with OpenBLAS limited to one thread."""

    def __init__(self, model_dir: Path, threads: int) -> None:
        keep_large_blocks_apart()
        weights = Weights(model_dir / WEIGHTS, read_table(model_dir / MANIFEST, FORMAT, "SadTalker")["tensors"])
        self.context = LayerContext(weights, ThreadPool(threads), Arena(), Multiplier())

    def portrait(self, image: NDArray[np.uint8]) -> Portrait:
        """Compute the appearance volume and canonical key points of an RGB picture [256, 256, 3]."""
        numbers = np.asarray(image, np.float32) / np.float32(255)
        assert numbers.shape == (SIZE, SIZE, 3)
        volume = appearance(self.context, numbers)
        self.context.arena.keep_only()
        points = key_points(self.context, numbers)
        self.release_memory()
        return Portrait(volume, points)

    def points(self, portrait: Portrait, kind: str, coefficients: Floats, angles: Angles | None = None) -> Floats:
        """Return each frame's key points [frames, 15, 3] from coefficients [frames, 70 ("crop") or 73 ("full")]."""
        return self.points_of_windows(portrait, kind, windows_of(coefficients), angles)

    def points_of_windows(self, portrait: Portrait, kind: str, windows: Floats, angles: Angles | None = None) -> Floats:
        """Return the key points [frames, 15, 3] of some frames from their windows [frames, 70 or 73, 27]."""
        forced = angles or Angles()
        heads = mapped(self.context, kind, windows)
        return rotated_points(portrait.points, heads, forced.yaw, forced.pitch, forced.roll)

    def frame(self, portrait: Portrait, source: Floats, driving: Floats) -> Floats:
        """Render an RGB frame [256, 256, 3] in 0..1.

        `source` are the key points [15, 3] of the portrait's own coefficients, `driving` those of the frame.
        """
        grid, occlusion = dense_motion(self.context, compressed(self.context, portrait.volume), source, driving)
        self.context.arena.keep_only()
        rows, columns, depth, channels = portrait.volume.shape
        warped = self.context.map("warped", rows, columns, 1, depth * channels)
        warp_into(self.context, portrait.volume, grid, inside(warped))
        picture = decode(self.context, warped, occlusion)
        self.context.arena.keep_only()
        return picture

    def release_memory(self) -> None:
        """Return all memory except the mapped weights to the system."""
        self.context.arena.keep_only()
        give_back()

    def close(self) -> None:
        """Stop the threads."""
        self.context.pool.close()
