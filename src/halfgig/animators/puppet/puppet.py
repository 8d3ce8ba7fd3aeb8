"""The puppet: each frame is one displacement field, applied by resampling the portrait once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import BROWS, Window, brow_base, pixel_axes
from halfgig.animators.puppet.eyelids import EyeLid
from halfgig.animators.puppet.mouth_layer import MouthLayer
from halfgig.animators.puppet.sway import SwayField
from halfgig.face.frame import FaceFrame
from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.blendshapes import Brows, Pose
    from halfgig.face.frame import Map
    from halfgig.face.rig import Rig

COARSE = 2
"""Pixels between the positions at which bases are stored; a finer grid looks the same and takes 4 times the memory."""


class Puppet:
    """Renders a portrait in any pose.

    `rgb` is the portrait, uint8 [H, W, 3], of the size that `rig` was measured in, `size` the width and height of the
    frames; they are sharpest if `rgb` has twice that size.
    """

    def __init__(self, rgb: NDArray[np.uint8], rig: Rig, size: tuple[int, int]) -> None:
        self._rgb = rgb
        self._to_source = (rgb.shape[1] - 1) / (size[0] - 1), (rgb.shape[0] - 1) / (size[1] - 1)
        shape = replace(rig.shape, frame=_scaled(rig.shape.frame, size[0] / rgb.shape[1]))
        self._down = pixel_axes(shape.frame)[1]
        self._sway = SwayField(shape.frame, size)
        self._brows = Window(shape.frame, size, BROWS)
        self._brow = brow_base(*self._brows.places(COARSE))  # [h, w]
        self._mouth = MouthLayer(rgb, shape, rig.colours, size, self._to_source)
        self._lids = [EyeLid(eye, shape.frame, size, rgb, self._to_source) for eye in (shape.right_eye, shape.left_eye)]

    def render(self, pose: Pose) -> NDArray[np.uint8]:
        """Return the frame of a pose, uint8 RGB [height, width, 3]."""
        import cv2

        x, y = self._sway.maps(pose.head)  # [H, W]: position of each pixel with the head at rest
        mouth = self._mouth.move(pose.mouth, x, y)
        self._move_brows(pose.brows, x, y)
        covers = [lid.close(c, x, y) for lid, c in zip(self._lids, pose.eyes[:2], strict=True)]
        x *= self._to_source[0]  # in place: at this size each copy would be a MB of the peak
        y *= self._to_source[1]
        frame = cv2.remap(self._rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for lid, cover in zip(self._lids, covers, strict=True):
            lid.draw(frame, cover)
        self._mouth.draw(frame, mouth)
        return np.asarray(frame, dtype=np.uint8)

    def _move_brows(self, brows: Brows, x: Map, y: Map) -> None:
        """Modify the source positions x, y [H, W] for brows that are raised or lowered."""
        part = self._brows.part
        raised = max(brows.inner_up, brows.outer_up) - brows.down
        if raised:
            moved = raised * self._brows.read(self._brow, x[part], y[part], COARSE)
            x[part] -= moved * self._down[0]
            y[part] -= moved * self._down[1]


def _scaled(frame: FaceFrame, factor: float) -> FaceFrame:
    return FaceFrame(Point(frame.origin.x * factor, frame.origin.y * factor), frame.unit * factor, frame.roll)
