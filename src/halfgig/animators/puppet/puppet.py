"""The puppet: each frame is one displacement field, applied by resampling the portrait once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.brows import BrowField
from halfgig.animators.puppet.eye_window import read_picture
from halfgig.animators.puppet.eyes import PaintedEyes
from halfgig.animators.puppet.mouth_layer import MouthLayer
from halfgig.animators.puppet.sway import SwayField
from halfgig.face.frame import FaceFrame
from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.blendshapes import Pose
    from halfgig.face.rig import Rig


class Puppet:
    """Renders a portrait in any pose.

    `rgb` is the portrait, uint8 [H, W, 3], of the size that `rig` was measured in, `size` the width and height of the
    frames; they are sharpest if `rgb` has twice that size.
    """

    def __init__(self, rgb: NDArray[np.uint8], rig: Rig, size: tuple[int, int]) -> None:
        self._rgb = rgb
        self._to_source = (rgb.shape[1] - 1) / (size[0] - 1), (rgb.shape[0] - 1) / (size[1] - 1)
        shape = replace(rig.shape, frame=_scaled(rig.shape.frame, size[0] / rgb.shape[1]))
        self._sway = SwayField(shape.frame, size)
        self._brows = BrowField(shape, size, partial(read_picture, rgb, rig.shape.frame))
        texture = rig.texture.scaled(size[0] / rgb.shape[1])
        self._mouth = MouthLayer(rgb, shape, rig.colours, texture, size)
        self._eyes = PaintedEyes(rig.shape, rgb)

    def render(self, pose: Pose) -> NDArray[np.uint8]:
        """Return the frame of a pose, uint8 RGB [height, width, 3]."""
        import cv2

        x, y = self._sway.maps(pose.head)  # [H, W]: position of each pixel with the head at rest
        mouth = self._mouth.move(pose.mouth, x, y)
        self._brows.move(pose.brows, x, y)
        x *= self._to_source[0]  # in place: at this size each copy would be a MB of the peak
        y *= self._to_source[1]
        with self._eyes.painted(pose.eyes):
            frame = cv2.remap(self._rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        self._mouth.draw(frame, mouth)
        return np.asarray(frame, dtype=np.uint8)


def _scaled(frame: FaceFrame, factor: float) -> FaceFrame:
    return FaceFrame(Point(frame.origin.x * factor, frame.origin.y * factor), frame.unit * factor, frame.roll)
