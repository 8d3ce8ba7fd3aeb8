"""The dense motion network: from key points to the deformation of the appearance volume and an occlusion map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.context import inside
from halfgig.animators.sadtalker.networks.conv import conv
from halfgig.animators.sadtalker.networks.fourier import BORDER, TAPS, seven_conv
from halfgig.animators.sadtalker.networks.keypoints import axis
from halfgig.animators.sadtalker.networks.rows import relu_into, relu_pool_into
from halfgig.animators.sadtalker.networks.upsampled import upsampled_conv
from halfgig.animators.sadtalker.networks.warp import shift_matrix
from halfgig.animators.sadtalker.networks.winograd import FOUR, TWO
from halfgig.nn.tiles import spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

SIZE, DEPTH = 64, 16
LEVELS = 5
"""Times the hourglass halves the map."""
VARIANCE = 0.01
"""Variance of a key point's Gaussian heat map."""
MIN_WEIGHT = np.float32(1e-3)
"""Smaller weights of a candidate motion count as zero; as in the original, the others are not renormalised."""
MOVES = 16
"""Candidate motions: none, and one for each key point."""


def dense_motion(context: LayerContext, volume: Floats, source: Floats, driving: Floats) -> tuple[Floats, Floats]:
    """Return a sampling grid [64, 64, 16, 3] (x, y, z in -1..1) and an occlusion map [64, 64], 0 hidden to 1 visible.

    `volume` is the compressed volume [64, 64, 16, 4]; `source` and `driving` are key points [15, 3].
    """
    moves = np.concatenate([np.zeros((1, 3), np.float32), source - driving])  # [16, 3]
    widths = _encoder_widths(context, volume.shape[3])
    levels = _allocate_levels(context, widths)
    _write_candidates(context, volume, source, driving, moves, inside(levels[0])[..., -widths[0] :])
    features = _hourglass(context, levels, widths)
    weights = _candidate_weights(seven_conv(context, features, "motion.mask"))
    return _sampling_grid(weights, moves), _occlusion(context, inside(flat(features), BORDER))


def _encoder_widths(context: LayerContext, channels: int) -> list[int]:
    """Return the encoder's channels at each hourglass level; at the first, each motion's heat map and volume."""
    return [MOVES * (1 + channels), *(context.width(f"motion.down{i}") for i in range(LEVELS))]


def _allocate_levels(context: LayerContext, widths: list[int]) -> list[Floats]:
    """Allocate the map of each hourglass level; the decoder's channels come first, then the encoder's (the skip)."""
    decoded = [*(context.width(f"motion.up{LEVELS - 1 - i}") for i in range(LEVELS)), 0]
    return [
        context.map(f"level{i}", SIZE >> i, SIZE >> i, DEPTH, up + down)
        for i, (up, down) in enumerate(zip(decoded, widths, strict=True))
    ]


def _write_candidates(
    context: LayerContext, volume: Floats, source: Floats, driving: Floats, moves: Floats, out: Floats
) -> None:
    """Write each candidate motion's heat map and shifted volume to `out` [64, 64, 16, 16 * 5]."""
    by_move = out.reshape(*out.shape[:3], MOVES, -1)

    def work(k: int) -> None:
        by_move[..., k, 0] = heat_map(driving[k - 1]) - heat_map(source[k - 1]) if k else 0
        by_move[..., k, 1:] = shifted_volume(context, volume, moves[k])

    context.pool.all(work, range(MOVES))


def heat_map(point: Floats) -> Floats:
    """Return the Gaussian around a point [3] at each voxel, [64, 64, 16]."""
    x, y, z = (
        np.exp(-0.5 / VARIANCE * np.square(axis(n) - at)) for n, at in zip((SIZE, SIZE, DEPTH), point, strict=True)
    )
    return np.asarray(y[:, None, None] * x[None, :, None] * z, np.float32)


def shifted_volume(context: LayerContext, volume: Floats, by: Floats) -> Floats:
    """Sample a volume [rows, columns, depth, channels] at its own coordinates plus `by` (x, y, z), axis by axis."""
    rows, columns, depth, channels = volume.shape
    one, other = (context.arena.mine(f"moved{i}", rows, columns, depth * channels) for i in range(2))
    np.matmul(shift_matrix(rows, by[1]), volume.reshape(rows, -1), out=one.reshape(rows, -1))
    np.matmul(shift_matrix(columns, by[0]), one, out=other)
    deep = np.kron(shift_matrix(depth, by[2]).T, np.eye(channels, dtype=np.float32))
    return np.matmul(other, deep, out=one).reshape(volume.shape)


def _hourglass(context: LayerContext, levels: list[Floats], widths: list[int]) -> Floats:
    """Run the hourglass and return its features [70, 70, 16, 112], padded by three."""
    for i in range(LEVELS):
        form = FOUR if SIZE >> i >= 16 else TWO
        source, target = levels[i][..., -widths[i] :], inside(levels[i + 1])[..., -widths[i + 1] :]
        conv(context, source, f"motion.down{i}", relu_pool_into(target), form)
    context.arena.keep_only(*(f"level{i}" for i in range(LEVELS + 1)))
    for i in range(LEVELS):
        upsampled_conv(context, levels[LEVELS - i], f"motion.up{i}", relu_into(inside(levels[LEVELS - 1 - i])))
    size = SIZE + 2 * BORDER
    del levels[1:]
    context.arena.keep_only("level0")
    features = context.arena.shared("motion features", size, size, DEPTH, context.width("motion.last"))
    features[:BORDER] = features[-BORDER:] = 0
    features[:, :BORDER] = features[:, -BORDER:] = 0
    conv(context, levels[0], "motion.last", relu_into(features[BORDER:-BORDER, BORDER:-BORDER]))
    levels.clear()
    context.arena.keep_only("motion features")
    return features


def flat(volume: Floats) -> Floats:
    """Return a volume [rows, columns, depth, channels] as a flat map [rows, columns, 1, depth * channels]."""
    return volume.reshape(*volume.shape[:2], 1, -1)


def _candidate_weights(logits: Floats) -> Floats:
    """Return the weight of each candidate motion at each voxel, [64, 64, 16, 16]: a softmax with small values cut."""
    logits -= logits.max(axis=-1, keepdims=True)
    weights = np.exp(logits, out=logits)
    weights /= weights.sum(axis=-1, keepdims=True)
    weights[weights < MIN_WEIGHT] = 0
    return weights


def _sampling_grid(weights: Floats, moves: Floats) -> Floats:
    """Return the weighted sum of the candidates' coordinates at each voxel, [64, 64, 16, 3]."""
    grid = weights @ moves
    total = weights.sum(axis=-1)
    grid[..., 0] += total * axis(SIZE)[None, :, None]
    grid[..., 1] += total * axis(SIZE)[:, None, None]
    grid[..., 2] += total * axis(DEPTH)
    return np.asarray(grid, np.float32)


def _occlusion(context: LayerContext, features: Floats) -> Floats:
    """Return the occlusion map [64, 64] of features [64, 64, 1, 1792].

    The 7 x 7 convolution with one output is one matrix product for all taps, whose results are shifted and added.
    """
    weight = context.weights["motion.occlusion"]
    size = SIZE + 2 * BORDER
    products = np.zeros((size, size, TAPS * TAPS), np.float32)

    def work(rows: slice) -> None:
        within = products[BORDER:-BORDER, BORDER:-BORDER][rows]
        np.matmul(features[rows, :, 0], weight, out=within)

    context.pool.all(work, [rows.slice for rows in spans(SIZE, 8)])
    total = np.full((SIZE, SIZE), context.weights["motion.occlusion.bias"][0], np.float32)
    for tap in range(TAPS * TAPS):
        y, x = divmod(tap, TAPS)
        total += products[y : y + SIZE, x : x + SIZE, tap]
    return np.asarray(1 / (1 + np.exp(-total)), np.float32)
