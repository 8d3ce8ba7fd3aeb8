"""The puppet: each frame is one displacement field, applied by resampling the portrait once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import OPENING, Window, make_bases, mouth_coordinates, moving_area, pixel_axes
from halfgig.animators.puppet.eyelids import EyeLid
from halfgig.animators.puppet.inner_mouth import InnerMouth
from halfgig.animators.puppet.sway import SwayField
from halfgig.face.frame import FaceFrame
from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.blendshapes import Pose
    from halfgig.face.frame import Map
    from halfgig.face.rig import Rig

COARSE = 2
"""Pixels between the positions at which bases are stored; a finer grid looks the same and takes 4 times the memory."""

UPPER_LIP_MEETS = 0.42
"""Share of the upper lip in closing a mouth that is open in the picture: the lower lip alone would make it look sad."""

EDGE = 0.7
"""Pixels above the edge of the lower lip that still show lip, since the painted mouth is not yet opaque there."""


class Puppet:
    """Renders a portrait in any pose.

    `rgb` is the portrait, uint8 [H, W, 3], of the size that `rig` was measured in, `size` the width and height of the
    frames; they are sharpest if `rgb` has twice that size.
    """

    def __init__(self, rgb: NDArray[np.uint8], rig: Rig, size: tuple[int, int]) -> None:
        self._rgb = rgb
        self._to_source = (rgb.shape[1] - 1) / (size[0] - 1), (rgb.shape[0] - 1) / (size[1] - 1)
        shape = replace(rig.shape, frame=_scaled(rig.shape.frame, size[0] / rgb.shape[1]))
        self._rest_opening = min(1.0, shape.lips.bands.gap / OPENING)  # in the picture, as a weight of the jaw
        self._right, self._down = pixel_axes(shape.frame)
        self._sway = SwayField(shape.frame, size)
        self._face = Window(shape.frame, size, moving_area(shape))
        self._bases = make_bases(shape, *self._face.places(COARSE))  # [K, h, w, 3]
        self._below = mouth_coordinates(shape, *self._face.places()).below * shape.frame.unit  # [h, w] in pixels
        self._inner = InnerMouth(shape, rig.colours, size)
        self._lids = [EyeLid(eye, shape.frame, size, rgb, self._to_source) for eye in (shape.right_eye, shape.left_eye)]

    def render(self, pose: Pose) -> NDArray[np.uint8]:
        """Return the frame of a pose, uint8 RGB [height, width, 3]."""
        import cv2

        x, y = self._sway.maps(pose.head)  # [H, W]: position of each pixel with the head at rest
        field = self._field(pose)
        painted = self._painted(pose, field, x, y)
        self._move_face(field, x, y)
        covers = [lid.close(c, x, y) for lid, c in zip(self._lids, pose.eyes[:2], strict=True)]
        x *= self._to_source[0]  # in place: at this size each copy would be a MB of the peak
        y *= self._to_source[1]
        frame = cv2.remap(self._rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for lid, cover in zip(self._lids, covers, strict=True):
            lid.draw(frame, cover)
        part = frame[self._inner.window.part]
        part[:] = part * (1 - painted[..., 3:]) + painted[..., :3] + 0.5
        return np.asarray(frame, dtype=np.uint8)

    def _field(self, pose: Pose) -> Map:
        """Return the displacement of the face at every `COARSE`-th pixel, [h, w, 3] in eye distances, as in `bases`."""
        mouth = pose.mouth
        closing = mouth.close * self._rest_opening
        jaw = mouth.jaw_open * (1 - 0.6 * self._rest_opening) - (1 - UPPER_LIP_MEETS) * closing
        meet = UPPER_LIP_MEETS * closing
        brow = max(pose.brows.inner_up, pose.brows.outer_up) - pose.brows.down
        weights = (
            jaw,
            mouth.stretch,
            mouth.funnel,
            mouth.pucker,
            mouth.close,
            mouth.roll_lower,
            mouth.smile,
            mouth.frown,
            brow,
            meet,
        )  # in the order of bases.NAMES
        field: Map = np.einsum("k,khwc->hwc", np.array(weights, dtype=np.float32), self._bases)
        return field

    def _sides(self, field: Map, x: Map, y: Map) -> tuple[tuple[Map, Map], tuple[Map, Map], Map, Map]:
        """Return the source of pixels x, y as upper and as lower face, and how far each is below the line of the lips.

        Displacement across comes first, so that a rounded mouth opens between its own corners.
        """
        across = self._face.read(np.ascontiguousarray(field[..., 0]), x, y, COARSE)
        x, y = x - across * self._right[0], y - across * self._right[1]
        down = self._face.read(np.ascontiguousarray(field[..., 1:]), x, y, COARSE)
        upper, lower = ((x - part * self._down[0], y - part * self._down[1]) for part in (down[..., 0], down[..., 1]))
        return upper, lower, self._face.read(self._below, *upper), self._face.read(self._below, *lower)

    def _move_face(self, field: Map, x: Map, y: Map) -> None:
        """Modify the source positions x, y [H, W] by the displacement of the face."""
        part = self._face.part
        upper, lower, _, under_lower = self._sides(field, x[part], y[part])
        is_lower = under_lower > -EDGE
        x[part] = np.where(is_lower, lower[0], upper[0])
        y[part] = np.where(is_lower, lower[1], upper[1])

    def _painted(self, pose: Pose, field: Map, x: Map, y: Map) -> Map:
        """Paint the inner mouth with the head at rest and sample it at pixels x, y: premultiplied RGBA [h, w, 4]."""
        window = self._inner.window
        rows, columns = np.mgrid[window.part].astype(np.float32)
        _, _, under_upper, under_lower = self._sides(field, columns, rows)
        painted = self._inner.paint(pose.mouth, under_upper, -under_lower)
        return window.read(painted, x[window.part], y[window.part])


def _scaled(frame: FaceFrame, factor: float) -> FaceFrame:
    return FaceFrame(Point(frame.origin.x * factor, frame.origin.y * factor), frame.unit * factor, frame.roll)
