"""The motion track: the key points of every frame, computed once per video and stored at 180 bytes per frame.

A process that resumes a video reads them from the file, so that its frames are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.sadtalker.motion.coefficients import CROP, FULL, MotionInputs, random_blinks, row_windows
from halfgig.animators.sadtalker.motion.poses import angle_path, latents_from
from halfgig.animators.sadtalker.networks.mapping import WINDOW
from halfgig.animators.sadtalker.networks.model import Angles
from halfgig.events import Progress
from halfgig.face.crop import is_pasted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.motion.coefficients import References
    from halfgig.animators.sadtalker.networks.model import Renderer
    from halfgig.animators.sadtalker.options import SadTalkerOptions
    from halfgig.animators.sadtalker.portrait_features import PortraitFeatures

    Floats = NDArray[np.float32]

SHAPE = (15, 3)
"""Shape of a frame's key points: x, y and z of each."""

SEEDS = 2**63
"""Number of different seeds; larger ones wrap around."""
BLINKS = 2**32 - 1
"""Index of the random stream for blinks; poses use the chunks' indices, from 0 on."""


class MotionSource(NamedTuple):
    """A video's motion coefficients; `rows` can be iterated once."""

    n_frames: int
    rows: Iterator[Floats]
    """Blocks of coefficients [n, 70 or 73]."""


class MotionTrack:
    """A mapped file of key points, the portrait's own first."""

    def __init__(self, path: Path) -> None:
        self._rows: Floats = np.load(path, mmap_mode="r", allow_pickle=False)

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self._rows) - 1

    @property
    def source(self) -> Floats:
        """The portrait's own key points, [15, 3]."""
        return np.array(self._rows[0])

    def at(self, frame: int) -> Floats:
        """Return a frame's key points, [15, 3]."""
        return np.array(self._rows[frame + 1])


def mapping_kind(options: SadTalkerOptions) -> str:
    """Return the name of the mapping network: "full" where the face is pasted into its picture, else "crop"."""
    return "full" if is_pasted(options.preprocess) else "crop"


def source_coefficients(options: SadTalkerOptions, features: PortraitFeatures) -> Floats:
    """Return the portrait's own coefficients: [73] for the "full" mapping network, [70] for "crop"."""
    return features.row[: FULL if mapping_kind(options) == "full" else CROP]


def motion_inputs(
    options: SadTalkerOptions, features: PortraitFeatures, n_frames: int, seed: int, references: References
) -> MotionInputs:
    """Return a video's motion inputs, with blinks and pose latents drawn from `seed`."""
    seed %= SEEDS
    rng = np.random.default_rng([seed, BLINKS])
    blinks = random_blinks(n_frames, lambda low, high: int(rng.integers(low, high)))
    source = source_coefficients(options, features)
    return MotionInputs(n_frames, source, blinks, latents_from(seed), options, references)


def forced_angles(options: SadTalkerOptions, n_frames: int) -> Angles:
    """Return the head angles that the options force, one per frame. Raises `BadSetting` beyond 90 degrees."""
    paths = (
        angle_path(name, stops, n_frames) if stops else None
        for name, stops in (("yaw", options.yaw), ("pitch", options.pitch), ("roll", options.roll))
    )
    return Angles(*paths)


def write_motion_track(
    path: Path, renderer: Renderer, features: PortraitFeatures, motion: MotionSource, options: SadTalkerOptions
) -> Iterator[Progress]:
    """Write the key points of every frame to a file and yield progress. Raises the errors of `forced_angles`."""
    kind, paths = mapping_kind(options), forced_angles(options, motion.n_frames)
    still = np.repeat(source_coefficients(options, features)[None, :, None], WINDOW, axis=2)
    done = 0
    with path.open("wb") as file:  # not memory-mapped: a full disk would raise SIGBUS
        head = {"descr": "<f4", "fortran_order": False, "shape": (motion.n_frames + 1, *SHAPE)}
        np.lib.format.write_array_header_1_0(file, head)
        file.write(_bytes(renderer.points_of_windows(features.portrait, kind, still)))
        for block in row_windows(motion.rows):
            stop = done + len(block)
            forced = (None if each is None else each[done:stop] for each in (paths.yaw, paths.pitch, paths.roll))
            file.write(_bytes(renderer.points_of_windows(features.portrait, kind, block, Angles(*forced))))
            done = stop
            yield Progress("moving", done, motion.n_frames, "frames")
    assert done == motion.n_frames


def _bytes(points: Floats) -> bytes:
    return np.ascontiguousarray(points, "<f4").tobytes()
