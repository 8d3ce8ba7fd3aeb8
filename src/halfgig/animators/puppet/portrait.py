"""From a picture file to a puppet: read it, find the face, choose the size of the frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from halfgig.errors import NoFace
from halfgig.face.crop import frame_size
from halfgig.face.face_cache import FaceCache, Measured, face_key, read_face, write_face
from halfgig.face.points import check_five_points, parse_five_points
from halfgig.media.picture import Picture, PictureLimits, load_picture

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.animators.puppet.puppet import Puppet
    from halfgig.face.points import Face, FivePoints

SHARPNESS = 2
"""The picture is kept at so many times the frames' size: reading between its pixels then costs no sharpness."""

SMALLEST_FACE = 24
"""Eye distance in pixels of the frame below which a mouth is too small to be seen moving."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """Hold a portrait that is ready to speak."""

    puppet: Puppet
    """Renders it."""
    size: tuple[int, int]
    """Width and height of its frames."""


class Detector(Protocol):
    """Find faces."""

    name: str
    """ "yunet" or "dlib"."""

    def detect(self, rgb: NDArray[np.uint8]) -> list[Face]:
        """Find the faces in RGB [H, W, 3], the most certain first."""
        ...


def make_detector(model: Path | None) -> Detector:
    """Give YuNet where its file is given, else dlib's detector."""
    if model is not None:
        from halfgig.face.yunet import YuNet

        return YuNet(model)
    from halfgig.face.dlib_detector import DlibDetector

    return DlibDetector()


def find_faces(rgb: NDArray[np.uint8], model: Path | None) -> list[Face]:
    """Find the faces in RGB [H, W, 3], the largest first, with YuNet where its file is given, else with dlib."""
    return largest_first(make_detector(model).detect(rgb))


def largest_first(faces: Iterable[Face]) -> list[Face]:
    """Sort faces by their size."""
    return sorted(faces, key=lambda face: -face.size)


def points_of(job: RenderJob, picture: Picture, notices: list[str]) -> FivePoints:
    """Give the five points of the face in pixels of the picture, and add what a person should know of it.

    Raises `NoFace`, or `BadLandmarks` for points that were placed by hand and make no face.
    """
    if job.request.landmarks:
        points = parse_five_points(job.request.landmarks)
        check_five_points(points, *picture.size)
        return points.scaled(1 / picture.shrunk)
    faces = find_faces(picture.rgb, job.limits.yunet)
    if not faces:
        raise NoFace(
            f"no face was found in {str(job.portrait)!r}; give a picture with a face seen from the front, "
            "or place the face yourself with --landmarks"
        )
    if len(faces) > 1:
        notices.append(f"{len(faces)} faces were found; the largest is used")
    return faces[0].points


class _Canvas(NamedTuple):
    """Hold a picture at the size it is moved in."""

    picture: Picture
    rgb: NDArray[np.uint8]
    size: tuple[int, int]
    """Width and height of the frames."""
    enlarged: float
    """How many pixels of `rgb` one of the picture has become."""


def _canvas(job: RenderJob) -> _Canvas:
    import cv2

    limits = PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)
    picture = load_picture(job.portrait, SHARPNESS * job.request.size, limits)
    size = frame_size(picture.rgb.shape[1], picture.rgb.shape[0], job.request.size)
    enlarged = SHARPNESS * size[0] / picture.rgb.shape[1]
    how = cv2.INTER_AREA if enlarged < 1 else cv2.INTER_LANCZOS4
    rgb = cv2.resize(picture.rgb, (SHARPNESS * size[0], SHARPNESS * size[1]), interpolation=how)
    return _Canvas(picture, np.asarray(rgb, dtype=np.uint8), size, enlarged)


def _measured(job: RenderJob, canvas: _Canvas) -> Measured:
    from halfgig.face.measure import measure_face

    notices: list[str] = []
    points = points_of(job, canvas.picture, notices)
    shape = measure_face(canvas.rgb, points.scaled(canvas.enlarged))
    eyes_apart = shape.frame.unit / SHARPNESS
    if eyes_apart < SMALLEST_FACE:
        notices.append(
            f"the face is small: {eyes_apart:.0f} pixels between the eyes; cut the picture closer, or raise --size"
        )
    return Measured(shape, tuple(notices))


def measured_portrait(job: RenderJob, path: Path) -> Measured:
    """Return the measured face of a job's portrait: from a file, from the cache of portraits, or measured now.

    Raises `PictureError` when the picture cannot be used, `BadLandmarks` for points that make no face.
    """
    if measured := read_face(path):
        return measured
    cache, looked_with = FaceCache(job.cache), str(job.limits.yunet or "dlib")
    key = face_key(job.portrait, job.request.landmarks, job.request.size, SHARPNESS, looked_with)
    measured = cache.get(key)
    if measured is None:
        measured = _measured(job, _canvas(job))
        cache.put(key, measured)
    write_face(measured, path)
    return measured


def make_portrait(job: RenderJob, measured: Measured) -> Portrait:
    """Read the picture and make a puppet of its face.  Raises `PictureError` when the picture cannot be used."""
    from halfgig.animators.puppet.puppet import Puppet

    canvas = _canvas(job)
    return Portrait(Puppet(canvas.rgb, measured.shape, canvas.size), canvas.size)
