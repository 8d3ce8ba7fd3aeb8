"""The faces in a picture file, for whoever wants to choose among them or to move their points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from halfgig.animators.puppet.portrait import largest_first, make_detector
from halfgig.face.measure import measure_face
from halfgig.face.points import FivePoints
from halfgig.media.picture import PictureLimits, load_picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from halfgig.face.points import Face
    from halfgig.settings import Limits

LONGEST_SIDE = 1280
"""Faces are looked for in a picture of at most so many pixels, as the larger of dlib's two looks wants it."""

MOST_FACES = 32
"""More are not told: a crowd has no face that is large enough to speak."""

MOST_MEASURED = 4
"""Faces whose eyes and lips are measured, as they will be for a video; the others' points are the detector's."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Hold the faces that were found; lengths in pixels of the upright picture."""

    detector: str
    """Who found them: "yunet" or "dlib"."""
    width: int
    """Of the picture."""
    height: int
    """Of the picture."""
    faces: tuple[dict[str, Any], ...]
    """The largest first, each with score, size, box, points and landmarks, as plain values."""


def find(path: Path, limits: Limits) -> Iterator[Faces]:
    """Find the faces in a picture file; yield them once.  Raises `PictureError`."""
    bounds = PictureLimits(limits.max_picture_mb, limits.max_picture_megapixels)
    picture = load_picture(path, LONGEST_SIDE, bounds)
    detector = make_detector(limits.yunet)
    found = largest_first(detector.detect(picture.rgb))[:MOST_FACES]
    measured = [replace(face, points=measure_face(picture.rgb, face.points).points) for face in found[:MOST_MEASURED]]
    told = tuple(_told(face, picture.shrunk, picture.size) for face in (*measured, *found[MOST_MEASURED:]))
    yield Faces(detector.name, *picture.size, told)


def _told(face: Face, shrunk: float, size: tuple[int, int]) -> dict[str, Any]:
    points = face.points.scaled(shrunk)
    named = zip(FivePoints.__slots__, points.as_tuple(), strict=True)
    return {
        "score": round(face.score, 3),
        "size": _pixels(face.size * shrunk),
        "box": face.box and [_pixels(length * shrunk) for length in face.box],
        "points": {name: [_pixels(point.x), _pixels(point.y)] for name, point in named},
        "landmarks": points.as_text(*size),
    }


def _pixels(length: float) -> float:
    return round(length, 1)
