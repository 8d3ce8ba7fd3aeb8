"""Detection of faces, the same for every animator: YuNet when its file is installed, else dlib's built-in detector."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from halfgig.errors import NoFace
from halfgig.face.points import FivePoints, check_five_points, parse_five_points

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.face.points import Face
    from halfgig.media.picture import Picture


class Detector(Protocol):
    """A face detector."""

    name: str
    """ "yunet" or "dlib"."""

    def detect(self, rgb: NDArray[np.uint8]) -> list[Face]:
        """Return the faces in RGB [H, W, 3], highest score first."""
        ...


class LocatedFace(NamedTuple):
    """The face of a portrait that will be animated."""

    points: FivePoints
    """In pixels of the picture as loaded."""
    notices: tuple[str, ...]
    """Remarks for the user, for example that the picture has several faces."""


def make_detector(yunet: Path | None) -> Detector:
    """Return YuNet if the path of its model is given, else dlib's detector."""
    if yunet is not None:
        from halfgig.face.yunet import YuNet

        return YuNet(yunet)
    from halfgig.face.dlib_detector import DlibDetector

    return DlibDetector()


def find_faces(rgb: NDArray[np.uint8], yunet: Path | None) -> list[Face]:
    """Return the faces in RGB [H, W, 3], largest first; `yunet` as in `make_detector`."""
    return largest_first(make_detector(yunet).detect(rgb))


def largest_first(faces: Iterable[Face]) -> list[Face]:
    """Sort faces by size."""
    return sorted(faces, key=lambda face: -face.size)


def locate_face(picture: Picture, path: Path, landmarks: str, yunet: Path | None) -> LocatedFace:
    """Return the five points of the face to animate: the given landmarks, or the largest face that is detected.

    `path` is the file the picture came from, for the error message.
    Raises `NoFace` if no face is detected, `BadLandmarks` if the given landmarks do not form a face.
    """
    if landmarks:
        points = parse_five_points(landmarks)
        check_five_points(points, *picture.size)
        return LocatedFace(points.scaled(1 / picture.shrunk), ())
    faces = find_faces(picture.rgb, yunet)
    if not faces:
        raise NoFace(
            f"no face was found in {str(path)!r}; give a picture with a face seen from the front, "
            "or place the face yourself with --landmarks"
        )
    several = (f"{len(faces)} faces were found; the largest is used",) if len(faces) > 1 else ()
    return LocatedFace(faces[0].points, several)
