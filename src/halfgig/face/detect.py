"""Detection of faces, the same for every animator: YuNet finds them, the mesh confirms them and gives their points."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.errors import NoFace
from halfgig.face.mesh import FaceMesh
from halfgig.face.points import FivePoints, Point, check_five_points, parse_five_points
from halfgig.face.yunet import LONGEST_SIDE, YuNet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from halfgig.face.points import Face
    from halfgig.media.picture import Picture

    Pixels = NDArray[np.uint8]

MODEL = Path(__file__).parents[1] / "assets" / "face_detection_yunet_2026may.onnx"

CLEAR = 0.9
"""YuNet's score of an upright face; one that lies on its side or stands on its head scores at most 0.89."""

TURNED = 0.88
BETTER = 0.02
"""Smallest score of a face in a turned picture, since fists in one reach 0.84, and by how much it must be better than
that in the picture as it is."""

TURNS = tuple(math.radians(degrees) for degrees in (45, 90, 135, 180, 225, 270, 315))
"""Turns in which a picture without a clear face is scanned again, clockwise."""

TILE = 0.6
"""Side of the overlapping quarters in which a picture without a face is scanned again, for small faces, as a share."""

SURE = 0.5
"""The mesh's score below which a find is a false alarm."""

MOST_FACES = 32
"""Most faces returned: in a larger crowd no face is large enough to be animated."""


class LocatedFace(NamedTuple):
    """The face of a portrait that will be animated."""

    points: FivePoints
    """In pixels of the picture as loaded."""
    notices: tuple[str, ...]
    """Remarks for the user, for example that the picture has several faces."""


class FaceDetector:
    """Finds faces, upright or not; `yunet` is a file to use instead of the shipped one.

    Its two networks take 13 MB: it is made for one picture or one film and then dropped.
    """

    name = "yunet"

    def __init__(self, yunet: Path | None = None) -> None:
        self._yunet = YuNet(yunet or MODEL)
        self._mesh = FaceMesh()

    def detect(self, rgb: Pixels) -> list[Face]:
        """Return the faces in RGB [H, W, 3], largest first; their points are those of the mesh."""
        return largest_first(self._confirmed(rgb, self._detected(rgb)))

    def _detected(self, rgb: Pixels) -> list[Face]:
        """Return YuNet's faces in the picture as it is, else turned, else at a larger scale."""
        faces = self._yunet.detect(rgb)
        if _best(faces) < CLEAR:
            turned = max((self._turned(rgb, angle) for angle in TURNS), key=_best)
            faces = turned if _best(turned) > max(TURNED, _best(faces) + BETTER) else faces
        return faces or self._in_quarters(rgb)

    def _in_quarters(self, rgb: Pixels) -> list[Face]:
        """Return the faces in four overlapping parts of the picture: at once, it would take 20 MB more."""
        height, width = rgb.shape[:2]
        if max(height, width) <= LONGEST_SIDE:
            return []
        rows, columns = round(TILE * height), round(TILE * width)
        found: list[Face] = []
        for top in (0, height - rows):
            for left in (0, width - columns):
                part = np.ascontiguousarray(rgb[top : top + rows, left : left + columns])
                found += [_moved(face, left, top) for face in self._yunet.detect(part)]
        return found

    def _turned(self, rgb: Pixels, angle: float) -> list[Face]:
        """Return the faces of the picture turned clockwise by an angle in radians, in pixels of the picture."""
        import cv2

        height, width = rgb.shape[:2]
        cos, sin = math.cos(angle), math.sin(angle)
        reach = abs(width * cos) + abs(height * sin), abs(width * sin) + abs(height * cos)
        scale = LONGEST_SIDE / max(reach)
        small = cv2.resize(rgb, (max(1, round(width * scale)), max(1, round(height * scale))))
        size = round(reach[0] * scale), round(reach[1] * scale)
        middle = small.shape[1] / 2, small.shape[0] / 2
        matrix = np.array(
            [
                [cos, -sin, size[0] / 2 - cos * middle[0] + sin * middle[1]],
                [sin, cos, size[1] / 2 - sin * middle[0] - cos * middle[1]],
            ]
        )
        turned = np.asarray(cv2.warpAffine(small, matrix, size), np.uint8)

        def back(at: Point) -> Point:
            x, y = at.x - size[0] / 2, at.y - size[1] / 2
            return Point((middle[0] + cos * x + sin * y) / scale, (middle[1] - sin * x + cos * y) / scale)

        return [
            replace(face, points=FivePoints(*map(back, face.points.as_tuple())), size=face.size / scale, box=None)
            for face in self._yunet.detect(turned)
        ]

    def _confirmed(self, rgb: Pixels, faces: Iterable[Face]) -> list[Face]:
        """Return the faces that the mesh confirms, with its points; no face twice."""
        kept: list[Face] = []
        for face in largest_first(faces)[:MOST_FACES]:
            mesh = self._mesh.fit(rgb, face.points)
            near = any(math.dist(mesh.five.eyes, other.points.eyes) < other.points.eye_distance / 2 for other in kept)
            if mesh.score >= SURE and not near:
                kept.append(replace(face, points=mesh.five))
        return kept


def _moved(face: Face, x: float, y: float) -> Face:
    points = FivePoints(*(Point(at.x + x, at.y + y) for at in face.points.as_tuple()))
    box = face.box and (face.box[0] + x, face.box[1] + y, face.box[2], face.box[3])
    return replace(face, points=points, box=box)


def _best(faces: Iterable[Face]) -> float:
    return max((face.score for face in faces), default=0.0)


def largest_first(faces: Iterable[Face]) -> list[Face]:
    """Sort faces by size."""
    return sorted(faces, key=lambda face: -face.size)


def quarter_turns(points: FivePoints) -> int:
    """Return by how many quarter turns, counterclockwise, a picture must be turned for its face to be upright: 0..3."""
    return round(points.roll / (math.pi / 2)) % 4


def turned_points(points: FivePoints, turns: int, width: int, height: int) -> FivePoints:
    """Return the points of a picture of this size after `turns` quarter turns counterclockwise."""
    for _ in range(turns):
        points = FivePoints(*(Point(at.y, width - 1 - at.x) for at in points.as_tuple()))
        width, height = height, width
    return points


def locate_face(picture: Picture, path: Path, landmarks: str, yunet: Path | None) -> LocatedFace:
    """Return the five points of the face to animate: the given landmarks, or the largest face that is detected.

    `path` is the file the picture came from, for the error message; `yunet` as in `FaceDetector`.
    Raises `NoFace` if no face is detected, `BadLandmarks` if the given landmarks do not form a face.
    """
    if landmarks:
        points = parse_five_points(landmarks)
        check_five_points(points, *picture.size)
        return LocatedFace(points.scaled(1 / picture.shrunk), picture.notices)
    faces = FaceDetector(yunet).detect(picture.rgb)
    if not faces:
        raise NoFace(
            f"no face was found in {str(path)!r}; give a picture with a face seen from the front, "
            "or place the face yourself with --landmarks"
        )
    several = (f"{len(faces)} faces were found; the largest is used",) if len(faces) > 1 else ()
    return LocatedFace(faces[0].points, (*picture.notices, *several))
