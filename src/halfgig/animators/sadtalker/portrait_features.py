"""What SadTalker computes once for a portrait: the part that moves, its coefficients, its appearance."""

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
"""Pixels of the longer side of the picture that a face is cut from: faces of a twelfth of it still fill a square."""

SMALLEST_PART = 128
"""Pixels of a part's shorter side below which its square is plainly blurred."""


@dataclass(frozen=True, slots=True)
class PortraitFeatures:
    """What is known of a portrait."""

    picture: tuple[int, int]
    """Width and height of the upright picture the part was measured in."""
    part: Rectangle
    """What is animated, in pixels of that picture."""
    row: Floats
    """The face's own coefficients, [73]: expression 64, pose 6, alignment 3."""
    portrait: Portrait
    """Its appearance and key points."""
    notices: tuple[str, ...] = ()
    """What a person should know of the picture."""
    turns: int = 0
    """Quarter turns, counterclockwise, that made the picture upright: 0..3."""

    def part_in(self, width: int, height: int) -> Rectangle:
        """Return the part in pixels of the picture at another size."""
        x, y = width / self.picture[0], height / self.picture[1]
        left, top = round(self.part.left * x), round(self.part.top * y)
        right, bottom = round(self.part.right * x), round(self.part.bottom * y)
        return Rectangle(left, top, max(right, left + 1), max(bottom, top + 1))

    def save(self, path: Path) -> None:
        """Write it to a file."""
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
        """Read it from a file that `save` wrote; None where there is none, or what stands there is damaged."""
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                width, height = file["picture"].tolist()
                notices = tuple(str(each) for each in file["notices"])
                portrait = Portrait(file["volume"], file["points"])
                part, turns = Rectangle(*file["part"].tolist()), int(file["turns"])
                return PortraitFeatures((width, height), part, file["row"], portrait, notices, turns)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None


def row_of(network: Reconstruction, square: Pixels, points: FivePoints) -> Floats:
    """Read a face's coefficients [73] from its square [256, 256, 3], in which its points are."""
    alignment = align(points, SIZE, SIZE)
    return network.coefficients(alignment.cut(square)).row((alignment.scale, alignment.x, alignment.y))


def sit(job: RenderJob, threads: int) -> PortraitFeatures:
    """Read a portrait, find its face and compute what all frames have in common.

    Raises `PictureError` when the picture cannot be used, `BadLandmarks` for points that make no face.
    """
    assert job.model
    mode: Mode = job.options.preprocess  # checked before
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
    row = row_of(Reconstruction(job.model, threads), square, points_in(part, points, SIZE))
    if (side := min(part.width, part.height)) < SMALLEST_PART:
        small = f"the face is small: {side} pixels of {SIZE} that SadTalker draws; give a larger picture of it"
        notices = (*notices, small)
    renderer = Renderer(job.model, threads)  # only now: a large picture takes as much while it is read
    portrait = renderer.portrait(square)
    renderer.close()
    return PortraitFeatures((width, height), part, row, portrait, notices, turns)
