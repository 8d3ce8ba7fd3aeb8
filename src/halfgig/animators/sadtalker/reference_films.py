"""Read the motion of a face in a film, frame by frame, with the network that reads the portrait."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.audio_windows import FPS
from halfgig.animators.sadtalker.motion.coefficients import CROP, References
from halfgig.animators.sadtalker.networks.encoder import SIZE
from halfgig.animators.sadtalker.networks.head_pose import EXPRESSION
from halfgig.animators.sadtalker.networks.model import MOST_THREADS
from halfgig.animators.sadtalker.networks.reconstruction import Reconstruction
from halfgig.animators.sadtalker.portrait_features import face_coefficients
from halfgig.errors import NoFace
from halfgig.events import Progress
from halfgig.face.crop import animated_part, cut, points_in
from halfgig.face.detect import FaceDetector
from halfgig.media.film import film_frames
from halfgig.resources.limits import usable_threads

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.base import RenderJob
    from halfgig.face.crop import Rectangle
    from halfgig.face.points import FivePoints

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

LONGEST = 640
"""Longer side in pixels to which a film's frames are reduced."""


def references_of(job: RenderJob, n_frames: int) -> Generator[Progress, None, References]:
    """Read up to `n_frames` of each reference film and yield progress.

    Raises `PictureUnreadable` for a file that is not a film, and `NoFace` for a film without a face.
    """
    options = job.options
    rows: dict[Path, Floats] = {}
    blink, pose = (job.path(name) if name else None for name in (options.reference_blink, options.reference_pose))
    films = {path for path in (blink, pose) if path is not None}
    for number, path in enumerate(sorted(films)):
        rows[path] = yield from film_coefficients(path, job, n_frames, (number, len(films)))
    return References(
        None if blink is None else rows[blink][:, :EXPRESSION],
        None if pose is None else rows[pose][:, EXPRESSION:],
    )


def film_coefficients(
    path: Path, job: RenderJob, n_frames: int, place: tuple[int, int] = (0, 1)
) -> Generator[Progress, None, Floats]:
    """Return the coefficients of a film's face [frames, 70], 25 per second, at most `n_frames`; yield progress.

    `place` is (index, total): progress is reported across all films as one.
    Raises the errors of `references_of`.
    """
    assert job.model
    tracker = _FaceTracker(
        FaceDetector(job.limits.yunet),
        Reconstruction(job.model, usable_threads(MOST_THREADS)),
    )
    found: list[Floats] = []
    frames = film_frames(path, FPS, LONGEST, job.limits.max_picture_megapixels)
    for number, rgb in enumerate(islice(frames, n_frames)):
        row = tracker.coefficients(rgb)
        if row is not None:
            found += [row] * (number + 1 - len(found))  # frames before the first face get that face's row
        elif found:
            found.append(found[-1])
        yield Progress("watching", place[0] * n_frames + number + 1, place[1] * n_frames, "frames")
    if not found:
        raise NoFace(f'no face was found in "{path}"; give a film of a face seen from the front')
    return np.stack(found)


class _FaceTracker:
    """Follows one face from frame to frame; the part found in its first frame is used for all frames."""

    def __init__(self, detector: FaceDetector, reconstruction: Reconstruction) -> None:
        self._detector = detector
        self._reconstruction = reconstruction
        self._part: Rectangle | None = None
        self._previous: FivePoints | None = None

    def coefficients(self, rgb: Pixels) -> Floats | None:
        """Return the coefficients [70] of the face in a frame, or None if no face is found."""
        points = self._points(rgb)
        if points is None:
            return None
        if self._part is None:
            self._part = animated_part("crop", points, rgb.shape[1], rgb.shape[0])
        square = cut(rgb, self._part, SIZE)
        return face_coefficients(self._reconstruction, square, points_in(self._part, points, SIZE))[:CROP]

    def _points(self, rgb: Pixels) -> FivePoints | None:
        """Return the points of the largest face at first, then of the face closest to the previous position."""
        faces = self._detector.detect(rgb)
        if not faces:
            return None
        previous = self._previous
        if previous is None:
            points = max(faces, key=lambda face: face.size).points
        else:
            points = min((face.points for face in faces), key=lambda each: math.dist(each.eyes, previous.eyes))
        self._previous = points
        return points
