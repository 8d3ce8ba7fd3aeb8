"""Portrait features, computed once per portrait: the animated part, the face's coefficients and its appearance."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.encoder import SIZE
from halfgig.animators.sadtalker.networks.model import Portrait, Renderer
from halfgig.animators.sadtalker.networks.reconstruction import Reconstruction
from halfgig.face.alignment import align
from halfgig.face.crop import Rectangle, animated_part, cut, points_in
from halfgig.face.detect import locate_face, quarter_turns, turned_points
from halfgig.media.picture import PictureLimits, load_picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.face.crop import Mode
    from halfgig.face.points import FivePoints

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

LONGEST = 3072
"""Longer side in pixels of the picture the face is cut from: a face a twelfth as large still fills the square."""

SMALLEST_PART = 128
"""Shorter side of the animated part in pixels; a smaller part looks blurred when enlarged to the square."""


@dataclass(frozen=True, slots=True)
class PortraitFeatures:
    """The features of one portrait."""

    picture: tuple[int, int]
    """Width and height of the upright picture in which the part was measured."""
    part: Rectangle
    """The animated part, in pixels of that picture."""
    row: Floats
    """The face's own coefficients, [73]: expression 64, pose 6, alignment 3."""
    portrait: Portrait
    """Its appearance and key points."""
    notices: tuple[str, ...] = ()
    """Remarks about the picture for the user."""
    turns: int = 0
    """Quarter turns, counterclockwise, that made the picture upright: 0..3."""

    def part_in(self, width: int, height: int) -> Rectangle:
        """Return the part in pixels of the picture scaled to another size."""
        x, y = width / self.picture[0], height / self.picture[1]
        left, top = round(self.part.left * x), round(self.part.top * y)
        right, bottom = round(self.part.right * x), round(self.part.bottom * y)
        return Rectangle(left, top, max(right, left + 1), max(bottom, top + 1))

    def save(self, path: Path) -> None:
        """Write the features to an .npz file."""
        with path.open("wb") as file:
            np.savez(
                file,
                picture=self.picture,
                part=self.part,
                row=self.row,
                volume=self.portrait.volume,
                points=self.portrait.points,
                notices=np.array(self.notices, np.str_),
                turns=self.turns,
            )

    @staticmethod
    def load(path: Path) -> PortraitFeatures | None:
        """Read features from a file that `save` wrote; return None if it is missing or damaged."""
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                width, height = file["picture"].tolist()
                notices = tuple(str(each) for each in file["notices"])
                portrait = Portrait(file["volume"], file["points"])
                part, turns = Rectangle(*file["part"].tolist()), int(file["turns"])
                return PortraitFeatures((width, height), part, file["row"], portrait, notices, turns)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None


def face_coefficients(network: Reconstruction, square: Pixels, points: FivePoints) -> Floats:
    """Return the coefficients [73] of a face from its square [256, 256, 3] and its five points in that square."""
    alignment = align(points, SIZE, SIZE)
    return network.coefficients(alignment.cut(square)).row((alignment.scale, alignment.x, alignment.y))


def measure_portrait(job: RenderJob, threads: int) -> PortraitFeatures:
    """Read a job's portrait, find its face and compute its features.

    Raises `PictureError` if the picture cannot be used, `BadLandmarks` for points that do not form a face.
    """
    assert job.model
    mode: Mode = job.options.preprocess  # checked with the request
    limits = PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)
    picture = load_picture(job.portrait, LONGEST, limits)
    points, notices = locate_face(picture, job.portrait, job.request.landmarks, job.limits.yunet)
    turns = quarter_turns(points)
    points = turned_points(points, turns, picture.rgb.shape[1], picture.rgb.shape[0])
    rgb = np.ascontiguousarray(np.rot90(picture.rgb, turns))
    height, width = rgb.shape[:2]
    del picture
    part = animated_part(mode, points, width, height)
    square = cut(rgb, part, SIZE)
    del rgb
    row = face_coefficients(Reconstruction(job.model, threads), square, points_in(part, points, SIZE))
    if (side := min(part.width, part.height)) < SMALLEST_PART:
        small = f"the face is small: {side} pixels of {SIZE} that SadTalker draws; give a larger picture of it"
        notices = (*notices, small)
    renderer = Renderer(job.model, threads)  # opened only now: reading a large picture takes as much memory
    portrait = renderer.portrait(square)
    renderer.close()
    return PortraitFeatures((width, height), part, row, portrait, notices, turns)
