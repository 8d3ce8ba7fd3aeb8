"""The rows of coefficients that move a face: 64 of expression, 6 of pose, in full mode 3 of place, a row a frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.motion.poses import motions
from halfgig.animators.sadtalker.motion.references import References, looped
from halfgig.animators.sadtalker.motion.smoothing import smoothed
from halfgig.animators.sadtalker.motion.stream import Stream, twice
from halfgig.animators.sadtalker.networks.head_pose import EXPRESSION, POSE, expressions, listened, motion
from halfgig.animators.sadtalker.networks.mapping import WINDOW
from halfgig.animators.sadtalker.options import SadTalkerOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.motion.poses import Latents
    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]

CROP, FULL = EXPRESSION + POSE, EXPRESSION + POSE + 3
"""Coefficients of a row by what is animated."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a face is to do, apart from what it hears."""

    n_frames: int
    """At least one."""
    source: Floats
    """The portrait's own row, [70] for crops or [73] for full pictures."""
    blinks: Floats
    """How far the eyes are shut, [frames], 0 to 1."""
    latents: Latents
    """Returns the random vector [64] of a chunk, by its number."""
    wishes: SadTalkerOptions = field(default_factory=SadTalkerOptions)
    """The settings of a motion."""
    references: References = field(default_factory=References)
    """What other films show."""

    def __post_init__(self) -> None:
        assert self.n_frames >= 1
        assert self.source.shape in ((CROP,), (FULL,))
        assert self.blinks.shape == (self.n_frames,)

    @property
    def pose(self) -> Floats:
        """The portrait's pose, [6]."""
        return self.source[EXPRESSION:CROP]


def coefficients(weights: Weights, windows: Iterable[Floats], part: Part) -> Iterator[Floats]:
    """Yield rows of coefficients [n, 70 or 73] for windows of sound [n, 80, 16], in blocks; 40 frames are held."""
    seen, heard = twice(windows)
    faces = Stream(_expressions(weights, seen, part))
    done = 0
    for pose in smoothed(_poses(weights, heard, part), part.n_frames):
        if len(pose):
            yield _rows(faces.take(len(pose)), pose, part, done)
            done += len(pose)


def _expressions(weights: Weights, windows: Iterable[Floats], part: Part) -> Iterator[Floats]:
    done, shown = 0, part.references.expressions
    rest = part.source[None, :EXPRESSION] if shown is None else shown
    for block in windows:
        here = slice(done, done + len(block))
        shut = part.blinks[here] if part.wishes.blink and shown is None else np.zeros(len(block), np.float32)
        yield expressions(weights, block, looped(rest, done, len(block)), shut)
        done = here.stop


def _poses(weights: Weights, windows: Iterable[Floats], part: Part) -> Iterator[Floats]:
    if part.wishes.still:
        yield from (np.repeat(part.pose[None], len(block), axis=0) for block in windows)
        return

    def move(number: int, sound: Floats) -> Floats:
        return motion(weights, sound, part.latents(number), part.wishes.pose_style, part.pose)

    for block in motions((listened(weights, block) for block in windows), part.n_frames, move):
        yield part.pose + block


def _rows(faces: Floats, poses: Floats, part: Part, first: int) -> Floats:
    """Put rows together; what the portrait lends comes last."""
    n, shown = len(faces), part.references.poses
    if shown is not None:
        poses = poses + looped(shown, first, n) - shown[0]
    rest = np.repeat(part.source[None, CROP:], n, axis=0)
    rows = np.concatenate([faces * np.float32(part.wishes.expression_scale), poses, rest], axis=1)
    if part.wishes.still:
        rows[:, EXPRESSION:] = part.source[EXPRESSION:]
    return rows


def row_windows(rows: Iterable[Floats]) -> Iterator[Floats]:
    """Yield each row's window [n, 70 or 73, 27] of the rows around it, both ends repeated, in blocks."""
    reach = WINDOW // 2
    held: Floats | None = None
    for block in rows:
        held = np.concatenate([np.repeat(block[:1], reach, axis=0) if held is None else held, block])
        if len(held) >= WINDOW:
            yield _windows(held)
            held = held[1 - WINDOW :]
    if held is not None:
        yield _windows(np.concatenate([held, np.repeat(held[-1:], reach, axis=0)]))


def _windows(rows: Floats) -> Floats:
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(rows, WINDOW, axis=0))
