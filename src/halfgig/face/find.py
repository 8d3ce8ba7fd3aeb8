"""Search for all faces in a picture file, so that a user can pick one or move its points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.face.detect import FaceDetector
from halfgig.face.points import FivePoints
from halfgig.media.picture import PictureLimits, load_picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from halfgig.face.points import Face
    from halfgig.settings import Limits

LONGEST_SIDE = 1280
"""Pixels the picture is reduced to before detection: the detector reads no more."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces found in a picture; lengths in pixels of the upright picture."""

    detector: str
    """Name of the detector: "yunet"."""
    width: int
    """Of the picture."""
    height: int
    """Of the picture."""
    faces: tuple[dict[str, Any], ...]
    """Largest first; score, size, box, points and landmarks of each as JSON values."""


def find(path: Path, limits: Limits) -> Iterator[Faces]:
    """Find the faces in a picture file and yield them as one result.  Raises `PictureError`."""
    bounds = PictureLimits(limits.max_picture_mb, limits.max_picture_megapixels)
    picture = load_picture(path, LONGEST_SIDE, bounds)
    detector = FaceDetector(limits.yunet)
    faces = tuple(_as_json(face, picture.shrunk, picture.size) for face in detector.detect(picture.rgb))
    yield Faces(detector.name, *picture.size, faces)


def _as_json(face: Face, shrunk: float, size: tuple[int, int]) -> dict[str, Any]:
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
