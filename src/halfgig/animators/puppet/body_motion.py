"""Motion of head and torso: where in the picture each pixel of a frame comes from, before the face itself moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.puppet.bases import face_coordinates, pixel_axes, smoothstep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.blendshapes import Head, Pose
    from halfgig.animators.puppet.depth import HeadDepth
    from halfgig.face.frame import FaceFrame, Map
    from halfgig.face.matte import Matte

STEP = 8
"""Pixels between the positions at which motion is computed, at most; it is smooth enough to be interpolated."""

STEP_OF_FACE = 0.15
"""The same, in eye distances."""

NECK = 1.9
"""Pivot of the head's tilt, in eye distances below the eyes."""

NECK_LENGTH = (0.7, 1.4)
"""Least and largest height from the chin to the shoulders, in eye distances, over which the head's motion ends."""

JAW_RISES = 0.35
"""How much higher the jaw ends at the ears than at the chin, in eye distances."""

HEAD_REACH = (2.6, 3.4)
"""Distance from the middle of the head, in eye distances, over which its motion ends."""

FOLLOWS = 0.1
"""Share of the head's motion in which the torso takes part."""

TORSO = (5.0, 2.0)
"""Distances below the chin, in eye distances, over which it does so less and less."""

BREATH = 0.017
"""Lift of the shoulders with a breath drawn, in eye distances."""

BREATH_WIDENS = 0.005
"""Widening of the chest with it, in shares of its width."""

CHEST = (0.8, 3.2)
"""Distances below the shoulders, in eye distances, over which breath fades into the belly."""

BORDER = 1.1
"""Distance from a border that cuts the person, in eye distances, over which motion across it begins."""

CUTS = 64
"""Alpha, of 255, from which a border cuts the person."""

SOFT_EDGE = (0.9, 2.3)
"""Without a matte: radius over which motion ends next to the head, in radii of a usual head."""

REFINEMENTS = 2
"""Corrections of where a pixel comes from: motion is given where a point starts, and asked for where it arrives."""


class Layout(NamedTuple):
    """What moves in a frame, and how."""

    frame: FaceFrame
    """In pixels of the frame."""
    size: tuple[int, int]
    """Width and height of the frame."""
    depth: HeadDepth
    """The surface of the head."""
    matte: Matte | None
    """The person; None if it is not sure: then what is behind moves softly with the head."""


class BodyMotion:
    """Maps the pixels of a frame to positions in the picture with head and torso at rest."""

    def __init__(self, layout: Layout) -> None:
        width, height = layout.size
        frame, depth = layout.frame, layout.depth
        self._step = step_of(frame)
        self._x, self._y = x, y = np.meshgrid(self._coarse(width), self._coarse(height))
        self._part = np.s_[self._step : self._step + height, self._step : self._step + width]
        self._axes = pixel_axes(frame)
        self._pivot = depth.x, depth.y
        u, v = face_coordinates(frame, x, y)
        head = _head_share(layout, u, v)
        share = np.maximum(head, FOLLOWS * smoothstep(*TORSO, v - depth.chin))
        if layout.matte is None:
            share *= _near(u, v)
        self._breath = _breath(layout, u, v)  # [2, h, w] in pixels
        self._bases = np.stack([share, (u - depth.x) * share, (v - depth.y) * share, depth.at(u, v) * head])
        self._free = np.stack(_free_of_borders(layout, x, y, self._step))  # [2, h, w]

    def maps(self, pose: Pose) -> tuple[Map, Map]:
        """Return the source position x, y [H, W] of each pixel of the frame, in pixels."""
        moved = self._moved(pose)
        came = moved
        for _ in range(REFINEMENTS):
            came = self._read(moved, came)
        return self._interpolated(self._x - came[0]), self._interpolated(self._y - came[1])

    def _moved(self, pose: Pose) -> Map:
        """Return how far each position moves to the right and down, [2, h, w] in pixels."""
        axes = head_transform(pose.head, NECK - self._pivot[1])  # [2, 4] in eye distances
        # einsum instead of a matrix product: the first product makes OpenBLAS reserve 32 MB.
        weights = np.einsum("ea,ek->ak", self._axes, axes).astype(np.float32)
        moved: Map = np.einsum("ak,khw->ahw", weights, self._bases)
        moved += np.float32(pose.breath) * self._breath
        moved *= self._free
        return moved

    def _read(self, moved: Map, came: Map) -> Map:
        """Return the motion [2, h, w] of the positions from which the positions of the grid came."""
        import cv2

        rows, columns = np.mgrid[: moved.shape[1], : moved.shape[2]].astype(np.float32)
        at = columns - came[0] / self._step, rows - came[1] / self._step
        return np.stack([cv2.remap(each, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for each in moved])

    def _coarse(self, length: int) -> Map:
        """Return every `step`-th position along a side, from one before its first pixel to one after its last."""
        places = np.arange(-1, -(-length // self._step) + 1, dtype=np.float32)
        return (places + 0.5) * self._step - 0.5  # pixel centres in the convention of cv2.resize

    def _interpolated(self, coarse: Map) -> Map:
        """Interpolate between the coarse positions; exact where nothing moves, since positions are linear there."""
        import cv2

        rows, columns = coarse.shape
        size = columns * self._step, rows * self._step
        filled: Map = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
        return filled[self._part]


def step_of(frame: FaceFrame) -> int:
    """Return the pixels between the positions at which motion is computed."""
    step = STEP
    while step > 1 and step > STEP_OF_FACE * frame.unit:
        step //= 2
    return step


def head_transform(head: Head, neck: float) -> NDArray[np.float64]:
    """Return how a head moves a point: [2, 4], to the right and down by (1, x, y, nearness), all in eye distances.

    Points are given from the pivot of yaw and pitch, seen along the line of sight; roll is about a point `neck` below.
    """
    yaw, pitch, roll = np.radians([head.yaw, head.pitch, head.roll])
    turned = np.array(
        [
            [np.cos(yaw), 0.0, np.sin(yaw)],
            [-np.sin(yaw) * np.sin(pitch), np.cos(pitch), np.cos(yaw) * np.sin(pitch)],
        ]
    )
    tilt = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]]) * (1 + head.scale)
    linear = np.einsum("ij,jk->ik", tilt, turned)
    linear[0, 0] -= 1
    linear[1, 1] -= 1
    about = np.array([head.x + np.sin(roll) * neck, head.y + (1 - np.cos(roll)) * neck])
    return np.concatenate([about[:, None], linear], axis=1)


def _head_share(layout: Layout, u: Map, v: Map) -> Map:
    """Return how far each position moves with the head, 0..1: less and less from the jaw to the shoulders."""
    chin, middle = layout.depth.chin, layout.depth.x
    neck = neck_length(layout)
    below: Map = v - chin + JAW_RISES * np.square(u - middle).clip(0, 1)
    beside: Map = np.sqrt((u - middle) ** 2 + (v + 0.5).clip(None, 0) ** 2)
    return np.asarray(smoothstep(neck, 0.0, below) * smoothstep(HEAD_REACH[1], HEAD_REACH[0], beside), np.float32)


def neck_length(layout: Layout) -> float:
    """Return the height from the chin down over which the head's motion ends, in eye distances."""
    shoulders = shoulder_height(layout)
    below = NECK_LENGTH[1] if shoulders is None else shoulders - layout.depth.chin
    return min(NECK_LENGTH[1], max(NECK_LENGTH[0], below))


def shoulder_height(layout: Layout) -> float | None:
    """Return the height of the shoulders in the face frame; None if there are none."""
    matte, frame = layout.matte, layout.frame
    if matte is None or matte.shoulders is None:
        return None
    row = matte.shoulders * layout.size[1] / len(matte.person)
    return (row - frame.origin.y) / frame.unit


def _near(u: Map, v: Map) -> Map:
    radius: Map = np.sqrt((u / 1.45) ** 2 + ((v - 0.25) / 1.9) ** 2)
    return smoothstep(SOFT_EDGE[1], SOFT_EDGE[0], radius)


def _breath(layout: Layout, u: Map, v: Map) -> Map:
    """Return how far a breath moves each position to the right and down, [2, h, w] in pixels."""
    shoulders = shoulder_height(layout)
    if shoulders is None:
        return np.zeros((2, *u.shape), np.float32)
    chin, middle = layout.depth.chin, layout.depth.x
    taken = smoothstep(chin + 0.15, max(shoulders, chin + 0.5), v)
    taken *= smoothstep(shoulders + CHEST[1], shoulders + CHEST[0], v)
    across, along = BREATH_WIDENS * (u - middle).clip(-3, 3) * taken, -BREATH * taken
    axes = pixel_axes(layout.frame)
    return np.stack([across * axes[0, i] + along * axes[1, i] for i in (0, 1)]).astype(np.float32)


def _free_of_borders(layout: Layout, x: Map, y: Map, step: int) -> tuple[Map, Map]:
    """Return the shares, 0..1, of motion to the right and down that are left near the borders that cut the person.

    Motion along such a border goes on: it uncovers nothing.
    """
    (width, height), reach = layout.size, BORDER * layout.frame.unit
    cuts = border_cuts(layout, y[:, 0], x[0])
    left, right, top, bottom = (
        1 - cut.reshape(shape) * smoothstep(step + reach, step, far)
        for far, cut, shape in zip(
            (x, width - 1 - x, y, height - 1 - y), cuts, ((-1, 1), (-1, 1), (1, -1), (1, -1)), strict=True
        )
    )
    return left * right, top * bottom


def border_cuts(layout: Layout, down: Map, across: Map) -> tuple[Map, Map, Map, Map]:
    """Return how far the left, right, top and bottom border cut the person, 0..1, at rows `down` and columns `across`.

    A border that cuts is one across which nothing moves.
    """
    (width, height), reach = layout.size, BORDER * layout.frame.unit
    person = np.full((2, 2), 255, np.uint8) if layout.matte is None else layout.matte.person
    left, right = (_cut(edge, down, height, reach) for edge in (person[:, :2].max(axis=1), person[:, -2:].max(axis=1)))
    top, bottom = (_cut(edge, across, width, reach) for edge in (person[:2].max(axis=0), person[-2:].max(axis=0)))
    return left, right, top, bottom


def _cut(edge: NDArray[np.uint8], places: Map, length: int, reach: float) -> Map:
    """Return how far a border is one that cuts the person at places along it, 0..1, softly beyond where it does.

    `edge` is the person's alpha along the border; places, length and reach are pixels of the frame.
    """
    import cv2

    scale = len(edge) / length
    wide = min(len(edge) - 1, max(1, round(reach * scale)))
    kernel = np.ones(2 * wide + 1, np.uint8)
    cut = cv2.dilate((edge >= CUTS).astype(np.uint8), kernel).astype(np.float32).ravel()
    soft = np.convolve(np.pad(cut, wide, mode="edge"), kernel / kernel.size, mode="valid")
    return np.asarray(np.interp((places + 0.5) * scale - 0.5, np.arange(len(edge)), soft), np.float32)
