"""The brows: raised at their inner or outer ends, or lowered and drawn together, with the skin around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import Window, growing, pixel_axes, smoothstep

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.animators.puppet.blendshapes import Brows
    from halfgig.face.frame import Map
    from halfgig.face.measure import Eye, FaceShape

INNER_UP, OUTER_UP, DOWN, TOGETHER = 0.06, 0.055, 0.045, 0.022
"""Largest motion of the brows, in eye distances."""

FREE = 0.5
"""Share of the skin between lid and brow that a lowered brow may take at most: more would buckle it."""

FOREHEAD = 0.42
"""Height above the brow up to which the forehead moves with it, in eye distances."""

THICK = 0.1
"""Height of a brow, in eye distances: it moves as a whole."""

LID = 0.05
"""Height of skin above the lid's edge that stays, in eye distances."""

ASIDE = 0.16
"""Distance beyond the ends of a brow at which nothing moves any more, in eye distances."""

OBSTACLE = 0.45
"""Brightness, in that of the skin around, below which there is no skin under a brow, but glasses or hair."""

DEPTHS = 24
"""Places under each point of a brow at which the skin is read."""

NARROW = 0.06
"""Room under a brow, in eye distances, below which it moves less: glasses lie on it."""

BRIDGE = 0.07, 0.3
"""Half the width and half the height of the part between the eyes in which the bridge of glasses is looked for."""

STANDS_OUT = 0.15
"""Contrast of such a bridge, in the brightness of skin: at most 0.09 on 40 faces, at least 0.24 with 12 glasses."""

BEHIND_GLASSES = 0.3
"""Motion of brows behind glasses, in that of others: a frame that crosses them moves along."""

COLUMNS = 64
"""Positions across the face at which the room under a brow is measured."""

STEP = 4
"""Pixels between the positions at which the field is kept: it is smooth."""


class BrowField:
    """Displacement of the brows of a face in frames of `size`, width and height.

    `read` samples the portrait, RGB [n, m, 3], at positions in the face frame.
    """

    def __init__(self, shape: FaceShape, size: tuple[int, int], read: Callable[[Map, Map], Map]) -> None:
        eyes = shape.right_eye, shape.left_eye
        points = np.array([*eyes[0].brow, *eyes[1].brow], np.float32)
        lids = np.array([*eyes[0].upper, *eyes[1].upper], np.float32)
        left, right = float(points[:, 0].min()) - ASIDE, float(points[:, 0].max()) + ASIDE
        top = float(points[:, 1].min()) - THICK - FOREHEAD
        self.window = Window(shape.frame, size, (left, top, right, float(lids[:, 1].max())))
        self.bases = _bases(shape, read, *self.window.places(STEP))
        """Displacement by each field of `Brows`, to the right and down in eye distances, [3, h, w, 2]."""
        self._axes = pixel_axes(shape.frame)

    def move(self, brows: Brows, x: Map, y: Map) -> None:
        """Modify the source positions x, y [H, W] of a frame's pixels by the motion of the brows."""
        if not any(brows):
            return
        field = np.einsum("k,khwc->hwc", np.array(brows, np.float32), self.bases)
        part = self.window.part
        moved = self.window.read(np.ascontiguousarray(field), x[part], y[part], STEP)
        across, down = moved[..., 0], moved[..., 1]
        x[part] -= across * self._axes[0, 0] + down * self._axes[1, 0]
        y[part] -= across * self._axes[0, 1] + down * self._axes[1, 1]


def _bases(shape: FaceShape, read: Callable[[Map, Map], Map], x: Map, y: Map) -> Map:
    """Return the forward displacement of each field of `Brows` in eye distances, [3, h, w, 2]: across and down."""
    total = np.zeros((3, *x.shape, 2), np.float32)
    for eye, side in ((shape.right_eye, -1), (shape.left_eye, 1)):
        weight, room = _weight(eye, read, x, y)
        inner, outer = (eye.brow[-1].x, eye.brow[0].x) if side < 0 else (eye.brow[0].x, eye.brow[-1].x)
        along = (x - inner) / (outer - inner)  # 0 at the inner end, 1 at the outer one
        total[0, ..., 1] -= INNER_UP * weight * smoothstep(0.75, 0.0, along)
        total[1, ..., 1] -= OUTER_UP * weight * smoothstep(0.1, 0.65, along)
        total[2, ..., 1] += np.minimum(DOWN, FREE * room) * weight * smoothstep(1.2, 0.3, along)
        total[2, ..., 0] -= side * TOGETHER * weight * smoothstep(1.0, 0.2, along)
    return total * np.float32(BEHIND_GLASSES if wears_glasses(read) else 1)


def wears_glasses(read: Callable[[Map, Map], Map]) -> bool:
    """Return whether a line crosses the nose between the eyes; `read` samples the portrait in the face frame."""
    across, down = BRIDGE
    x, y = np.meshgrid(np.linspace(-across, across, 15), np.linspace(-down, down, 121))
    rows = np.median(read(x.astype(np.float32), y.astype(np.float32)).mean(axis=-1), axis=1)
    wide = len(rows) // 6
    around = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(rows, wide, mode="edge"), 2 * wide + 1), axis=1)
    return bool(np.abs(rows - around)[wide:-wide].max() > STANDS_OUT * max(float(np.median(rows)), 1))


def _weight(eye: Eye, read: Callable[[Map, Map], Map], x: Map, y: Map) -> tuple[Map, Map]:
    """Return how far each position goes along with a brow, 0..1, and the height of the skin that can give way."""
    brow = growing(eye.brow)
    across = np.linspace(float(x.min()), float(x.max()), COLUMNS, dtype=np.float32)
    edge = np.interp(x, *brow.T).astype(np.float32)
    room: Map = np.interp(x, across, _room(eye, read, across)).astype(np.float32)
    below = smoothstep(1, 0, np.asarray((y - edge) / np.maximum(room, 0.01), np.float32))
    above = smoothstep(FOREHEAD, 0, edge - THICK - y)
    ends = smoothstep(brow[0, 0] - ASIDE, brow[0, 0], x) * smoothstep(brow[-1, 0] + ASIDE, brow[-1, 0], x)
    return below * above * ends * smoothstep(0, NARROW, room), room


def _room(eye: Eye, read: Callable[[Map, Map], Map], across: Map) -> Map:
    """Return the height of free skin from a brow down to its lid, glasses or hair, in eye distances, [n]."""
    import cv2

    edge, lid = (np.interp(across, *growing(each).T).astype(np.float32) for each in (eye.brow, eye.upper))
    lid = np.minimum(lid, lid.min() + LID)  # towards its corners a lid is low, but its fold is not
    room = (lid - LID - edge).clip(NARROW / 2, None)
    depths = np.linspace(0.15, 1, DEPTHS, dtype=np.float32)[:, None] * room
    light = read(np.broadcast_to(across, depths.shape), edge + depths).mean(axis=-1)
    free = light > OBSTACLE * np.percentile(light, 75)
    seen = np.where(free.all(axis=0), room, depths[free.argmin(axis=0), np.arange(len(across))] - 0.15 * room)
    seen = cv2.erode(seen[None].astype(np.float32), np.ones((1, 5)))
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), 2.0)[0], np.float32)
