"""From a picture file to a puppet: load the picture, locate and measure the face, choose the frame size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.cache import FaceCache, MeasuredFace, face_key, read_face, write_face
from halfgig.face.crop import frame_size
from halfgig.face.detect import locate_face
from halfgig.media.picture import Picture, PictureLimits, check_file, load_picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.animators.puppet.puppet import Puppet

SHARPNESS = 2
"""The source picture is kept at this multiple of the frame size, so that resampling it costs no sharpness."""

SMALLEST_FACE = 24
"""Eye distance in pixels of the frame below which a mouth is too small for its motion to be visible."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A portrait ready to be animated."""

    puppet: Puppet
    """Renders the frames."""
    size: tuple[int, int]
    """Width and height of the frames."""


class _Canvas(NamedTuple):
    """A picture resized for animation."""

    picture: Picture
    rgb: NDArray[np.uint8]
    size: tuple[int, int]
    """Width and height of the frames."""
    enlarged: float
    """Pixels of `rgb` per pixel of `picture`."""


def _limits(job: RenderJob) -> PictureLimits:
    return PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)


def _canvas(job: RenderJob) -> _Canvas:
    import cv2

    picture = load_picture(job.portrait, SHARPNESS * job.request.size, _limits(job))
    size = frame_size(picture.rgb.shape[1], picture.rgb.shape[0], job.request.size)
    enlarged = SHARPNESS * size[0] / picture.rgb.shape[1]
    how = cv2.INTER_AREA if enlarged < 1 else cv2.INTER_LANCZOS4
    rgb = cv2.resize(picture.rgb, (SHARPNESS * size[0], SHARPNESS * size[1]), interpolation=how)
    return _Canvas(picture, np.asarray(rgb, dtype=np.uint8), size, enlarged)


def _measured(job: RenderJob, canvas: _Canvas) -> MeasuredFace:
    from halfgig.face.measure import measure_face

    points, notices = locate_face(canvas.picture, job.portrait, job.request.landmarks, job.limits.yunet)
    shape = measure_face(canvas.rgb, points.scaled(canvas.enlarged))
    eyes = shape.frame.unit / SHARPNESS
    if eyes < SMALLEST_FACE:
        small = f"the face is small: {eyes:.0f} pixels between the eyes; cut the picture closer, or raise --size"
        notices = (*notices, small)
    return MeasuredFace(shape, notices)


def measured_portrait(job: RenderJob, path: Path) -> MeasuredFace:
    """Return the measured face of a job's portrait: from a file, from the cache of portraits, or measured now.

    Raises `PictureError` if the picture cannot be used, `BadLandmarks` if the given landmarks form no face.
    """
    if measured := read_face(path):
        return measured
    check_file(job.portrait, _limits(job))
    cache, detector = FaceCache(job.cache), str(job.limits.yunet or "dlib")
    key = face_key(job.portrait, job.request.landmarks, job.request.size, SHARPNESS, detector)
    measured = cache.get(key)
    if measured is None:
        measured = _measured(job, _canvas(job))
        cache.put(key, measured)
    write_face(measured, path)
    return measured


def make_portrait(job: RenderJob, measured: MeasuredFace) -> Portrait:
    """Load the picture and make a puppet of its face.  Raises `PictureError` if the picture cannot be used."""
    from halfgig.animators.puppet.puppet import Puppet

    canvas = _canvas(job)
    return Portrait(Puppet(canvas.rgb, measured.shape, canvas.size), canvas.size)
