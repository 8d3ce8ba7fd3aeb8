"""The puppet: each frame is one displacement field, by which the person in the portrait is resampled once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.body_motion import BodyMotion, Layout
from halfgig.animators.puppet.brows import BrowField
from halfgig.animators.puppet.depth import measure_depth
from halfgig.animators.puppet.eye_window import read_picture
from halfgig.animators.puppet.eyes import PaintedEyes
from halfgig.animators.puppet.layers import Layers
from halfgig.animators.puppet.mouth_layer import MouthLayer
from halfgig.face.frame import FaceFrame
from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.backdrop import Backdrop
    from halfgig.animators.puppet.blendshapes import Pose
    from halfgig.face.rig import Rig


SURE = 0.4
"""Confidence of a matte from which what is behind the person stands still."""


class Puppet:
    """Renders a portrait in any pose.

    `rgb` is the portrait, uint8 [H, W, 3], of the size that `rig` was measured in, `size` the width and height of the
    frames; they are sharpest if `rgb` has twice that size.  `backdrop` is put behind the person.
    """

    def __init__(
        self, rgb: NDArray[np.uint8], rig: Rig, size: tuple[int, int], backdrop: Backdrop | None = None
    ) -> None:
        self.frame = scaled_frame(rig.shape.frame, size[0] / rgb.shape[1])
        """The face frame in pixels of a frame."""
        shape = replace(rig.shape, frame=self.frame)
        matte = rig.matte if rig.matte.confidence >= SURE else None
        depth = measure_depth(rig.mesh, rig.shape.frame, matte, rgb.shape[1])
        self._body = BodyMotion(Layout(shape.frame, size, depth, matte))
        self._layers = Layers(rgb, rig.matte if backdrop else matte, size, backdrop)
        person = self._layers.person  # what follows reads and paints the one copy of the picture that is kept
        self.brows = BrowField(shape, size, partial(read_picture, person, rig.shape.frame))
        texture = rig.texture.scaled(size[0] / rgb.shape[1])
        self.mouth = MouthLayer(person, shape, rig.colours, texture, size)
        self.eyes = PaintedEyes(rig, person)

    def render(self, pose: Pose) -> NDArray[np.uint8]:
        """Return the frame of a pose, uint8 RGB [height, width, 3], or RGBA before nothing."""
        x, y = self._body.maps(pose)  # [H, W]: position of each pixel with the head at rest
        mouth = self.mouth.move(pose.mouth, x, y)
        self.brows.move(pose.brows, x, y)
        with self.eyes.painted(pose.eyes):
            frame = self._layers.frame(x, y)
        self.mouth.draw(frame[..., :3], mouth)
        return np.asarray(frame, dtype=np.uint8)


def scaled_frame(frame: FaceFrame, factor: float) -> FaceFrame:
    """Return the frame of the same face in the picture resized by a factor."""
    return FaceFrame(Point(frame.origin.x * factor, frame.origin.y * factor), frame.unit * factor, frame.roll)
