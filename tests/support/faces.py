"""Faces to test with: the presenter with her true points, and a face drawn as one wants it."""

from __future__ import annotations

import functools
import math
import random
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.face.colours import measure_colours
from halfgig.face.frame import FaceFrame
from halfgig.face.matte import Matte
from halfgig.face.measure import Eye, FaceShape, LipBands, LipContours, Lips, measure_mesh
from halfgig.face.points import FivePoints, Point
from halfgig.face.rig import Rig, make_rig
from halfgig.face.standard_mesh import laid_over
from halfgig.media.picture import load_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Colour = tuple[int, int, int]

PRESENTER = FivePoints(
    Point(443.5, 433.5), Point(581.0, 428.7), Point(514.2, 510.0), Point(453.9, 573.2), Point(577.8, 567.2)
)
"""Of the shipped picture, 1024 x 1024 pixels, as its script draws it."""

PRESENTER_LIP_LINE = Point(516.0, 580.0)
"""The middle of the line between her lips."""

SKIN: Colour = (214, 172, 150)
WALL: Colour = (120, 140, 150)
IRIS: Colour = (50, 40, 36)
LIPS: Colour = (186, 92, 92)
INSIDE: Colour = (40, 16, 16)


@functools.cache
def _presenter(longest: int) -> Pixels:
    return load_picture(Path(str(files("halfgig") / "assets" / "presenter.png")), longest).rgb


def presenter(longest: int = 1024) -> tuple[Pixels, FivePoints]:
    """Return the shipped portrait, `longest` pixels square, and where her points truly are."""
    return _presenter(longest).copy(), PRESENTER.scaled(longest / 1024)


@functools.cache
def presenter_rig(longest: int = 512) -> Rig:
    """Return what is measured of the shipped portrait, `longest` pixels square."""
    picture, points = presenter(longest)
    return make_rig(picture, measure_mesh(picture, points))


def shaken(points: FivePoints, amount: float, seed: int) -> FivePoints:
    """Move each point `amount` eye distances into a direction of its own."""
    chance = random.Random(seed)
    reach = amount * points.eye_distance
    angles = [chance.uniform(0, math.tau) for _ in range(5)]
    return FivePoints(
        *(
            Point(point.x + reach * math.cos(angle), point.y + reach * math.sin(angle))
            for point, angle in zip(points.as_tuple(), angles, strict=True)
        )
    )


def drawn_face(
    width: int = 320, height: int = 400, unit: float = 80, x: float = 160, y: float = 150, open_by: float = 0.0
) -> tuple[Pixels, FivePoints]:
    """Draw a face whose eyes are `unit` pixels apart around x, y; its mouth is open by `open_by` of them."""
    import cv2

    picture: Any = np.full((height, width, 3), WALL, np.uint8)

    def oval(across: float, down: float, wide: float, high: float, colour: Colour) -> None:
        place = round(16 * (x + across * unit)), round(16 * (y + down * unit))
        axes = max(1, round(16 * wide * unit)), max(1, round(16 * high * unit))
        cv2.ellipse(picture, place, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, 4)

    oval(0, 0.45, 1.1, 1.45, SKIN)
    for side in (-0.5, 0.5):
        oval(side, 0.01, 0.22, 0.085, (240, 240, 238))
        oval(side, 0, 0.095, 0.085, IRIS)
        oval(side, -0.37, 0.25, 0.03, (90, 60, 50))
    oval(0, 0.62, 0.12, 0.035, (180, 130, 112))
    oval(0, 1.1 + open_by / 2, 0.40, 0.12 + open_by / 2, LIPS)
    oval(0, 1.1 + open_by / 2, 0.40, max(open_by / 2, 0.012), INSIDE)
    places = [(-0.5, 0), (0.5, 0), (0, 0.6), (-0.4, 1.1 + open_by / 2), (0.4, 1.1 + open_by / 2)]
    return picture, FivePoints(*(Point(x + across * unit, y + down * unit) for across, down in places))


def plain_shape(
    frame: FaceFrame | None = None,
    mouth: tuple[float, float] = (0.0, 1.1),
    half_width: float = 0.4,
    gap: float = 0.0,
    bow: float = 0.0,
) -> FaceShape:
    """Return a face as it would be measured: `mouth` is the middle of its line, whose corners lie `bow` lower."""
    x, y = mouth
    across = [step / 16 - 1 for step in range(33)]
    line = tuple(Point(x + half_width * a, y + bow * a * a) for a in across)
    return FaceShape(
        frame or FaceFrame(Point(160, 150), 80, 0.0),
        right_eye=_plain_eye(-0.5),
        left_eye=_plain_eye(0.5),
        nose=Point(x / 2, 0.6),
        nose_base=Point(0.7 * x, y - 0.33),
        lips=Lips(line, LipBands(0.1, 0.13, gap), _plain_contours(mouth, half_width, gap, bow)),
        chin=Point(1.25 * x, y + 0.57),
        outline=tuple(
            Point(1.1 * math.sin(angle), 0.45 - 1.45 * math.cos(angle))
            for angle in (math.tau * step / 36 for step in range(36))
        ),
    )


def _plain_contours(mouth: tuple[float, float], half_width: float, gap: float, bow: float) -> LipContours:
    """Return the edges of lips whose opening and thickness are parabolas."""

    def edge(above: float) -> tuple[Point, ...]:
        across = [step / 5 - 1 for step in range(11)]
        return tuple(Point(mouth[0] + half_width * a, mouth[1] + bow * a * a - above * (1 - a * a)) for a in across)

    return LipContours(edge(gap + 0.1), edge(gap), edge(0.0), edge(-0.13))


def plain_rig(picture: Pixels, points: FivePoints, shape: FaceShape | None = None) -> Rig:
    """Return the rig of a face drawn by `drawn_face`: the usual mesh, the contours as they are drawn."""
    shape = shape or plain_shape()
    size = picture.shape[1], picture.shape[0]
    person = np.where((picture != WALL).any(axis=2), 255, 0).astype(np.uint8)
    matte = Matte(person, person, None, 1.0)
    return Rig(laid_over(points), shape, size, measure_colours(picture, shape), matte)


def _plain_eye(x: float) -> Eye:
    """Return an eye as `drawn_face` draws it."""
    turns = [math.pi * step / 8 for step in range(9)]
    lids = [tuple(Point(x - 0.22 * math.cos(t), 0.01 + side * math.sin(t)) for t in turns) for side in (-0.085, 0.085)]
    brow = tuple(Point(x + 0.125 * (step - 2), -0.34) for step in range(5))
    return Eye(lids[0], lids[1], brow, Point(x, 0.0), 0.095)
