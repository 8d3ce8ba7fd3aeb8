"""How every voxel of a portrait moves when its key points do, and what of it becomes hidden, frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.context import inside
from halfgig.animators.sadtalker.networks.conv import conv
from halfgig.animators.sadtalker.networks.doubled import doubled_conv
from halfgig.animators.sadtalker.networks.fourier import BORDER, TAPS, seven_conv
from halfgig.animators.sadtalker.networks.keypoints import axis
from halfgig.animators.sadtalker.networks.rows import halved_into, positive_into
from halfgig.animators.sadtalker.networks.warp import shift
from halfgig.animators.sadtalker.networks.winograd import FOUR, TWO
from halfgig.nn.tiles import spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

SIZE, DEPTH = 64, 16
VARIANCE = 0.01
"""Of a key point's warmth."""
LEAST_SHARE = np.float32(1e-3)
"""Shares of a movement below it count as none; the others are not scaled up for it."""
WIDTHS = 64, 128, 256, 512, 1024
"""Channels of the levels, the first at half the size."""


def dense_motion(context: LayerContext, small: Floats, source: Floats, driving: Floats) -> tuple[Floats, Floats]:
    """Return from where each voxel comes, [64, 64, 16, 3] as x, y, z in -1..1, and how visible it is, [64, 64].

    `small` is the compressed volume [64, 64, 16, 4]; key points are [15, 3].
    """
    moves = np.concatenate([np.zeros((1, 3), np.float32), source - driving])  # [16, 3]
    levels = _levels(context)
    _candidates(context, small, source, driving, moves, inside(levels[0])[..., 32:])
    seen = _hourglass(context, levels)
    shares = _shares(seven_conv(context, seen, "motion.mask"))
    return _places(shares, moves), _visible(context, inside(seen_flat(seen), BORDER))


def _levels(context: LayerContext) -> list[Floats]:
    """Make room for every level's map: what comes up first, then what went down."""
    widths = [(32, 80), *[(width, width) for width in WIDTHS[:-1]], (0, WIDTHS[-1])]
    return [context.map(f"level{i}", SIZE >> i, SIZE >> i, DEPTH, up + down) for i, (up, down) in enumerate(widths)]


def _candidates(
    context: LayerContext, small: Floats, source: Floats, driving: Floats, moves: Floats, out: Floats
) -> None:
    """Write each candidate's warmth and the volume as it would move: [64, 64, 16, 16 * 5]."""

    def work(k: int) -> None:
        five = out[..., 5 * k : 5 * k + 5]
        five[..., 0] = warmth(driving[k - 1]) - warmth(source[k - 1]) if k else 0
        five[..., 1:] = moved(context, small, moves[k])

    context.pool.all(work, range(16))


def warmth(point: Floats) -> Floats:
    """Return how near each voxel is to a point: [64, 64, 16]."""
    x, y, z = (
        np.exp(-0.5 / VARIANCE * np.square(axis(n) - at)) for n, at in zip((SIZE, SIZE, DEPTH), point, strict=True)
    )
    return np.asarray(y[:, None, None] * x[None, :, None] * z, np.float32)


def moved(context: LayerContext, volume: Floats, by: Floats) -> Floats:
    """Look a volume [rows, columns, depth, channels] up at all its places moved by (x, y, z): axis by axis."""
    rows, columns, depth, channels = volume.shape
    one, other = (context.arena.mine(f"moved{i}", rows, columns, depth * channels) for i in range(2))
    np.matmul(shift(rows, by[1]), volume.reshape(rows, -1), out=one.reshape(rows, -1))
    np.matmul(shift(columns, by[0]), one, out=other)
    deep = np.kron(shift(depth, by[2]).T, np.eye(channels, dtype=np.float32))
    return np.matmul(other, deep, out=one).reshape(volume.shape)


def _hourglass(context: LayerContext, levels: list[Floats]) -> Floats:
    """Return what the network sees, [70, 70, 16, 112] with a border of three."""
    for i in range(5):
        width = WIDTHS[i]
        form = FOUR if SIZE >> i >= 16 else TWO
        source = levels[i][..., -(80 if i == 0 else WIDTHS[i - 1]) :]
        conv(context, source, f"motion.down{i}", halved_into(inside(levels[i + 1])[..., -width:]), form)
    context.arena.keep_only(*(f"level{i}" for i in range(6)))
    for i in range(5):
        doubled_conv(context, levels[5 - i], f"motion.up{i}", positive_into(inside(levels[4 - i])))
    size = SIZE + 2 * BORDER
    del levels[1:]
    context.arena.keep_only("level0")
    seen = context.arena.shared("seen", size, size, DEPTH, 112)
    seen[:BORDER] = seen[-BORDER:] = 0
    seen[:, :BORDER] = seen[:, -BORDER:] = 0
    conv(context, levels[0], "motion.last", positive_into(seen[BORDER:-BORDER, BORDER:-BORDER]))
    levels.clear()
    context.arena.keep_only("seen")
    return seen


def seen_flat(seen: Floats) -> Floats:
    """Return a map with its depth and channels as one."""
    return seen.reshape(*seen.shape[:2], 1, -1)


def _shares(logits: Floats) -> Floats:
    """Return each candidate's share [64, 64, 16, 16]."""
    logits -= logits.max(axis=-1, keepdims=True)
    shares = np.exp(logits, out=logits)
    shares /= shares.sum(axis=-1, keepdims=True)
    shares[shares < LEAST_SHARE] = 0
    return shares


def _places(shares: Floats, moves: Floats) -> Floats:
    """Return from where each voxel comes: the candidates' places, weighted."""
    places = shares @ moves
    total = shares.sum(axis=-1)
    places[..., 0] += total * axis(SIZE)[None, :, None]
    places[..., 1] += total * axis(SIZE)[:, None, None]
    places[..., 2] += total * axis(DEPTH)
    return np.asarray(places, np.float32)


def _visible(context: LayerContext, seen: Floats) -> Floats:
    """Return how visible each place is, [64, 64]: all taps' products of every place, shifted and added."""
    weight = context.weights["motion.occlusion"]
    size = SIZE + 2 * BORDER
    products = np.zeros((size, size, TAPS * TAPS), np.float32)

    def work(rows: slice) -> None:
        within = products[BORDER:-BORDER, BORDER:-BORDER][rows]
        np.matmul(seen[rows, :, 0], weight, out=within)

    context.pool.all(work, [rows.slice for rows in spans(SIZE, 8)])
    total = np.full((SIZE, SIZE), context.weights["motion.occlusion.bias"][0], np.float32)
    for tap in range(TAPS * TAPS):
        y, x = divmod(tap, TAPS)
        total += products[y : y + SIZE, x : x + SIZE, tap]
    return np.asarray(1 / (1 + np.exp(-total)), np.float32)
