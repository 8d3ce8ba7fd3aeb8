"""The key points of every frame, computed once for a sound and kept in a file: 180 bytes a frame.

A process that continues a video reads them there, so that its frames are those it would have had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.sadtalker.motion.angles import angle_path
from halfgig.animators.sadtalker.motion.blink import blinks
from halfgig.animators.sadtalker.motion.coefficients import CROP, FULL, Part, row_windows
from halfgig.animators.sadtalker.motion.poses import latents_from
from halfgig.animators.sadtalker.networks.mapping import WINDOW
from halfgig.animators.sadtalker.networks.model import Angles
from halfgig.events import Progress
from halfgig.face.crop import is_pasted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.motion.references import References
    from halfgig.animators.sadtalker.networks.model import Renderer
    from halfgig.animators.sadtalker.options import SadTalkerOptions
    from halfgig.animators.sadtalker.portrait_features import PortraitFeatures

    Floats = NDArray[np.float32]

SHAPE = (15, 3)
"""A frame's key points: x, y and z of each."""

SEEDS = 2**63
BLINKS = 2**32 - 1
"""Draws blinks apart from poses, whose chunks are counted from 0."""


class MotionSource(NamedTuple):
    """What a face does, which can be taken once."""

    n_frames: int
    rows: Iterator[Floats]
    """Blocks of coefficients [n, 70 or 73]."""


class MotionTrack:
    """Read a file of key points; it stays mapped."""

    def __init__(self, path: Path) -> None:
        self._rows: Floats = np.load(path, mmap_mode="r", allow_pickle=False)

    def __len__(self) -> int:
        """Return how many frames there are."""
        return len(self._rows) - 1

    @property
    def source(self) -> Floats:
        """The portrait's own key points, [15, 3]."""
        return np.array(self._rows[0])

    def at(self, frame: int) -> Floats:
        """Return a frame's key points, [15, 3]."""
        return np.array(self._rows[frame + 1])


def kind_of(options: SadTalkerOptions) -> str:
    """Name the network that turns coefficients into key points: that for crops or that for full pictures."""
    return "full" if is_pasted(options.preprocess) else "crop"


def source_of(options: SadTalkerOptions, sitter: PortraitFeatures) -> Floats:
    """Return the portrait's own coefficients, [70] or [73]."""
    return sitter.row[: FULL if kind_of(options) == "full" else CROP]


def part_of(
    options: SadTalkerOptions, sitter: PortraitFeatures, n_frames: int, seed: int, references: References
) -> Part:
    """Return what a face is to do; blinks and poses follow from the seed."""
    seed %= SEEDS
    chance = np.random.default_rng([seed, BLINKS])
    shut = blinks(n_frames, lambda low, high: int(chance.integers(low, high)))
    return Part(n_frames, source_of(options, sitter), shut, latents_from(seed), options, references)


def angles_of(options: SadTalkerOptions, n_frames: int) -> Angles:
    """Return the angles that are forced, a number a frame.  Raises `BadSetting` for those that cannot be seen."""
    paths = (
        angle_path(name, stops, n_frames) if stops else None
        for name, stops in (("yaw", options.yaw), ("pitch", options.pitch), ("roll", options.roll))
    )
    return Angles(*paths)


def write_moves(
    path: Path, renderer: Renderer, sitter: PortraitFeatures, acted: MotionSource, options: SadTalkerOptions
) -> Iterator[Progress]:
    """Write the key points of every frame to a file; yield how far it is.  Raises as `angles_of` does."""
    kind, paths = kind_of(options), angles_of(options, acted.n_frames)
    alone = np.repeat(source_of(options, sitter)[None, :, None], WINDOW, axis=2)
    done = 0
    with path.open("wb") as file:  # not through a mapping: on a full disk that would be a SIGBUS
        head = {"descr": "<f4", "fortran_order": False, "shape": (acted.n_frames + 1, *SHAPE)}
        np.lib.format.write_array_header_1_0(file, head)
        file.write(_bytes(renderer.turned_points(sitter.portrait, kind, alone)))
        for block in row_windows(acted.rows):
            stop = done + len(block)
            forced = (None if each is None else each[done:stop] for each in (paths.yaw, paths.pitch, paths.roll))
            file.write(_bytes(renderer.turned_points(sitter.portrait, kind, block, Angles(*forced))))
            done = stop
            yield Progress("moving", done, acted.n_frames, "frames")
    assert done == acted.n_frames


def _bytes(points: Floats) -> bytes:
    return np.ascontiguousarray(points, "<f4").tobytes()
