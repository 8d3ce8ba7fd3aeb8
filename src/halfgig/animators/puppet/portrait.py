"""From a picture file to a puppet: load the picture, locate and measure the face, choose the frame size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.cache import RigCache, face_key
from halfgig.face.crop import frame_size
from halfgig.face.detect import locate_face, quarter_turns, turned_points
from halfgig.face.rig import make_rig, read_rig, write_rig
from halfgig.media.picture import Picture, PictureLimits, check_file, load_picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.animators.puppet.puppet import Puppet
    from halfgig.face.rig import Rig

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

    rgb: NDArray[np.uint8]
    size: tuple[int, int]
    """Width and height of the frames."""
    enlarged: float
    """Pixels of `rgb` per pixel of the picture as loaded."""


def _limits(job: RenderJob) -> PictureLimits:
    return PictureLimits(job.limits.max_picture_mb, job.limits.max_picture_megapixels)


def _picture(job: RenderJob) -> Picture:
    return load_picture(job.portrait, SHARPNESS * job.request.size, _limits(job))


def _canvas(picture: Picture, turns: int, longest: int) -> _Canvas:
    """Turn a picture upright by quarter turns, counterclockwise, and resize it for frames of `longest` pixels."""
    import cv2

    upright = np.ascontiguousarray(np.rot90(picture.rgb, turns))
    size = frame_size(upright.shape[1], upright.shape[0], longest)
    enlarged = SHARPNESS * size[0] / upright.shape[1]
    how = cv2.INTER_AREA if enlarged < 1 else cv2.INTER_LANCZOS4
    rgb = cv2.resize(upright, (SHARPNESS * size[0], SHARPNESS * size[1]), interpolation=how)
    return _Canvas(np.asarray(rgb, dtype=np.uint8), size, enlarged)


def _measured(job: RenderJob) -> Rig:
    from halfgig.face.measure import measure_mesh

    picture = _picture(job)
    points, notices = locate_face(picture, job.portrait, job.request.landmarks, job.limits.yunet)
    turns = quarter_turns(points)
    points = turned_points(points, turns, picture.rgb.shape[1], picture.rgb.shape[0])
    canvas = _canvas(picture, turns, job.request.size)
    alpha = None if picture.alpha is None else np.ascontiguousarray(np.rot90(picture.alpha, turns))
    mesh = measure_mesh(canvas.rgb, points.scaled(canvas.enlarged))
    eyes = mesh.five.eye_distance / SHARPNESS
    if eyes < SMALLEST_FACE:
        small = f"the face is small: {eyes:.0f} pixels between the eyes; cut the picture closer, or raise --size"
        notices = (*notices, small)
    return make_rig(canvas.rgb, mesh, turns, notices, alpha)


def rig_of(job: RenderJob, path: Path) -> Rig:
    """Return the rig of a job's portrait: from a file, from the cache of portraits, or measured now.

    Raises `PictureError` if the picture cannot be used, `BadLandmarks` if the given landmarks form no face.
    """
    if rig := read_rig(path):
        return rig
    check_file(job.portrait, _limits(job))
    cache, detector = RigCache(job.cache), str(job.limits.yunet or "")
    key = face_key(job.portrait, job.request.landmarks, job.request.size, SHARPNESS, detector)
    rig = cache.get(key)
    if rig is None:
        rig = _measured(job)
        cache.put(key, rig)
    write_rig(rig, path)
    return rig


def make_portrait(job: RenderJob, rig: Rig) -> Portrait:
    """Load the picture and make a puppet of it.  Raises `PictureError` if the picture cannot be used."""
    from halfgig.animators.puppet.puppet import Puppet

    canvas = _canvas(_picture(job), rig.turns, job.request.size)
    return Portrait(Puppet(canvas.rgb, rig, canvas.size), canvas.size)
