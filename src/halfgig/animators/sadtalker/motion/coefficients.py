"""Motion coefficients: one row per frame with 64 of expression, 6 of pose and, in the full modes, 3 of alignment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.motion.poses import RowStream, pose_offsets, tee_blocks
from halfgig.animators.sadtalker.motion.smoothing import smoothed
from halfgig.animators.sadtalker.networks.head_pose import (
    EXPRESSION,
    POSE,
    predict_expressions,
    predict_pose_offsets,
    reduce_audio,
)
from halfgig.animators.sadtalker.networks.mapping import WINDOW
from halfgig.animators.sadtalker.options import SadTalkerOptions
from halfgig.errors import BadSetting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.motion.poses import Latents
    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]

CROP, FULL = EXPRESSION + POSE, EXPRESSION + POSE + 3
"""Coefficients per row in the crop modes and in the full modes."""

BLINK_SHAPE = (0.5, 0.9, 1.0, 0.9, 0.5)
"""How far the eyes are closed in each frame of a blink, 0 to 1."""
MIN_FRAMES_TO_BLINK = 20
"""A video of at most this many frames has no blink."""
SHORTEST_PAUSE, LONGEST_PAUSE = 10, 70
"""Frames between two blinks: at least the first, fewer than the second or than half of a short video."""


def random_blinks(n_frames: int, draw: Callable[[int, int], int]) -> Floats:
    """Return how far the eyes are closed in each frame [frames], 0 to 1.

    `draw(low, high)` returns a random integer from `low` up to, but not including, `high`.
    """
    closed = np.zeros(n_frames, np.float32)
    longest = min(n_frames // 2, LONGEST_PAUSE)
    if n_frames <= MIN_FRAMES_TO_BLINK or longest <= SHORTEST_PAUSE:  # at 21 frames the original fails: empty range
        return closed
    start = draw(SHORTEST_PAUSE, longest)
    while start + len(BLINK_SHAPE) < n_frames:
        closed[start : start + len(BLINK_SHAPE)] = BLINK_SHAPE
        start += len(BLINK_SHAPE) + draw(SHORTEST_PAUSE, longest)
    return closed


@dataclass(frozen=True, slots=True)
class References:
    """Motion taken from reference videos: one row per frame at 25 frames per second, looped if it is too short."""

    expressions: Floats | None = None
    """Resting expressions, [frames, 64]; they include blinks."""
    poses: Floats | None = None
    """Poses, [frames, 6]; their changes since the first frame are added."""

    def __post_init__(self) -> None:
        for what, rows, width in (("expression", self.expressions, EXPRESSION), ("pose", self.poses, POSE)):
            if rows is not None and (rows.ndim != 2 or not len(rows) or rows.shape[1] != width):
                raise BadSetting(
                    f"a reference {what} of shape {rows.shape} cannot be used; "
                    f"give at least one frame with {width} coefficients each"
                )
            if rows is not None and not np.isfinite(rows).all():
                raise BadSetting(f"a reference {what} holds numbers that are not finite; read its film again")


@dataclass(frozen=True, slots=True)
class MotionInputs:
    """Everything a video's motion depends on, except the audio."""

    n_frames: int
    """At least one."""
    source: Floats
    """The portrait's own coefficients, [70] in the crop modes or [73] in the full modes."""
    blinks: Floats
    """How far the eyes are closed, [frames], 0 to 1."""
    latents: Latents
    """Returns the random vector [64] of a chunk, by the chunk's index."""
    options: SadTalkerOptions = field(default_factory=SadTalkerOptions)
    """Pose style, expression scale, blinking and stillness."""
    references: References = field(default_factory=References)
    """Motion from reference videos."""

    def __post_init__(self) -> None:
        assert self.n_frames >= 1
        assert self.source.shape in ((CROP,), (FULL,))
        assert self.blinks.shape == (self.n_frames,)

    @property
    def pose(self) -> Floats:
        """The portrait's pose, [6]."""
        return self.source[EXPRESSION:CROP]


def coefficients(weights: Weights, windows: Iterable[Floats], inputs: MotionInputs) -> Iterator[Floats]:
    """Yield coefficients in blocks [n, 70 or 73] for audio windows [n, 80, 16]; about 40 frames are buffered."""
    for_expressions, for_poses = tee_blocks(windows)
    expressions = RowStream(_expressions(weights, for_expressions, inputs))
    done = 0
    for poses in smoothed(_poses(weights, for_poses, inputs), inputs.n_frames):
        if len(poses):
            yield _rows(expressions.take(len(poses)), poses, inputs, done)
            done += len(poses)


def _expressions(weights: Weights, windows: Iterable[Floats], inputs: MotionInputs) -> Iterator[Floats]:
    done, reference = 0, inputs.references.expressions
    resting = inputs.source[None, :EXPRESSION] if reference is None else reference
    for block in windows:
        frames = slice(done, done + len(block))
        blinks = inputs.options.blink and reference is None
        closed = inputs.blinks[frames] if blinks else np.zeros(len(block), np.float32)
        yield predict_expressions(weights, block, looped(resting, done, len(block)), closed)
        done = frames.stop


def _poses(weights: Weights, windows: Iterable[Floats], inputs: MotionInputs) -> Iterator[Floats]:
    if inputs.options.still:
        yield from (np.repeat(inputs.pose[None], len(block), axis=0) for block in windows)
        return

    def predict(chunk: int, audio: Floats) -> Floats:
        return predict_pose_offsets(weights, audio, inputs.latents(chunk), inputs.options.pose_style, inputs.pose)

    for block in pose_offsets((reduce_audio(weights, block) for block in windows), inputs.n_frames, predict):
        yield inputs.pose + block


def _rows(expressions: Floats, poses: Floats, inputs: MotionInputs, first: int) -> Floats:
    """Join expressions [n, 64], poses [n, 6] and the portrait's alignment for the frames from `first` on."""
    n, reference = len(expressions), inputs.references.poses
    if reference is not None:
        poses = poses + looped(reference, first, n) - reference[0]
    alignment = np.repeat(inputs.source[None, CROP:], n, axis=0)
    rows = np.concatenate([expressions * np.float32(inputs.options.expression_scale), poses, alignment], axis=1)
    if inputs.options.still:
        rows[:, EXPRESSION:] = inputs.source[EXPRESSION:]
    return rows


def looped(rows: Floats, first: int, n: int) -> Floats:
    """Return `n` rows starting at index `first`; after the last row the sequence starts again."""
    return rows[np.arange(first, first + n) % len(rows)]


def row_windows(rows: Iterable[Floats]) -> Iterator[Floats]:
    """Yield blocks [n, 70 or 73, 27]: each row with the 13 before and after it, both ends of the video repeated."""
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
